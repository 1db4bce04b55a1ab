/**
 * Spans in their order, in blocks that know how much of them can be seen. A walk to a place begins where the last one ended,
 * because people type where they typed.
 */
export interface Listed {
  readonly length: number
  /** It is hidden by any. */
  readonly removals: number
  /** The list's own: where the span is, and between which others. */
  block?: Block
  before?: Listed | null
  after?: Listed | null
}

interface Block {
  readonly spans: Listed[]
  /** Where the block stands among the blocks. */
  index: number
  visible: number
}

export interface SpanList<S extends Listed> extends Iterable<S> {
  readonly size: number
  first(): S | null
  next(span: S): S | null
  previous(span: S): S | null
  /** Negative when `a` stands before `b`; both are in the list. */
  compare(a: S, b: S): number
  /** @param before - `null` for the front */
  insertAfter(before: S | null, span: S): void
  remove(span: S): void
  /** A span of the list is to be changed by `change`, in its length or its removals. */
  alter(span: S, change: () => void): void
  /** How many elements can be seen before `span`. */
  visibleBefore(span: S): number
  /** The visible element at `index`: `offset` elements into a span; `null` outside. */
  at(index: number): { readonly span: S; readonly offset: number } | null
}

const BLOCK_MAX = 64

export function createSpanList<S extends Listed>(): SpanList<S> {
  const blocks: Block[] = [{ spans: [], index: 0, visible: 0 }]
  let front: Listed | null = null
  /** A block, and how many elements can be seen before it: where the next walk begins. */
  let here = blocks[0] as Block
  let seen = 0

  const visible = (span: Listed): number => (span.removals > 0 ? 0 : span.length)
  const blockOf = (span: S) => span.block as Block
  const blockAt = (index: number) => blocks[index] as Block

  function renumber(from: number): void {
    for (let i = from; i < blocks.length; i++) blockAt(i).index = i
  }

  function link(before: Listed | null, after: Listed | null): void {
    if (before) before.after = after
    else front = after
    if (after) after.before = before
  }

  function see(block: Block, change: number): void {
    block.visible += change
    if (block.index < here.index) seen += change
  }

  function goTo(block: Block): void {
    while (here.index < block.index) {
      seen += here.visible
      here = blockAt(here.index + 1)
    }
    while (here.index > block.index) {
      here = blockAt(here.index - 1)
      seen -= here.visible
    }
  }

  function halve(block: Block): void {
    const spans = block.spans.splice(BLOCK_MAX / 2)
    const rest: Block = {
      spans,
      index: block.index + 1,
      visible: spans.reduce((sum, span) => sum + visible(span), 0),
    }
    for (const span of spans) span.block = rest
    goTo(block)
    block.visible -= rest.visible
    blocks.splice(rest.index, 0, rest)
    renumber(rest.index)
  }

  const list: SpanList<S> & { size: number } = {
    size: 0,
    first: () => front as S | null,
    next: span => span.after as S | null,
    previous: span => span.before as S | null,
    compare(a, b) {
      const left = blockOf(a)
      const right = blockOf(b)
      return left === right ? left.spans.indexOf(a) - left.spans.indexOf(b) : left.index - right.index
    },
    insertAfter(before, span) {
      const block = before ? blockOf(before) : blockAt(0)
      if (before === block.spans.at(-1)) block.spans.push(span)
      else block.spans.splice(before ? block.spans.indexOf(before) + 1 : 0, 0, span)
      span.block = block
      link(span, before ? (before.after as Listed | null) : front)
      link(before, span)
      see(block, visible(span))
      list.size++
      if (block.spans.length > BLOCK_MAX) halve(block)
    },
    remove(span) {
      const block = blockOf(span)
      block.spans.splice(block.spans.indexOf(span), 1)
      link(span.before as Listed | null, span.after as Listed | null)
      see(block, -visible(span))
      list.size--
      if (block.spans.length > 0 || blocks.length === 1) return
      goTo(blockAt(block.index === 0 ? 1 : block.index - 1))
      blocks.splice(block.index, 1)
      renumber(block.index)
    },
    alter(span, change) {
      const before = visible(span)
      change()
      see(blockOf(span), visible(span) - before)
    },
    visibleBefore(span) {
      const block = blockOf(span)
      goTo(block)
      let before = seen
      for (const each of block.spans) {
        if (each === span) break
        before += visible(each)
      }
      return before
    },
    at(index) {
      if (index < 0) return null
      while (index < seen) goTo(blockAt(here.index - 1))
      while (index >= seen + here.visible) {
        const next = blocks[here.index + 1]
        if (!next) return null
        goTo(next)
      }
      let offset = index - seen
      for (const span of here.spans) {
        const count = visible(span)
        if (offset < count) return { span: span as S, offset }
        offset -= count
      }
      return null
    },
    *[Symbol.iterator]() {
      for (const block of blocks) yield* block.spans as S[]
    },
  }
  return list
}
