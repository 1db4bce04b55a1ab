/**
 * Frames on their way to the keeper: one append at a time, and what comes meanwhile goes with the next.
 */
import { SupermeshError } from '../../base/error.ts'
import { createEmitter } from '../../base/subscribe.ts'
import type { Keeper, KeptFrame } from '../../sync/keeper.ts'

export interface Keeping {
  add(frames: readonly KeptFrame[]): void
  /** Whether nothing is on its way. What could not be kept stays in memory and is tried again with the next frame. */
  readonly idle: boolean
  /** Resolves when nothing is on its way. */
  settled(): Promise<void>
}

export interface KeepingListener {
  /** All that was on its way is kept. */
  kept(): void
  /** @param code - `quota` or `keeper-failed` */
  failed(code: string): void
}

export function createKeeping(keeper: Keeper, listener: KeepingListener): Keeping {
  const settled = createEmitter<void>()
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
    settled.emit()
  }

  return {
    add(frames) {
      waiting = [...waiting, ...frames]
      if (!busy) void run()
    },
    get idle() {
      return !busy
    },
    async settled() {
      while (busy) {
        await new Promise<void>(resolve => {
          const end = settled.subscribe(() => {
            end()
            resolve()
          })
        })
      }
    },
  }
}
