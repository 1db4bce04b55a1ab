/**
 * Waiting for a condition of a room that lives.
 */
import type { Scope } from '../base/scope.ts'
import type { Subscribable } from '../base/subscribe.ts'
import { roomDisposed } from './disposed.ts'

/**
 * Resolves when `reached` says so, which is asked now and whenever something has moved.
 * @param moved - tells of the end of the room, too
 * @throws SupermeshError `room-disposed` when the room ends first
 */
export function until(moved: Subscribable<void>, reached: () => boolean, scope: Scope): Promise<void> {
  if (reached()) return Promise.resolve()
  return new Promise((resolve, reject) => {
    const end = moved.subscribe(() => {
      if (!scope.disposed && !reached()) return
      end()
      if (scope.disposed) reject(roomDisposed())
      else resolve()
    })
  })
}
