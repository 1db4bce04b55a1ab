/**
 * The ladder of rights: one secret a rung, each derived from the one above and from nothing else.
 *
 * Who holds a right can therefore make every weaker one and no stronger one. Own, run and edit also have a key pair, by
 * which their holders certify sessions; the three public keys together name the room. Pure; must not know how links are
 * written or how sessions sign.
 */
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import type { Bytes } from '../base/bytes.ts'
import { concatBytes, equalBytes, toUtf8 } from '../base/bytes.ts'
import type { CertifiedRight } from '../protocol/introduction.ts'
import { RIGHTS, type Right } from '../protocol/right.ts'
import { publicKeyOf, SEED_BYTES } from './ed25519.ts'

export const ROOM_BYTES = 16
export const SECRET_BYTES = 16

/** HKDF-SHA-256 (RFC 5869) without salt; `purpose` keeps the derived values apart. */
export function derive(secret: Bytes, purpose: string, length: number): Bytes {
  return hkdf(sha256, secret, undefined, toUtf8(`supermesh/1 ${purpose}`), length) as Bytes
}

/**
 * The secret of `to`, from the secret of `from`.
 * @param to - not stronger than `from`; the caller has checked it
 */
export function descend(secret: Bytes, from: Right, to: Right): Bytes {
  return RIGHTS.slice(RIGHTS.indexOf(from) + 1, RIGHTS.indexOf(to) + 1).reduce(
    (above, rung) => derive(above, `right ${rung}`, SECRET_BYTES),
    secret,
  )
}

/** Seed of the key pair that certifies sessions with `right`, from that right's own secret. */
export function signerSeed(secret: Bytes, right: CertifiedRight): Bytes {
  return derive(secret, `sign ${right}`, SEED_BYTES)
}

/** The public keys that certify the sessions of a room. */
export type RoomKeys = Readonly<Record<CertifiedRight, Bytes>>

/** @param own - the secret of `own`: no weaker one leads to the keys above it */
export function roomKeysOf(own: Bytes): RoomKeys {
  const keyOf = (right: CertifiedRight) => publicKeyOf(signerSeed(descend(own, 'own', right), right))
  return { own: keyOf('own'), run: keyOf('run'), edit: keyOf('edit') }
}

/** The room that these keys belong to: the first 16 bytes of their hash. */
export function roomOf(keys: RoomKeys): Bytes {
  return sha256(concatBytes(toUtf8('supermesh/1 room'), keys.own, keys.run, keys.edit)).slice(0, ROOM_BYTES) as Bytes
}

/** Whether keys that a stranger sent are the ones that the room is named after. */
export function areKeysOf(room: Bytes, keys: RoomKeys): boolean {
  return equalBytes(roomOf(keys), room)
}
