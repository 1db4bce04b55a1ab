/**
 * What a link lets its holder compute: where to meet the others, how to talk to them unread, and which sessions to
 * certify. Pure and synchronous, so that a room knows its topic before it has touched anything.
 */
import type { Bytes } from '../base/bytes.ts'
import { toBase64Url } from '../base/bytes.ts'
import { CERTIFIED_RIGHTS, type CertifiedRight } from '../protocol/introduction.ts'
import { includesRight, type Right } from '../protocol/right.ts'
import { derive, descend, type RoomKeys, roomKeysOf, signerSeed } from './ladder.ts'
import type { Link } from './link.ts'

export interface Credentials {
  readonly room: Bytes
  readonly right: Right
  /** Name of the meeting point on a signaling server; says nothing about the room. 22 characters. */
  readonly topic: string
  /** 32 bytes, for the envelopes that pass through a signaling server. */
  readonly signalingKey: Bytes
  /** Seeds of the key pairs of the rights held: all three for an owner, none for a viewer. */
  readonly seeds: Readonly<Partial<Record<CertifiedRight, Bytes>>>
  /** The room's public keys, where they follow from the link: for an owner. Others learn them from any peer. */
  readonly roomKeys: RoomKeys | null
}

export function credentialsOf(link: Link): Credentials {
  const view = descend(link.secret, link.right, 'view')
  const seeds: Partial<Record<CertifiedRight, Bytes>> = {}
  for (const right of CERTIFIED_RIGHTS) {
    if (includesRight(link.right, right)) seeds[right] = signerSeed(descend(link.secret, link.right, right), right)
  }
  return {
    room: link.room,
    right: link.right,
    topic: toBase64Url(derive(view, 'topic', 16)),
    signalingKey: derive(view, 'signaling', 32),
    seeds,
    roomKeys: link.right === 'own' ? roomKeysOf(link.secret) : null,
  }
}
