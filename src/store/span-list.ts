/**
 * Spans in their order, in blocks that know how much of them can be seen: to find a place by span, by index or by what is
 * visible before it costs a walk over the blocks and one within a block, not one over everything.
 */
export interface Listed {
  readonly length: number
  /** `null` when removed. */
  readonly content: unknown
}

export interface SpanList<S extends Listed> extends Iterable<S> {
  readonly size: number
  at(index: number): S | undefined
  /** Of a span that is in the list. */
  indexOf(span: S): number
  insert(index: number, span: S): void
  remove(index: number): void
  /** A span of the list is to be changed by `change`, in its length or its content. */
  alter(span: S, change: () => void): void
  /** How many elements can be seen before `index`. */
  visibleBefore(index: number): number
  /** The first place with `target` visible elements before it: `offset` elements into the span at `index`. */
  find(target: number): { readonly index: number; readonly offset: number }
}

interface Block<S> {
  readonly spans: S[]
  visible: number
}

const BLOCK_MAX = 256

export function createSpanList<S extends Listed>(): SpanList<S> {
  const blocks: Block<S>[] = [{ spans: [], visible: 0 }]
  const blockOf = new Map<S, Block<S>>()
  let size = 0

  const visible = (span: S): number => (span.content === null ? 0 : span.length)
  const visibleOf = (spans: readonly S[]): number => spans.reduce((sum, span) => sum + visible(span), 0)

  /** The block with the place `index`, and how many spans and visible elements stand before the block. */
  function locate(index: number): { at: number; block: Block<S>; start: number; seen: number } {
    let start = 0
    let seen = 0
    let at = 0
    let block = blocks[0] as Block<S>
    while (index - start >= block.spans.length && at + 1 < blocks.length) {
      start += block.spans.length
      seen += block.visible
      block = blocks[++at] as Block<S>
    }
    return { at, block, start, seen }
  }

  return {
    get size() {
      return size
    },
    at(index) {
      if (index < 0) return undefined
      const { block, start } = locate(index)
      return block.spans[index - start]
    },
    indexOf(span) {
      const home = blockOf.get(span) as Block<S>
      let start = 0
      for (const block of blocks) {
        if (block === home) break
        start += block.spans.length
      }
      return start + home.spans.indexOf(span)
    },
    insert(index, span) {
      const { at, block, start } = locate(index)
      block.spans.splice(index - start, 0, span)
      block.visible += visible(span)
      blockOf.set(span, block)
      size++
      if (block.spans.length <= BLOCK_MAX) return
      const spans = block.spans.splice(BLOCK_MAX / 2)
      const rest = { spans, visible: visibleOf(spans) }
      block.visible -= rest.visible
      for (const each of spans) blockOf.set(each, rest)
      blocks.splice(at + 1, 0, rest)
    },
    remove(index) {
      const { at, block, start } = locate(index)
      const [span] = block.spans.splice(index - start, 1)
      if (!span) return
      block.visible -= visible(span)
      blockOf.delete(span)
      size--
      if (block.spans.length === 0 && blocks.length > 1) blocks.splice(at, 1)
    },
    alter(span, change) {
      const block = blockOf.get(span) as Block<S>
      block.visible -= visible(span)
      change()
      block.visible += visible(span)
    },
    visibleBefore(index) {
      const { block, start, seen } = locate(index)
      return block.spans.slice(0, index - start).reduce((sum, span) => sum + visible(span), seen)
    },
    find(target) {
      let index = 0
      let before = 0
      for (const block of blocks) {
        if (before + block.visible < target) {
          index += block.spans.length
          before += block.visible
          continue
        }
        for (const span of block.spans) {
          if (before === target) return { index, offset: 0 }
          const count = visible(span)
          if (before + count > target) return { index, offset: target - before }
          before += count
          index++
        }
      }
      return { index, offset: 0 }
    },
    *[Symbol.iterator]() {
      for (const block of blocks) yield* block.spans
    },
  }
}
