/**
 * Frames on their way to the keeper: one append at a time, and what comes meanwhile goes with the next.
 */
import { SupermeshError } from '../base/error.ts'
import type { Keeper, KeptFrame } from '../sync/keeper.ts'

export interface Keeping {
  /** Whether what is kept outlives the page. */
  readonly durable: boolean
  add(frames: readonly KeptFrame[]): void
  /** Whether nothing is on its way. What could not be kept stays in memory and is tried again with the next frame. */
  readonly idle: boolean
}

export interface KeepingListener {
  /** All that was on its way is kept. */
  kept(): void
  /** @param code - `quota` or `keeper-failed` */
  failed(code: string): void
}

export function createKeeping(keeper: Keeper, listener: KeepingListener): Keeping {
  let waiting: readonly KeptFrame[] = []
  let busy = false

  async function run(): Promise<void> {
    busy = true
    let failure: string | null = null
    while (waiting.length > 0 && failure === null) {
      const frames = waiting
      waiting = []
      try {
        await keeper.append(frames)
      } catch (error) {
        failure = error instanceof SupermeshError ? error.code : 'keeper-failed'
        waiting = [...frames, ...waiting]
      }
    }
    busy = false
    if (failure === null) listener.kept()
    else listener.failed(failure)
  }

  return {
    get durable() {
      return keeper.durable
    },
    add(frames) {
      waiting = [...waiting, ...frames]
      if (!busy) void run()
    },
    get idle() {
      return !busy
    },
  }
}
