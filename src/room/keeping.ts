/**
 * Frames on their way to the keeper: one append at a time, and what comes meanwhile goes with the next. What could not be
 * kept stays in memory and is tried again: soon after the next frame, and by itself, ever more seldom.
 */
import { SupermeshError } from '../base/error.ts'
import type { Keeper, KeptFrame } from '../sync/keeper.ts'

export interface Keeping {
  /** Whether what is kept outlives the page: not while keeping fails. */
  readonly durable: boolean
  /** Kept frames that are damaged, and not mended yet. */
  readonly damaged: number
  /** @param reach - until where the own log is kept when these are */
  add(frames: readonly KeptFrame[], reach: number): void
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
  emptied(): readonly KeptFrame[]
}

/** The longest pause between two tries, in ticks. */
const LONGEST_PAUSE = 64

/** @param options - `failing`: the keeper could not be opened; it is tried again all the same */
export function createKeeping(
  keeper: Keeper,
  listener: KeepingListener,
  { failing: failed = false }: { readonly failing?: boolean } = {},
): Keeping {
  let waiting: readonly KeptFrame[] = []
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
      const [frames, upTo] = [waiting, reach]
      waiting = []
      doubt = false
      inFlight = true
      const failure = await append(frames)
      inFlight = false
      failing = failure !== null && failure !== 'keeper-emptied'
      if (failure === null) {
        pause = 1
        listener.kept(upTo)
      } else if (failing) {
        waiting = [...frames, ...waiting]
        untilNext = pause
        pause = Math.min(2 * pause, LONGEST_PAUSE)
        listener.failed(failure)
      } else {
        waiting = listener.emptied()
      }
    } while (!failing && (waiting.length > 0 || doubt))
    running = false
  }

  async function append(frames: readonly KeptFrame[]): Promise<string | null> {
    try {
      await keeper.append(frames)
      return null
    } catch (error) {
      return error instanceof SupermeshError ? error.code : 'keeper-failed'
    }
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
    add(frames, until) {
      waiting = [...waiting, ...frames]
      reach = until
      // Nobody waits for a disk that may be stuck, but it is asked again soon.
      if (failing) untilNext = 1
      else if (!running) void run()
    },
    get idle() {
      return failing || (!inFlight && waiting.length === 0)
    },
    ticked() {
      if (failing && !running && --untilNext <= 0) void run()
    },
  }
}
