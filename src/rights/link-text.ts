/**
 * A link as text: what stands behind the `#` of an address, so that no server ever sees it.
 *
 *     1 e <base64url of room ‖ secret ‖ checksum> [ . <base64url of signaling hints> ]
 *
 * Version, right, 46 characters; one link has one text. The checksum is a CRC, not a hash: it finds *every* change of
 * one character or of two neighbours, where a hash of two bytes would miss one in 65,536. It protects against copying
 * mistakes, not against people: those are stopped by the secret.
 */
import type { Bytes } from '../base/bytes.ts'
import { concatBytes, equalBytes, fromBase64Url, toBase64Url, toUtf8 } from '../base/bytes.ts'
import type { Right } from '../protocol/right.ts'
import { ROOM_BYTES, SECRET_BYTES } from './ladder.ts'
import { isConsistent, type Link, requireLink } from './link.ts'
import { decodeHints, encodeHints } from './signaling-hint.ts'

const VERSION = '1'
const LETTERS: Readonly<Record<Right, string>> = { own: 'o', run: 'r', edit: 'e', view: 'v' }
const CHECKSUM_BYTES = 2
/** Far above any link, far below what would cost time. */
const TEXT_MAX_LENGTH = 8192

export type LinkProblem = 'empty' | 'no-secret' | 'damaged' | 'newer-version'

export type ParsedLink =
  | { readonly ok: true; readonly link: Link }
  | { readonly ok: false; readonly problem: LinkProblem; readonly sentence: string }

const SENTENCES: Readonly<Record<LinkProblem, string>> = {
  empty: 'There is no link here. Start a new room, or paste a link that someone sent you.',
  'no-secret':
    'This address lacks the part after "#" that opens the room. Ask for the link again, copied with the Share button.',
  damaged: 'This link is incomplete or was changed on its way. Ask for it again and copy it whole.',
  'newer-version': 'This link was made by a newer version of this page. Reload the page, then open the link again.',
}

/** The fragment for `link`, without `#`. @throws SupermeshError `option-invalid` for what is no link */
export function formatLink(link: Link): string {
  requireLink(link)
  const head = VERSION + LETTERS[link.right]
  const hints = encodeHints(link.signaling)
  const body = concatBytes(link.room, link.secret, checksumOf(head, hints, link.room, link.secret))
  return head + toBase64Url(body) + (hints.length > 0 ? `.${toBase64Url(hints)}` : '')
}

/** Reads an address, a fragment with or without `#`; never throws. */
export function parseLink(text: string): ParsedLink {
  if (typeof text !== 'string') return refuse('empty')
  if (text.length > TEXT_MAX_LENGTH) return refuse('damaged')
  const trimmed = text.trim()
  const mark = trimmed.indexOf('#')
  const fragment = trimmed.slice(mark + 1)
  if (trimmed === '' || trimmed === '#') return refuse('empty')
  if (fragment === '' || (mark === -1 && /[/:]/.test(trimmed))) return refuse('no-secret')
  // Twenty characters or more, so that an ordinary anchor such as `#2-usage` is not taken for a link of the future.
  if (/^[2-9][\w.~-]{20,}$/.test(fragment)) return refuse('newer-version')
  const link = readFragment(fragment)
  return link ? { ok: true, link } : refuse('damaged')
}

function readFragment(fragment: string): Link | null {
  const right = (Object.keys(LETTERS) as Right[]).find(each => fragment.startsWith(VERSION + LETTERS[each]))
  if (!right) return null
  const head = VERSION + LETTERS[right]
  const [bodyText = '', hintText, ...rest] = fragment.slice(head.length).split('.')
  const body = fromBase64Url(bodyText)
  const hints = hintText === undefined ? new Uint8Array() : fromBase64Url(hintText)
  if (!body || body.length !== ROOM_BYTES + SECRET_BYTES + CHECKSUM_BYTES || !hints || rest.length > 0) return null
  const room = body.slice(0, ROOM_BYTES)
  const secret = body.slice(ROOM_BYTES, ROOM_BYTES + SECRET_BYTES)
  if (!equalBytes(body.slice(-CHECKSUM_BYTES), checksumOf(head, hints, room, secret))) return null
  const signaling = hintText === undefined ? [] : decodeHints(hints)
  if (!signaling) return null
  const link: Link = { right, room, secret, signaling }
  return isConsistent(link) ? link : null
}

/** CRC-16/CCITT-FALSE. In the order of the text but for the hints, so that neighbours in the text are one burst of bits. */
function checksumOf(head: string, hints: Bytes, room: Bytes, secret: Bytes): Bytes {
  let crc = 0xffff
  for (const byte of concatBytes(hints, toUtf8(head), room, secret)) {
    crc ^= byte << 8
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
  }
  return Uint8Array.of(crc >> 8, crc & 0xff)
}

function refuse(problem: LinkProblem): ParsedLink {
  return { ok: false, problem, sentence: SENTENCES[problem] }
}
