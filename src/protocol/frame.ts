/**
 * The frame: the unit of log, wire, dedupe and signature. Its bytes are made once, by its author, and kept and relayed
 * verbatim.
 *
 * The author's previous frame is bound by hash without being spelled out: a frame's hash covers its predecessor's, and
 * the seal covers the hash. The layout is in PROTOCOL.md ("Frames").
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { Bytes } from '../base/bytes.ts'
import { compareBytes, concatBytes, toUtf8 } from '../base/bytes.ts'
import { createReader, createWriter, type Decoded, decodeWith, malformed, type Reader } from './codec.ts'
import { FRAME_MAX_BYTES, FRAME_MAX_ENTRIES, FRAME_MAX_HEADS } from './limits.ts'

/** Raised whenever the meaning of bytes changes; a peer of a newer one is refused with "reload this page". */
export const PROTOCOL_VERSION = 2
export const AUTHOR_BYTES = 16
/** SHA-256. */
export const HASH_BYTES = 32
/** The document that is the room itself. */
export const ROOM_SCOPE = 0
/** Ed25519. An empty seal is legal on the wire, for worlds without signatures; whoever opens seals decides. */
export const SEAL_BYTES = 64

const ENTRY_KINDS = ['edit', 'undo', 'redo', 'introduction', 'checkpoint'] as const
export type EntryKind = (typeof ENTRY_KINDS)[number]

/** Whether an entry has a frame to itself: what one may ask of a replica at once is bounded by frames. */
export function isAlone(kind: EntryKind): boolean {
  return kind === 'undo' || kind === 'redo'
}

export interface Entry {
  readonly kind: EntryKind
  readonly payload: Bytes
}

/** A causal parent: the last entry of a frame by another author. */
export interface Head {
  readonly author: Bytes
  readonly sequence: number
}

export interface Frame {
  readonly author: Bytes
  /** Sequence of the first entry, from 1; the others follow it. */
  readonly sequence: number
  /** Milliseconds since the author's previous frame; since the Unix epoch in its first. For display only. */
  readonly elapsed: number
  /** Sorted by author, each at most once, the own author never. */
  readonly heads: readonly Head[]
  readonly entries: readonly Entry[]
}

/** A frame with the bytes that it travels in. */
export interface SealedFrame extends Frame {
  /** The frame without its author (which its message names) and its seal. */
  readonly body: Bytes
  readonly seal: Bytes
}

/** Sequence of the frame's last entry. */
export function lastSequence(frame: Frame): number {
  return frame.sequence + frame.entries.length - 1
}

/** Heads and the kind of a single entry share a number; 0 stands for several entries. */
const KIND_BITS = 8
const SEVERAL = 0

export function encodeBody({ sequence, elapsed, heads, entries }: Frame): Bytes {
  const writer = createWriter()
  writer.varuint(sequence)
  if (sequence === 1) writer.byte(PROTOCOL_VERSION)
  writer.varuint(elapsed)
  const single = entries.length === 1 ? entries[0] : undefined
  writer.varuint(heads.length * KIND_BITS + (single ? numberOf(single.kind) : SEVERAL))
  for (const head of heads) {
    writer.bytes(head.author)
    writer.varuint(head.sequence)
  }
  if (single) {
    writer.bytes(single.payload)
    return writer.finish()
  }
  writer.varuint(entries.length)
  for (const entry of entries) {
    writer.byte(numberOf(entry.kind))
    writer.prefixed(entry.payload)
  }
  return writer.finish()
}

function numberOf(kind: EntryKind): number {
  return ENTRY_KINDS.indexOf(kind) + 1
}

/** Body and seal as one byte string: what a log keeps and a message carries. */
export function encodeSealed(body: Bytes, seal: Bytes): Bytes {
  const writer = createWriter()
  writer.prefixed(body)
  writer.bytes(seal)
  return writer.finish()
}

/** Whether there is a seal behind the body of what {@link encodeSealed} wrote. */
export function hasSeal(bytes: Bytes): boolean {
  const reader = createReader(bytes)
  return reader.varuint() < reader.remaining
}

