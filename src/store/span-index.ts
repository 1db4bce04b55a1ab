/**
 * Spans of one store by their clocks, in blocks: to find one costs two searches, to add one moves few.
 */
export interface Clocked {
  readonly clock: number
  readonly length: number
}

export interface SpanIndex<S extends Clocked> {
  /** The span that holds `clock`, or else the first beyond it. */
  from(clock: number): S | null
  /** The span with the next greater clock. */
  after(span: S): S | null
  add(span: S): void
  /** `span` is in the index. */
  remove(span: S): void
}

const BLOCK_MAX = 128

export function createSpanIndex<S extends Clocked>(): SpanIndex<S> {
  /** None is empty, but for the only one. */
  const blocks: S[][] = [[]]

  /** The last block that begins at or before `clock`. */
  function blockFor(clock: number): number {
    let low = 1
    let high = blocks.length
    if (((blocks[high - 1] as S[])[0]?.clock ?? 0) <= clock) return high - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (((blocks[middle] as S[])[0] as S).clock <= clock) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  /** In a block: the first span that does not end before `clock`. */
  function placeIn(block: readonly S[], clock: number): number {
    let low = 0
    let high = block.length
    const last = block[high - 1]
    // What is typed has the greatest clocks.
    if (last && last.clock + last.length <= clock) return high
    while (low < high) {
      const middle = (low + high) >> 1
      const span = block[middle] as S
      if (span.clock + span.length <= clock) low = middle + 1
      else high = middle
    }
    return low
  }

  function locate(clock: number): { at: number; block: S[]; place: number } {
    const at = blockFor(clock)
    const block = blocks[at] as S[]
    return { at, block, place: placeIn(block, clock) }
  }

  const from = (clock: number) => {
    const { at, block, place } = locate(clock)
    return block[place] ?? blocks[at + 1]?.[0] ?? null
  }

  return {
    from,
    after: span => from(span.clock + span.length),
    add(span) {
      const { at, block, place } = locate(span.clock)
      block.splice(place, 0, span)
      if (block.length > BLOCK_MAX) blocks.splice(at + 1, 0, block.splice(BLOCK_MAX / 2))
    },
    remove(span) {
      const { at, block, place } = locate(span.clock)
      block.splice(place, 1)
      if (block.length === 0 && blocks.length > 1) blocks.splice(at, 1)
    },
  }
}
