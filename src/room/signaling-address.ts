/**
 * Addresses of signaling servers, as builders give them.
 */
import { inWords, SupermeshError } from '../base/error.ts'

/** @throws SupermeshError `bad-signaling` for the first that no WebSocket can be opened to */
export function requireSignaling(urls: readonly string[]): void {
  if (!Array.isArray(urls)) throw new SupermeshError('bad-signaling', 'Signaling servers are given as a list.')
  for (const url of urls) {
    if (typeof url === 'string' && URL.canParse(url) && ['ws:', 'wss:'].includes(new URL(url).protocol)) continue
    throw new SupermeshError(
      'bad-signaling',
      `${inWords(url)} is no address of a signaling server: one begins with wss://.`,
      { url: String(url) },
    )
  }
}
