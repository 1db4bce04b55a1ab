/**
 * Links out of the platform's randomness.
 */
import { requireOptions } from '../../base/require.ts'
import { SECRET_BYTES } from '../ladder.ts'
import { type Link, linkFrom } from '../link.ts'

export interface NewLinkOptions {
  /** Signaling servers at which the room can be met: `wss:` addresses, at most four. */
  readonly signaling?: readonly string[]
}

/**
 * The owner's link of a new room.
 * @throws SupermeshError `bad-signaling`, `option-invalid`
 */
export function newLink(options: NewLinkOptions = {}): Link {
  requireOptions(options, 'The options of a link', ['signaling'])
  return { ...linkFrom({ ...options, random: crypto.getRandomValues(new Uint8Array(SECRET_BYTES)) }), fresh: true }
}
