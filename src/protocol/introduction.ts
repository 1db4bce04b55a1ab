/**
 * The introduction: an author's first entry, by which the others learn its keys, its name and its right.
 *
 * The session key signs frames and dies with the page; the person key stays with a device and vouches for the sessions
 * of its tabs; the certificate shows that the session's link allows it to write. Name and colour are covered by the seal
 * of the frame that carries them. Layout in PROTOCOL.md ("Introductions"). Here are the bytes, and what exactly is
 * signed; who signs and who checks is not known here.
 */
import type { Bytes } from '../base/bytes.ts'
import { toUtf8 } from '../base/bytes.ts'
import { SupermeshError } from '../base/error.ts'
import { createWriter, type Decoded, decodeWith, malformed, type Reader } from './codec.ts'

const KEY_BYTES = 32
const SIGNATURE_BYTES = 64
const COLOUR_BYTES = 3
/** Longest name of a person, in bytes of UTF-8. */
export const PERSON_NAME_MAX_BYTES = 256

/** Rights that have a key pair; on the wire, their place in this list, from 1. */
export const CERTIFIED_RIGHTS = ['own', 'run', 'edit'] as const
export type CertifiedRight = (typeof CERTIFIED_RIGHTS)[number]

/** The statement that a session may use a right, signed with that right's key. */
export interface Certificate {
  readonly right: CertifiedRight
  /** Milliseconds since the Unix epoch. */
  readonly expires: number
  readonly signature: Bytes
}

export interface Introduction {
  readonly sessionKey: Bytes
  readonly personKey: Bytes
  /** Over {@link personStatement}. */
  readonly personSignature: Bytes
  /** As the person wrote it: untrusted text. */
  readonly name: string
  /** Red, green, blue; `null` lets each peer choose. */
  readonly colour: Bytes | null
  /** Absent for a viewer. */
  readonly certificate: Certificate | null
}

const HAS_COLOUR = 1
const HAS_CERTIFICATE = 2

/** @throws SupermeshError `bad-introduction` when a key, a signature, the colour or the name has a wrong length */
export function encodeIntroduction(introduction: Introduction): Bytes {
  const { sessionKey, personKey, personSignature, name, colour, certificate } = introduction
  checkLength('sessionKey', sessionKey, KEY_BYTES)
  checkLength('personKey', personKey, KEY_BYTES)
  checkLength('personSignature', personSignature, SIGNATURE_BYTES)
  if (colour) checkLength('colour', colour, COLOUR_BYTES)
  if (certificate) checkLength('certificate', certificate.signature, SIGNATURE_BYTES)
  const nameBytes = toUtf8(name)
  if (nameBytes.length > PERSON_NAME_MAX_BYTES) {
    throw new SupermeshError('bad-introduction', 'The name is too long; fitName() shortens it.', { part: 'name' })
  }
  const writer = createWriter()
  writer.byte((colour ? HAS_COLOUR : 0) | (certificate ? HAS_CERTIFICATE : 0))
  writer.bytes(sessionKey)
  writer.bytes(personKey)
  writer.bytes(personSignature)
  writer.prefixed(nameBytes)
  if (colour) writer.bytes(colour)
  if (certificate) {
    writer.byte(CERTIFIED_RIGHTS.indexOf(certificate.right) + 1)
    writer.varuint(certificate.expires)
    writer.bytes(certificate.signature)
  }
  return writer.finish()
}

export function decodeIntroduction(bytes: Bytes): Decoded<Introduction> {
  return decodeWith(bytes, reader => {
    const has = reader.byte()
    if (has > (HAS_COLOUR | HAS_CERTIFICATE)) malformed('introduction-malformed')
    return {
      sessionKey: reader.bytes(KEY_BYTES),
      personKey: reader.bytes(KEY_BYTES),
      personSignature: reader.bytes(SIGNATURE_BYTES),
      name: reader.string(PERSON_NAME_MAX_BYTES),
      colour: has & HAS_COLOUR ? reader.bytes(COLOUR_BYTES) : null,
      certificate: has & HAS_CERTIFICATE ? readCertificate(reader) : null,
    }
  })
}

function readCertificate(reader: Reader): Certificate {
  const right = CERTIFIED_RIGHTS[reader.byte() - 1]
  if (!right) malformed('introduction-malformed')
  return { right, expires: reader.varuint(), signature: reader.bytes(SIGNATURE_BYTES) }
}

/** What a person signs: this session in this room is mine. */
export function personStatement(room: Bytes, sessionKey: Bytes): Bytes {
  const writer = createWriter()
  writer.bytes(toUtf8('supermesh/1 person'))
  writer.bytes(room)
  writer.bytes(sessionKey)
  return writer.finish()
}

/** What a right's key signs: this session may use the right in this room until it expires. */
export function certificateStatement(
  room: Bytes,
  sessionKey: Bytes,
  certificate: Pick<Certificate, 'right' | 'expires'>,
): Bytes {
  const writer = createWriter()
  writer.bytes(toUtf8('supermesh/1 certificate'))
  writer.bytes(room)
  writer.bytes(sessionKey)
  writer.byte(CERTIFIED_RIGHTS.indexOf(certificate.right) + 1)
  writer.varuint(certificate.expires)
  return writer.finish()
}

/** `name` without surrounding space, well formed, and cut between characters where it would be too long. */
export function fitName(name: string): string {
  let fitted = ''
  let room = PERSON_NAME_MAX_BYTES
  for (const character of new TextDecoder().decode(toUtf8(name)).trim()) {
    room -= toUtf8(character).length
    if (room < 0) break
    fitted += character
  }
  return fitted
}

function checkLength(part: string, bytes: Bytes, length: number): void {
  if (bytes.length === length) return
  throw new SupermeshError('bad-introduction', `"${part}" has ${bytes.length} bytes instead of ${length}.`, { part })
}
