/**
 * Until where the own log is safe, and who waits for it. Pure; knows numbers of entries only.
 */
import { roomDisposed } from './disposed.ts'

export type SafePlace = 'disk' | 'peer'

/** Sequence of what every log begins with. */
const INTRODUCTION = 1

export interface Saving {
  /** All own entries up to `sequence` are on the disk, or with a peer. */
  reached(place: SafePlace, sequence: number): void
  /** What was on the disk is there no more. */
  lost(): void
  /** Whether all own entries up to `last` are on the disk. */
  onDisk(last: number): boolean
  /** How many own edits up to `last` are in neither place. The first entry is no edit: it says who writes. */
  unsaved(last: number): number
  /** Resolves when the own entry `sequence` is in either place. */
  saved(sequence: number, signal?: AbortSignal): Promise<SafePlace>
  /** Whoever still waits hears that the room has ended. */
  dispose(): void
}

interface Waiter {
  readonly sequence: number
  resolve(place: SafePlace): void
  reject(reason: unknown): void
}

export function createSaving(): Saving {
  const reach = { disk: 0, peer: 0 }
  const waiters = new Set<Waiter>()
  let ended = false
  const placeOf = (sequence: number): SafePlace | null =>
    sequence <= reach.disk ? 'disk' : sequence <= reach.peer ? 'peer' : null

  return {
    reached(place, sequence) {
      reach[place] = Math.max(reach[place], sequence)
      for (const waiter of waiters) if (waiter.sequence <= sequence) waiter.resolve(place)
    },
    lost() {
      reach.disk = 0
    },
    onDisk: last => last <= reach.disk,
    unsaved: last => Math.max(0, last - Math.max(INTRODUCTION, reach.disk, reach.peer)),
    saved(sequence, signal) {
      const place = placeOf(sequence)
      if (place) return Promise.resolve(place)
      if (ended) return Promise.reject(roomDisposed())
      return new Promise((resolve, reject) => {
        const abort = () => waiter.reject(signal?.reason)
        const end = () => {
          waiters.delete(waiter)
          signal?.removeEventListener('abort', abort)
        }
        const waiter: Waiter = {
          sequence,
          resolve(place) {
            end()
            resolve(place)
          },
          reject(reason) {
            end()
            reject(reason)
          },
        }
        waiters.add(waiter)
        signal?.addEventListener('abort', abort)
        if (signal?.aborted) abort()
      })
    },
    dispose() {
      ended = true
      for (const waiter of waiters) waiter.reject(roomDisposed())
    },
  }
}
