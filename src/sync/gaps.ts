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
  /** Authors of whom somebody had no frames, and for how many heartbeats that counts. */
  const lacking = new Map<string, number>()
  /** Authors of whom somebody has them. */
  const offered = new Map<string, number>()
  let age = 0
  let stuckFor = 0
  return {
    heard(missing) {
      for (const { id, isGap } of missing) (isGap ? lacking : offered).set(id, PATIENCE)
    },
    last: missing => age >= PATIENCE && missing.some(({ id, isGap }) => isGap && !offered.has(id)),
    ticked(isStuck) {
      age = [...lacking.keys()].some(id => !offered.has(id)) ? age + 1 : 0
      stuckFor = isStuck ? stuckFor + 1 : 0
      fade(lacking)
      fade(offered)
    },
    get isApart() {
      return age >= LONG || stuckFor >= LONG
    },
  }
}

function fade(said: Map<string, number>): void {
  for (const [id, left] of said) {
    if (left > 1) said.set(id, left - 1)
    else said.delete(id)
  }
}
