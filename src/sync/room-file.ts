/**
 * A whole room as one file: a snapshot and frames as they are kept, each with a checksum, so that a reader finds what is
 * damaged and takes the rest. No secret is in it: neither a link nor a key. The layout is in PROTOCOL.md ("Room files").
 *
 * Knows nothing of who may have written a frame: what a file holds is a stranger's word until its seals are opened.
 */
import { type Bytes, concatBytes, equalBytes, toHex } from '../base/bytes.ts'
import { crc32 } from '../base/crc32.ts'
import { createWriter, decodeWith, malformed, type Reader } from '../protocol/codec.ts'
import { AUTHOR_BYTES } from '../protocol/frame.ts'
import { FRAME_MAX_BYTES, WAITING_MAX_BYTES } from '../protocol/limits.ts'
import type { Kept, KeptFrame } from './keeper.ts'

export interface RoomFile {
  readonly room: Bytes
  readonly scope: number
  /** What the frames go on from; `null` when they begin at the beginning. */
  readonly snapshot: Bytes | null
  /** In an order of application. */
  readonly frames: readonly KeptFrame[]
}

export type RoomFileReading =
  | ({ readonly type: 'whole' } & RoomFile)
  | {
      readonly type: 'damaged'
      /** Where the first part begins that is not as it was written. */
      readonly offset: number
      /** `null` when that is among what cannot be read. */
      readonly room: Bytes | null
      /** `null` when there was none, or when it is among what cannot be read: then the frames lack what they go on from. */
      readonly snapshot: Bytes | null
      /** Those that can be read, in their order. */
      readonly frames: readonly KeptFrame[]
      /**
       * How many pieces cannot be read, each frame being one and the snapshot too, whatever it stands for; `null` when nothing
       * tells how many there were.
       */
      readonly lost: number | null
    }
  | { readonly type: 'refused'; readonly code: 'file-not-a-room' | 'file-newer-version' }

export const ROOM_FILE_TYPE = 'application/vnd.supermesh.room'

/** As PNG's: shows at once that a file is no text, and whether somebody treated it as one. */
const MAGIC = Uint8Array.of(0x89, 0x53, 0x4d, 0x52, 0x0d, 0x0a, 0x1a, 0x0a)
const VERSION = 2
/** Of a file without a snapshot: pages that know of none read it, too. */
const VERSION_OF_FRAMES = 1
const ROOM_BYTES = 16

const BATCH_FRAMES = 256
const BATCH_BYTES = WAITING_MAX_BYTES / 8

const HEAD = 1
const FRAME = 2
const TRAILER = 3
const SNAPSHOT = 4
type Kind = typeof HEAD | typeof FRAME | typeof TRAILER | typeof SNAPSHOT

/** Kind and length before a part's payload, its checksum after it. */
const BEFORE = 5
const AFTER = 4
/** How often each byte may be looked at in search of parts, on the average: hostile files could make that endless. */
const SEARCHES = 8

/** As many frames as may wait for their seals at once, and far fewer than make the waiting room full. */
export function* inBatches(frames: readonly KeptFrame[]): Generator<readonly KeptFrame[]> {
  let batch: KeptFrame[] = []
  let size = 0
  for (const frame of frames) {
    batch.push(frame)
    size += frame.bytes.length
    if (batch.length < BATCH_FRAMES && size < BATCH_BYTES) continue
    yield batch
    batch = []
    size = 0
  }
  if (batch.length > 0) yield batch
}

export function writeRoomFile({ room, scope, snapshot, frames }: RoomFile): Bytes {
  const count = piecesOf({ snapshot, frames })
  const head = createWriter()
  head.varuint(snapshot ? VERSION : VERSION_OF_FRAMES)
  head.bytes(room)
  head.varuint(scope)
  head.varuint(count)
  const before = concatBytes(
    MAGIC,
    partOf(HEAD, head.finish()),
    ...(snapshot ? [partOf(SNAPSHOT, snapshot)] : []),
    ...frames.map(frame => partOf(FRAME, payloadOf(frame))),
  )
  const trailer = createWriter()
  trailer.varuint(count)
  trailer.bytes(u32(crc32(before)))
  return concatBytes(before, partOf(TRAILER, trailer.finish()))
}

function payloadOf({ author, sequence, version, bytes }: KeptFrame): Bytes {
  const writer = createWriter()
  writer.bytes(author)
  writer.varuint(sequence)
  writer.varuint(version)
  writer.bytes(bytes)
  return writer.finish()
}

function partOf(kind: Kind, payload: Bytes): Bytes {
  const covered = concatBytes(Uint8Array.of(kind), u32(payload.length), payload)
  return concatBytes(covered, u32(crc32(covered)))
}

