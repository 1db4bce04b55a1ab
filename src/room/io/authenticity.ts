/**
 * Whether a frame was sealed by the author that it names: asked by `sync`, answered by `rights`.
 */
import type { Bytes } from '../../base/bytes.ts'
import { equalBytes } from '../../base/bytes.ts'
import { decodeIntroduction } from '../../protocol/introduction.ts'
import { authorOf, verifyIntroduction, verifySeal } from '../../rights/index.ts'
import type { SyncEffect } from '../../sync/events.ts'

export async function isGenuine(room: Bytes, sealed: Extract<SyncEffect, { type: 'open-seal' }>): Promise<boolean> {
  const introduction = decodeIntroduction(sealed.introduction)
  if (!introduction.ok) return false
  const { sessionKey } = introduction.value
  if (!equalBytes(authorOf(sessionKey), sealed.author)) return false
  if (sealed.sequence === 1 && !(await verifyIntroduction(room, introduction.value))) return false
  return verifySeal({ room, sessionKey, hash: sealed.hash, seal: sealed.seal })
}
