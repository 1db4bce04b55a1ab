/**
 * All that was written to one register, or to one key of a map. The greatest write that is not undone counts, so that edits
 * can be undone and redone in any order.
 */
import type { JsonValue, Stamp } from '../protocol/patch.ts'

export interface Write {
  readonly stamp: Stamp
  /** `undefined` removes a key. */
  readonly value: JsonValue | undefined
  undone: boolean
}

/** Ascending by stamp. */
export type Writes = Write[]

const compare = (a: Stamp, b: Stamp) => a.version - b.version || a.store - b.store

/** Where a write stamped so is, or belongs: at the end, for most. */
function placeOf(writes: Writes, stamp: Stamp): number {
  let high = writes.length
  if (high === 0 || compare((writes[high - 1] as Write).stamp, stamp) < 0) return high
  let low = 0
  while (low < high) {
    const middle = (low + high) >> 1
    if (compare((writes[middle] as Write).stamp, stamp) < 0) low = middle + 1
    else high = middle
  }
  return low
}

const at = (writes: Writes, place: number, stamp: Stamp): Write | null => {
  const write = writes[place]
  return write && compare(write.stamp, stamp) === 0 ? write : null
}

export function areAscending(writes: Writes): boolean {
  return writes.every(({ stamp }, i) => i === 0 || compare((writes[i - 1] as Write).stamp, stamp) < 0)
}

/** Adds a write, or redoes it. */
export function put(writes: Writes, stamp: Stamp, value: JsonValue | undefined): void {
  const place = placeOf(writes, stamp)
  writes.splice(place, at(writes, place, stamp) ? 1 : 0, { stamp, value, undone: false })
}

export function takeBack(writes: Writes, stamp: Stamp): void {
  const write = at(writes, placeOf(writes, stamp), stamp)
  if (write) write.undone = true
}

/** The write that counts; `null` for none. */
export function latest(writes: Writes): Write | null {
  for (let i = writes.length - 1; i >= 0; i--) if (!(writes[i] as Write).undone) return writes[i] as Write
  return null
}
