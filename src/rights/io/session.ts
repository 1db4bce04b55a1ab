/**
 * A session: the author that one page load is, with a key of its own that is never kept.
 *
 * Duplicated tabs would share a kept key and write two logs under one name; a fresh key for each load cannot. The link
 * certifies the session for its right, the person vouches that the session is theirs.
 */
import type { Bytes } from '../../base/bytes.ts'
import {
  type Certificate,
  type CertifiedRight,
  certificateStatement,
  encodeIntroduction,
  fitName,
  type Introduction,
  personStatement,
} from '../../protocol/introduction.ts'
import { authorIdOf, authorOf, storeIdOf } from '../author.ts'
import { areKeysOf, type RoomKeys } from '../ladder.ts'
import type { Link } from '../link.ts'
import { sealStatement } from '../seal.ts'
import { type Credentials, credentialsOf } from '../secrets.ts'
import type { Person } from './device.ts'
import { createSigner, signerFromSeed } from './signer.ts'
import { createVerifier, type Verifier } from './verifier.ts'

/** How long a certificate is good for: longer than a page stays open, shorter than a leaked session key matters. */
export const CERTIFICATE_LIFETIME_MS = 30 * 24 * 60 * 60 * 1000

export interface Session {
  /** 16 bytes. */
  readonly author: Bytes
  /** The author as hexadecimal text. */
  readonly authorId: string
  /** The author as the store's writer number. */
  readonly storeId: number
  /** Payload of the author's first entry; see `protocol/introduction.ts`. */
  readonly introduction: Bytes
  /** Signs a frame's hash: 64 bytes. */
  seal(hash: Bytes): Promise<Bytes>
}

export interface OpenSessionOptions {
  readonly link: Link
  readonly person: Person
  /** Shown to the others; cut to {@link fitName}'s length. */
  readonly name: string
  /** Red, green, blue. */
  readonly colour?: Bytes
  /** Milliseconds since the Unix epoch. */
  readonly now: number
  /** `null` keeps to plain JavaScript; by default the browser's own cryptography is used where it has Ed25519. */
  readonly subtle?: SubtleCrypto | null
}

export async function openSession(options: OpenSessionOptions): Promise<Session> {
  const { link, person, name, colour, now, subtle } = options
  const signer = await createSigner(subtle)
  const sessionKey = signer.publicKey
  const introduction = encodeIntroduction({
    sessionKey,
    personKey: person.publicKey,
    personSignature: await person.sign(personStatement(link.room, sessionKey)),
    name: fitName(name),
    colour: colour ?? null,
    certificate: await certify(credentialsOf(link), sessionKey, now + CERTIFICATE_LIFETIME_MS),
  })
  const author = authorOf(sessionKey)
  return {
    author,
    authorId: authorIdOf(author),
    storeId: storeIdOf(author),
    introduction,
    seal: hash => signer.sign(sealStatement(link.room, hash)),
  }
}

/** `null` for a viewer, who has nothing to certify with. */
async function certify(credentials: Credentials, sessionKey: Bytes, expires: number): Promise<Certificate | null> {
  const { room, right, seeds } = credentials
  const seed = right === 'view' ? undefined : seeds[right]
  if (right === 'view' || !seed) return null
  const statement = certificateStatement(room, sessionKey, { right, expires })
  return { right, expires, signature: await signerFromSeed(seed).sign(statement) }
}

// One for the page: it remembers keys, which mean the same in every room, and nothing of any room.
let shared: Verifier | null = null
const platformVerifier = () => {
  shared ??= createVerifier()
  return shared
}

export interface SealToVerify {
  readonly room: Bytes
  readonly sessionKey: Bytes
  readonly hash: Bytes
  readonly seal: Bytes
}

/** Whether the session with this key sealed this hash in this room. */
export async function verifySeal(sealed: SealToVerify, verifier = platformVerifier()): Promise<boolean> {
  return verifier.verify(sealed.sessionKey, sealStatement(sealed.room, sealed.hash), sealed.seal)
}

/**
 * Whether the person vouches for the session in this room. Who the author is follows from the session key by
 * {@link authorOf}; the caller compares it with the author of the frame.
 */
export async function verifyIntroduction(
  room: Bytes,
  introduction: Introduction,
  verifier = platformVerifier(),
): Promise<boolean> {
  const { personKey, personSignature, sessionKey } = introduction
  return verifier.verify(personKey, personStatement(room, sessionKey), personSignature)
}

/**
 * The right that the introduction's certificate proves, `view` without one; `null` when the certificate is forged, or
 * `roomKeys` are not those of the room. Says nothing of expiry: that is judged by what frames say, not by a local clock.
 */
export async function verifyCertificate(
  room: Bytes,
  roomKeys: RoomKeys,
  introduction: Introduction,
  verifier = platformVerifier(),
): Promise<CertifiedRight | 'view' | null> {
  const { certificate, sessionKey } = introduction
  if (!areKeysOf(room, roomKeys)) return null
  if (!certificate) return 'view'
  const statement = certificateStatement(room, sessionKey, certificate)
  return (await verifier.verify(roomKeys[certificate.right], statement, certificate.signature))
    ? certificate.right
    : null
}
