/**
 * Frames and snapshots on their way to the keeper, one step at a time and in their order: frames that come meanwhile go with
 * the next step. What could not be kept stays in memory and is tried again: soon after the next frame, and by itself, ever
 * more seldom.
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
  /**
   * Keeps a snapshot in the place of the frames that it covers. What was added before is kept before.
   * @param reach - until where the own log is kept when that is done
   */
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
  emptied(): Everything
}

export interface Everything {
  /** What the frames go on from; `null` when they begin at the beginning. */
  readonly snapshot: KeptSnapshot | null
  readonly frames: readonly KeptFrame[]
}

/** What the keeper is asked for at once. When it is done, after all before it, the own log is kept until `reach`. */
type Step = ({ readonly frames: readonly KeptFrame[] } | { readonly snapshot: KeptSnapshot }) & {
  readonly reach: number
}

/** The longest pause between two tries, in ticks. */
const LONGEST_PAUSE = 64

/** @param options - `failing`: the keeper could not be opened; it is tried again all the same */
export function createKeeping(
  keeper: Keeper,
  listener: KeepingListener,
  { failing: failed = false }: { readonly failing?: boolean } = {},
): Keeping {
  let waiting: readonly Step[] = []
  let reach = 0
  let failing = failed
  let running = false
  let inFlight = false
  /** Something may be wrong with what is kept, though there is nothing to add to it. */
  let doubt = false
  /** How many of the frames that wait behind a snapshot have been appended. */
  let behind = 0
  let pause = 1
  let untilNext = pause

  async function run(): Promise<void> {
    running = true
    do {
      const [step = { frames: [], reach }, ...later] = waiting
      waiting = later
      doubt = false
      inFlight = true
      const failure = await perform(step)
      inFlight = false
      failing = failure !== null && failure !== 'keeper-emptied'
      if (failure === null) {
        pause = 1
        behind = 0
        listener.kept(step.reach)
      } else if (failing) {
        waiting = waiting.reduce(followedBy, [step])
        untilNext = pause
        pause = Math.min(2 * pause, LONGEST_PAUSE)
        listener.failed(failure)
        if ('snapshot' in step) await keepBehind()
      } else {
        waiting = stepsFor(listener.emptied(), reach)
      }
    } while (!failing && (waiting.length > 0 || doubt))
    running = false
  }

  /**
   * Appends the frames that wait behind a snapshot for which there is no room. They lack what they go on from and count for
   * nothing, but somebody may bring that after a reload.
   */
  async function keepBehind(): Promise<void> {
    const frames = waiting.flatMap(step => ('snapshot' in step ? [] : step.frames)).slice(behind)
    if (frames.length > 0 && (await perform({ frames, reach })) === null) behind += frames.length
  }

  async function perform(step: Step): Promise<string | null> {
    try {
      await ('snapshot' in step ? keeper.replace(step.snapshot) : keeper.append(step.frames))
      return null
    } catch (error) {
      return error instanceof SupermeshError ? error.code : 'keeper-failed'
    }
  }

  function enqueue(step: Step): void {
    waiting = followedBy(waiting, step)
    reach = step.reach
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
    add: (frames, until) => enqueue({ frames, reach: until }),
    replace: (snapshot, until) => enqueue({ snapshot, reach: until }),
    get idle() {
      return failing || (!inFlight && waiting.length === 0)
    },
    ticked() {
      if (failing && !running && --untilNext <= 0) void run()
    },
  }
}

/** Frames in a row go at once. */
function followedBy(steps: readonly Step[], next: Step): readonly Step[] {
  const last = steps.at(-1)
  if (!last || 'snapshot' in last || 'snapshot' in next) return [...steps, next]
  return [...steps.slice(0, -1), { frames: [...last.frames, ...next.frames], reach: next.reach }]
}

/** First what the frames go on from: without it they would be logs that lack their beginning. */
function stepsFor({ snapshot, frames }: Everything, reach: number): readonly Step[] {
  return [...(snapshot ? [{ snapshot, reach: 0 }] : []), { frames, reach }]
}
