/**
 * The one answer of a room that has ended.
 */
import { SupermeshError } from '../base/error.ts'

export function roomDisposed(): SupermeshError {
  return new SupermeshError('room-disposed', 'This room has been closed.')
}
