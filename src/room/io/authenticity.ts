/**
 * Whether frames and pages are whose they say they are: asked by `sync` and at greetings, answered by `rights`.
 */
import type { Bytes } from '../../base/bytes.ts'
import { equalBytes, fromHex, toHex } from '../../base/bytes.ts'
import { decodeIntroduction } from '../../protocol/introduction.ts'
import { authorOf, verifyIntroduction, verifySeal } from '../../rights/index.ts'
import type { SyncEffect } from '../../sync/events.ts'

/**
 * The id of the person whose key vouches for the session of `peer`; `null` when `introduction` is not that peer's, or
 * not vouched for.
 */
export async function personOf(room: Bytes, peer: string, introduction: Bytes): Promise<string | null> {
  const decoded = decodeIntroduction(introduction)
  if (!decoded.ok || !equalBytes(authorOf(decoded.value.sessionKey), fromHex(peer))) return null
  return (await verifyIntroduction(room, decoded.value)) ? toHex(decoded.value.personKey) : null
}

/** The person whom an introduction names that has been found genuine. */
export function personIn(introduction: Bytes): string | null {
  const decoded = decodeIntroduction(introduction)
  return decoded.ok ? toHex(decoded.value.personKey) : null
}

/**
 * Whether a snapshot is what its checkpoint says, whose author says that it may edit; and all whom it introduces are who they say.
 * That a certificate is genuine only an own link could tell: see docs/not-protected.md.
 */
export async function isVouched(
  room: Bytes,
  { bytes, digest, author, introduction, hash, seal, introductions }: Extract<SyncEffect, { type: 'open-snapshot' }>,
): Promise<boolean> {
  const decoded = decodeIntroduction(introduction)
  if (!decoded.ok || !decoded.value.certificate) return false
  if (!equalBytes(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)), digest)) return false
  if (!(await verifySeal({ room, sessionKey: decoded.value.sessionKey, hash, seal }))) return false
  const all = [{ author, introduction }, ...introductions]
  const genuine = await Promise.all(all.map(each => personOf(room, toHex(each.author), each.introduction)))
  return genuine.every(person => person !== null)
}

export async function isGenuine(room: Bytes, sealed: Extract<SyncEffect, { type: 'open-seal' }>): Promise<boolean> {
  const introduction = decodeIntroduction(sealed.introduction)
  if (!introduction.ok) return false
  const { sessionKey } = introduction.value
  if (!equalBytes(authorOf(sessionKey), sealed.author)) return false
  if (sealed.sequence === 1 && !(await verifyIntroduction(room, introduction.value))) return false
  return verifySeal({ room, sessionKey, hash: sealed.hash, seal: sealed.seal })
}