function u32(value: number): Bytes {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** Never throws, whatever the bytes are. */
export function readRoomFile(source: Uint8Array): RoomFileReading {
  const frames: KeptFrame[] = []
  const places = new Set<string>()
  let snapshot: Bytes | null = null
  let head: Head | null = null
  let trailer: Trailer | null = null
  let damage = equalBytes(source.subarray(0, MAGIC.length), MAGIC) ? null : 0
  /** Where the next part has to begin. */
  let next = MAGIC.length
  for (const { offset, end, kind, payload } of partsIn(source, next)) {
    const read = decodeWith(payload, reader => READERS[kind](reader))
    if (offset !== next || trailer || (kind === HEAD) === (head !== null)) damage ??= next
    next = end
    if (!read.ok) damage ??= offset
    else if (read.value.type === 'newer') return { type: 'refused', code: 'file-newer-version' }
    else if (read.value.type === 'head') head ??= read.value
    else if (read.value.type === 'frame') {
      const { frame } = read.value
      const place = `${toHex(frame.author)}/${frame.sequence}`
      // One that is there twice stands where another should.
      if (places.has(place)) damage ??= offset
      else frames.push(frame)
      places.add(place)
    } else if (read.value.type === 'snapshot') {
      if (snapshot || frames.length > 0) damage ??= offset
      snapshot ??= read.value.bytes
    } else {
      trailer = read.value
      if (trailer.count !== piecesOf({ snapshot, frames }) || trailer.check !== crc32(source.subarray(0, offset)))
        damage ??= offset
    }
  }
  if (next !== source.length || !trailer) damage ??= next
  if (head && damage === null) return { type: 'whole', room: head.room, scope: head.scope, snapshot, frames }
  if (!head && damage === 0) return { type: 'refused', code: 'file-not-a-room' }
  const count = head?.count ?? trailer?.count ?? null
  const lost = count === null ? null : Math.max(0, count - piecesOf({ snapshot, frames }))
  return { type: 'damaged', offset: damage ?? 0, room: head?.room ?? null, snapshot, frames, lost }
}

/** How many parts of a file hold them. */
export const piecesOf = ({ snapshot, frames }: Kept) => frames.length + (snapshot ? 1 : 0)

interface Head {
  readonly type: 'head'
  readonly room: Bytes
  readonly scope: number
  readonly count: number
}

interface Trailer {
  readonly type: 'trailer'
  readonly count: number
  readonly check: number
}

type Content =
  | Head
  | Trailer
  | { readonly type: 'snapshot'; readonly bytes: Bytes }
  | { readonly type: 'frame'; readonly frame: KeptFrame }
  | { readonly type: 'newer' }

const READERS: Readonly<Record<Kind, (reader: Reader) => Content>> = {
  [HEAD](reader) {
    const version = reader.varuint()
    if (version > VERSION) {
      // What a newer one says after that, nobody here knows.
      reader.bytes(reader.remaining)
      return { type: 'newer' }
    }
    if (version === 0) malformed('number-out-of-range')
    const room = reader.bytes(ROOM_BYTES).slice()
    return { type: 'head', room, scope: reader.varuint(), count: reader.varuint() }
  },
  [FRAME](reader) {
    const author = reader.bytes(AUTHOR_BYTES).slice()
    const sequence = reader.varuint()
    const version = reader.varuint()
    if (sequence === 0 || version === 0) malformed('number-out-of-range')
    if (reader.remaining > FRAME_MAX_BYTES) malformed('frame-too-large')
    return { type: 'frame', frame: { author, sequence, version, bytes: reader.bytes(reader.remaining).slice() } }
  },
  [SNAPSHOT]: reader => ({ type: 'snapshot', bytes: reader.bytes(reader.remaining).slice() }),
  [TRAILER]: reader => ({ type: 'trailer', count: reader.varuint(), check: numberAt(reader.bytes(4), 0) }),
}

interface Part {
  readonly kind: Kind
  readonly offset: number
  /** Behind it. */
  readonly end: number
  readonly payload: Bytes
}

/** All parts that are as they were written, in their order; what is between them is damaged. */
function* partsIn(source: Uint8Array, start: number): Generator<Part> {
  let searched = 0

  function partAt(offset: number): Part | null {
    const kind = source[offset]
    if (kind !== HEAD && kind !== FRAME && kind !== TRAILER && kind !== SNAPSHOT) return null
    const end = offset + BEFORE + numberAt(source, offset + 1) + AFTER
    if (end > source.length) return null
    searched += end - offset
    const covered = source.subarray(offset, end - AFTER) as Bytes
    if (crc32(covered) !== numberAt(source, end - AFTER)) return null
    return { kind, offset, end, payload: covered.subarray(BEFORE) }
  }

  for (let offset = start; offset < source.length; ) {
    const part = partAt(offset)
    if (part) yield part
    else if (searched > SEARCHES * source.length) return
    offset = part ? part.end : offset + 1
  }
}

/** Big-endian; what is beyond the end counts as zero. */
function numberAt(source: Uint8Array, offset: number): number {
  const byte = (i: number) => source[offset + i] ?? 0
  return ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0
}
