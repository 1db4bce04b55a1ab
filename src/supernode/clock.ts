/**
 * A clock for fences: it neither stops while the computer sleeps nor goes back.
 *
 * Neither clock of a browser is enough alone: the steady one may stop in sleep, the wall clock is set by people and by
 * the network. A span counts as long as the longer of the two says, because what is guarded is the risk of having slept.
 */

export interface ClockReading {
  /** Milliseconds since the Unix epoch. */
  readonly wall: number
  /** Milliseconds since any moment. */
  readonly steady: number
}

/** @returns a function that answers milliseconds; its zero is the first reading's wall time */
export function createFenceClock(read: () => ClockReading): () => number {
  let last = read()
  let now = last.wall
  return () => {
    const next = read()
    now += Math.max(0, next.wall - last.wall, next.steady - last.steady)
    last = next
    return now
  }
}
