/**
 * Elements whose content is kept though nobody sees them: what can still be undone may show them again.
 */
import type { IdRange } from '../protocol/patch.ts'

/** A piece of a range, and whether it is kept. */
export interface Part extends IdRange {
  readonly kept: boolean
}

export class KeptRanges {
  readonly #byStore = new Map<number, IdRange[]>()
  #sorted = true

  add(range: IdRange): void {
    const ranges = this.#byStore.get(range.store)
    if (ranges) ranges.push(range)
    else this.#byStore.set(range.store, [range])
    this.#sorted = false
  }

  /** A range in the pieces of which all is kept, or nothing. */
  partsOf({ store, clock, length }: IdRange): Part[] {
    const ranges = this.#rangesOf(store)
    const end = clock + length
    const parts: Part[] = []
    let next = clock
    const upTo = (to: number, kept: boolean) => {
      if (to > next) parts.push({ store, clock: next, length: to - next, kept })
      next = Math.max(next, to)
    }
    for (let i = firstEndingAfter(ranges, clock); i < ranges.length; i++) {
      const range = ranges[i] as IdRange
      if (range.clock >= end) break
      upTo(range.clock, false)
      upTo(Math.min(end, range.clock + range.length), true)
    }
    upTo(end, false)
    return parts
  }

  /** Ascending, and none touches another. */
  #rangesOf(store: number): readonly IdRange[] {
    if (!this.#sorted) {
      for (const [each, ranges] of this.#byStore) this.#byStore.set(each, merged(ranges))
      this.#sorted = true
    }
    return this.#byStore.get(store) ?? []
  }
}

function merged(ranges: readonly IdRange[]): IdRange[] {
  const all: IdRange[] = []
  for (const range of ranges.toSorted((a, b) => a.clock - b.clock)) {
    const last = all.at(-1)
    const end = last ? last.clock + last.length : -1
    if (last && range.clock <= end) {
      all[all.length - 1] = { ...last, length: Math.max(end, range.clock + range.length) - last.clock }
    } else all.push(range)
  }
  return all
}

function firstEndingAfter(ranges: readonly IdRange[], clock: number): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >> 1
    const range = ranges[middle] as IdRange
    if (range.clock + range.length <= clock) low = middle + 1
    else high = middle
  }
  return low
}
