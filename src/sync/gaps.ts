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
  /** A heartbeat. */
  ticked(): void
}

/** Heartbeats until somebody with frames has been heard, if there is anybody. */
const PATIENCE = 3

export function createGaps(): Gaps {
  /** Authors of whom somebody had no frames, since the last heartbeat. */
  const seen = new Set<string>()
  /** Authors of whom somebody has them, and for how many heartbeats that counts. */
  const offered = new Map<string, number>()
  let age = 0
  return {
    heard(missing) {
      for (const { id, isGap } of missing) {
        if (isGap) seen.add(id)
        else offered.set(id, PATIENCE)
      }
    },
    last: missing => age >= PATIENCE && missing.some(({ id, isGap }) => isGap && !offered.has(id)),
    ticked() {
      for (const [id, left] of offered) {
        if (left > 1) offered.set(id, left - 1)
        else offered.delete(id)
      }
      age = [...seen].some(id => !offered.has(id)) ? age + 1 : 0
      seen.clear()
    },
  }
}