/** A copy, from among other bytes, of what {@link encodeSealed} wrote. */
export function readSealed(reader: Reader, isSealed: boolean): Bytes {
  const start = reader.offset
  const count = reader.varuint()
  if (count > FRAME_MAX_BYTES) malformed('too-long')
  reader.skip(isSealed ? count + SEAL_BYTES : count)
  return reader.since(start)
}

/** @param bytes - what {@link encodeSealed} wrote */
export function decodeSealed(author: Bytes, bytes: Bytes): Decoded<SealedFrame> {
  if (bytes.length > FRAME_MAX_BYTES) return { ok: false, code: 'frame-too-large' }
  return decodeWith(bytes, reader => {
    const body = reader.prefixed(FRAME_MAX_BYTES)
    const seal = reader.bytes(reader.remaining)
    if (seal.length !== 0 && seal.length !== SEAL_BYTES) malformed('seal-length')
    return readBody(author, body, seal)
  })
}

/** The body in what {@link encodeSealed} wrote. */
export function bodyIn(bytes: Bytes): Bytes {
  return createReader(bytes).prefixed(FRAME_MAX_BYTES)
}

/** How long after its author's previous frame a frame was made, of what {@link encodeSealed} wrote; nothing else is looked at. */
export function elapsedIn(bytes: Bytes): number {
  const reader = createReader(bytes)
  reader.varuint()
  if (reader.varuint() === 1) reader.byte()
  return reader.varuint()
}

function readBody(author: Bytes, body: Bytes, seal: Bytes): SealedFrame {
  const reader = createReader(body)
  const sequence = reader.varuint()
  if (sequence === 0) malformed('number-out-of-range')
  // Once for a whole log: what follows in it hangs on its first frame.
  if (sequence === 1 && reader.byte() !== PROTOCOL_VERSION) malformed('protocol-newer')
  const elapsed = reader.varuint()
  const number = reader.varuint()
  const kind = number % KIND_BITS
  const heads = readHeads(reader, author, (number - kind) / KIND_BITS)
  const entries = kind === SEVERAL ? readEntries(reader) : [readEntry(reader, kind, reader.remaining)]
  reader.end()
  return { author, sequence, elapsed, heads, entries, body, seal }
}

const NO_HEADS: readonly Head[] = []

function readHeads(reader: Reader, author: Bytes, count: number): readonly Head[] {
  if (count === 0) return NO_HEADS
  if (count > FRAME_MAX_HEADS) malformed('too-many-heads')
  const heads: Head[] = []
  for (let i = 0; i < count; i++) {
    const head = { author: reader.bytes(AUTHOR_BYTES), sequence: reader.varuint() }
    const before = heads[i - 1]
    if (before && compareBytes(before.author, head.author) >= 0) malformed('heads-not-sorted')
    if (compareBytes(head.author, author) === 0) malformed('head-is-own')
    heads.push(head)
  }
  return heads
}

function readEntries(reader: Reader): readonly Entry[] {
  const count = reader.varuint()
  if (count === 0) malformed('frame-empty')
  if (count === 1) malformed('not-shortest')
  if (count > FRAME_MAX_ENTRIES) malformed('too-many-entries')
  const entries: Entry[] = []
  for (let i = 0; i < count; i++) entries.push(readEntry(reader, reader.byte(), null))
  return entries
}

/** @param length - of the payload, where it is not spelled out */
function readEntry(reader: Reader, number: number, length: number | null): Entry {
  const kind = ENTRY_KINDS[number - 1]
  if (!kind) malformed('entry-kind-unknown')
  return { kind, payload: length === null ? reader.prefixed(FRAME_MAX_BYTES) : reader.bytes(length) }
}

/** The hash before an author's first frame; it binds the log to its room, its scope and its author. */
export function originHash(room: Bytes, scope: number, author: Bytes): Bytes {
  const writer = createWriter()
  writer.varuint(scope)
  return sha256(concatBytes(toUtf8('supermesh/1 log'), room, author, writer.finish())) as Bytes
}

/** Made once: a frame is hashed at each keystroke. */
const untouched = sha256.create()
const hasher = sha256.create()

/** @param previous - hash of the author's previous frame, or {@link originHash} */
export function frameHash(previous: Bytes, body: Bytes): Bytes {
  // The digest is copied out of the hasher: written into an array of ours it would need a view of it.
  return untouched._cloneInto(hasher).update(previous).update(body).digest() as Bytes
}
