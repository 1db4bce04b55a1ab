/**
 * Frames on their way to the keeper: one append at a time, and what comes meanwhile goes with the next. What could not be
 * kept stays in memory and is tried again: soon after the next frame, and by itself, ever more seldom.
 */
import { SupermeshError } from '../base/error.ts'
import type { Keeper, KeptFrame, KeptSnapshot } from '../sync/keeper.ts'

export interface Keeping {
  /** Whether what is kept outlives the page: not while keeping fails. */
  readonly durable: boolean
  /** Kept frames that are damaged, and not mended yet. */
  readonly damaged: number
  /** @param reach - until where the own log is kept when these are */
  add(frames: readonly KeptFrame[], reach: number): void
  /** Keeps a snapshot in the place of the frames in it. @param reach - as above */
  replace(snapshot: KeptSnapshot, reach: number): void
  /** Whether nothing is on its way, or there is no way. */
  readonly idle: boolean
  /** About once a second. */
  ticked(): void
}

export interface KeepingListener {
  /** What was added is kept, the own log until `reach`. */
  kept(reach: number): void
  /** @param code - `quota`, `keeper-outdated` or `keeper-failed` */
  failed(code: string): void
  /** What was kept is gone. Gives all that there is, to be kept again. */
  emptied(): ToKeep
}

export interface ToKeep {
  readonly snapshot: KeptSnapshot | null
  readonly frames: readonly KeptFrame[]
}

const NOTHING: ToKeep = { snapshot: null, frames: [] }

/** The longest pause between two tries, in ticks. */
const LONGEST_PAUSE = 64

/** @param options - `failing`: the keeper could not be opened; it is tried again all the same */
export function createKeeping(
  keeper: Keeper,
  listener: KeepingListener,
  { failing: failed = false }: { readonly failing?: boolean } = {},
): Keeping {
  let waiting = NOTHING
  let reach = 0
  let failing = failed
  let running = false
  let inFlight = false
  /** Something may be wrong with what is kept, though there is nothing to add to it. */
  let doubt = false
  let pause = 1
  let untilNext = pause

  async function run(): Promise<void> {
    running = true
    do {
      const [taken, upTo] = [waiting, reach]
      waiting = NOTHING
      doubt = false
      inFlight = true
      const failure = await append(taken)
      inFlight = false
      failing = failure !== null && failure !== 'keeper-emptied'
      if (failure === null) {
        pause = 1
        listener.kept(upTo)
      } else if (failing) {
        waiting = {
          snapshot: waiting.snapshot ?? taken.snapshot,
          frames: [...taken.frames, ...waiting.frames],
        }
        untilNext = pause
        pause = Math.min(2 * pause, LONGEST_PAUSE)
        listener.failed(failure)
      } else {
        waiting = listener.emptied()
      }
    } while (!failing && (!isEmpty(waiting) || doubt))
    running = false
  }

  async function append({ frames, snapshot }: ToKeep): Promise<string | null> {
    try {
      await keeper.append(frames, ...(snapshot ? [snapshot] : []))
      return null
    } catch (error) {
      return error instanceof SupermeshError ? error.code : 'keeper-failed'
    }
  }

  function keep(all: ToKeep, until: number): void {
    waiting = all
    reach = until
    // Nobody waits for a disk that may be stuck, but it is asked again soon.
    if (failing) untilNext = 1
    else if (!running) void run()
  }

  keeper.lost?.subscribe(() => {
    doubt = true
    if (!running) void run()
  })

  return {
    get durable() {
      return keeper.durable && !failing
    },
    get damaged() {
      return keeper.damaged ?? 0
    },
    add: (frames, until) => keep({ ...waiting, frames: [...waiting.frames, ...frames] }, until),
    // What waits and is in it does no harm beside it.
    replace: (snapshot, until) => keep({ ...waiting, snapshot }, until),
    get idle() {
      return failing || (!inFlight && isEmpty(waiting))
    },
    ticked() {
      if (failing && !running && --untilNext <= 0) void run()
    },
  }
}

const isEmpty = ({ snapshot, frames }: ToKeep) => !snapshot && frames.length === 0
