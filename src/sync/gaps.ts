/**
 * Of which authors frames lack here that nobody has said to have, and for how many heartbeats.
 */

/** What a peer has said to be ahead in. */
export interface Missing {
  /** Author id. */
  readonly id: string
  readonly entries: number
  /** It has not the frames that follow on what is here. */
  readonly isGap: boolean
}

export interface Gaps {
  heard(missing: readonly Missing[]): void
  /** Whether there is a gap among these for which nobody has offered the frames, for long enough. */
  last(missing: readonly Missing[]): boolean
  /**
   * A heartbeat.
   * @param isStuck - whether something waits for what is not here any more
   */
  ticked(isStuck: boolean): void
  /** Whether that, or a gap, has lasted so long that nobody here can help. */
  readonly isApart: boolean
}

/** Heartbeats until somebody with frames has been heard, if there is anybody; and for which what a peer said counts. */
const PATIENCE = 3
/** Heartbeats after which a snapshot would have come, if one could help. */
const LONG = 60

export function createGaps(): Gaps {
  /** Authors of whom somebody had no frames: for how many heartbeats that counts, and for how many nobody has offered them. */
  const lacking = new Map<string, { left: number; age: number }>()
  /** Authors of whom somebody has them, and for how many heartbeats that counts. */
  const offered = new Map<string, number>()
  let stuckFor = 0
  return {
    heard(missing) {
      for (const { id, isGap } of missing) {
        if (isGap) lacking.set(id, { left: PATIENCE, age: lacking.get(id)?.age ?? 0 })
        else offered.set(id, PATIENCE)
      }
    },
    last: missing => missing.some(({ id, isGap }) => isGap && (lacking.get(id)?.age ?? 0) >= PATIENCE),
    ticked(isStuck) {
      stuckFor = isStuck ? stuckFor + 1 : 0
      for (const [id, { left, age }] of lacking) {
        if (left > 1) lacking.set(id, { left: left - 1, age: offered.has(id) ? 0 : age + 1 })
        else lacking.delete(id)
      }
      for (const [id, left] of offered) {
        if (left > 1) offered.set(id, left - 1)
        else offered.delete(id)
      }
    },
    get isApart() {
      return stuckFor >= LONG || [...lacking.values()].some(({ age }) => age >= LONG)
    },
  }
}
