/**
 * Signaling servers named inside a link: a few short WebSocket addresses, each in one spelling.
 *
 * A stranger may have written them. They are bounded, and carry neither a password nor a fragment.
 */
import type { Bytes } from '../base/bytes.ts'
import { toUtf8 } from '../base/bytes.ts'

export const HINTS_MAX = 4
const HINT_MAX_LENGTH = 200

const SECURE = 'wss://'

/**
 * The one spelling of a WebSocket address; `null` when it is none, or too long.
 *
 * `ws:` is allowed beside `wss:` because a page served from localhost meets its server there; a page that came over
 * https cannot open it, by the browser's own rule.
 */
export function normalHint(address: string): string | null {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : null
  if (!url || !['wss:', 'ws:'].includes(url.protocol) || url.username || url.password || url.hash) return null
  const normal = url.pathname === '/' && !url.search ? url.href.replace(/\/$/, '') : url.href
  return normal.length <= HINT_MAX_LENGTH ? normal : null
}

/** Separated by spaces, which no address contains; `wss://` goes without saying. */
export function encodeHints(hints: readonly string[]): Bytes {
  return toUtf8(hints.map(hint => (hint.startsWith(SECURE) ? hint.slice(SECURE.length) : hint)).join(' '))
}

/** `null` unless `bytes` are what {@link encodeHints} writes for acceptable addresses. */
export function decodeHints(bytes: Bytes): readonly string[] | null {
  if (bytes.length === 0 || bytes.length > HINTS_MAX * (HINT_MAX_LENGTH + 1)) return null
  if (bytes.some(byte => byte < 0x20 || byte > 0x7e)) return null
  const hints = String.fromCharCode(...bytes)
    .split(' ')
    .map(hint => (hint.startsWith('ws://') ? hint : SECURE + hint))
  return hints.length <= HINTS_MAX && hints.every(hint => normalHint(hint) === hint) ? hints : null
}
