/**
 * A message of any size as chunks that a data channel takes, and back.
 *
 * Browsers refuse or drop single messages above 256 KiB, and one huge message would keep a heartbeat waiting. A chunk is
 * one message of the channel (ordered and reliable); its first byte says what it is:
 *
 * ```
 * 0  ping      nothing follows
 * 1  goodbye   nothing follows; the sender leaves
 * 2  whole     the message
 * 3  part      message id (u32), index (u32), total length (u32), then bytes index × PART_BYTES onwards
 * ```
 *
 * Numbers are big-endian. Every part but the last carries exactly PART_BYTES, the parts of a message come in order, and
 * a message that fits into one chunk is sent whole: so there is one way to write a message and the rest is refused.
 * Parts of different messages may interleave. Must not know what a message means.
 */
import type { Bytes } from '../base/bytes.ts'

/** Largest message, in bytes. */
export const MESSAGE_MAX = 64 * 1024 * 1024
/** Largest chunk, header included. */
export const CHUNK_MAX = 64 * 1024
/** Messages of one peer that may be incomplete at a time. */
export const ASSEMBLIES_MAX = 8

const PART_HEADER = 13
const PART_BYTES = CHUNK_MAX - PART_HEADER
const WHOLE_MAX = CHUNK_MAX - 1

const PING = 0
const GOODBYE = 1
const WHOLE = 2
const PART = 3

export const pingChunk: Bytes = Uint8Array.of(PING)
export const goodbyeChunk: Bytes = Uint8Array.of(GOODBYE)

/** How many chunks a message of `length` bytes becomes. */
export function chunkCount(length: number): number {
  return length <= WHOLE_MAX ? 1 : Math.ceil(length / PART_BYTES)
}

/**
 * The chunk at `index` of `message`, made on demand so that a large message is never in memory twice.
 *
 * @param id tells the parts of one message from those of another on the same link; modulo 2³²
 * @throws RangeError when the message is larger than {@link MESSAGE_MAX} or has no such chunk
 */
export function chunkAt(message: Uint8Array, id: number, index: number): Bytes {
  if (message.length > MESSAGE_MAX) throw new RangeError('message larger than MESSAGE_MAX')
  if (!Number.isInteger(index) || index < 0 || index >= chunkCount(message.length))
    throw new RangeError('no such chunk')
  if (message.length <= WHOLE_MAX) {
    const chunk = new Uint8Array(1 + message.length)
    chunk[0] = WHOLE
    chunk.set(message, 1)
    return chunk
  }
  const part = message.subarray(index * PART_BYTES, (index + 1) * PART_BYTES)
  const chunk = new Uint8Array(PART_HEADER + part.length)
  const header = new DataView(chunk.buffer)
  header.setUint8(0, PART)
  header.setUint32(1, id)
  header.setUint32(5, index)
  header.setUint32(9, message.length)
  chunk.set(part, PART_HEADER)
  return chunk
}

export type ChunkRefusal =
  | 'chunk-empty'
  | 'chunk-too-large'
  | 'chunk-unknown-kind'
  | 'chunk-trailing-bytes'
  | 'part-too-short'
  | 'part-total-out-of-range'
  | 'part-wrong-length'
  | 'part-out-of-order'
  | 'part-total-changed'
  | 'too-many-assemblies'
  | 'too-many-bytes'

export type Arrival =
  | { readonly type: 'ping' }
  | { readonly type: 'goodbye' }
  | { readonly type: 'message'; readonly message: Bytes }
  /** A part was taken; its message is not complete yet. */
  | { readonly type: 'partial' }
  /** No honest peer sends this. What was incomplete is kept; whoever receives it should end the link. */
  | { readonly type: 'refused'; readonly code: ChunkRefusal }

export interface Assembler {
  /** Takes one chunk. A `message` may be a view on the chunk's own buffer, which the caller gives up. */
  accept(chunk: Uint8Array<ArrayBuffer>): Arrival
  /** Bytes reserved for incomplete messages; never above {@link MESSAGE_MAX}. */
  readonly reserved: number
}

/** Puts the chunks of one peer together. One assembler a link: its bounds are the bounds per peer. */
export function createAssembler(): Assembler {
  const assemblies = new Map<number, { readonly message: Bytes; next: number }>()
  let reserved = 0

  function acceptPart(chunk: Uint8Array<ArrayBuffer>): Arrival {
    if (chunk.length <= PART_HEADER) return refused('part-too-short')
    const header = new DataView(chunk.buffer, chunk.byteOffset, PART_HEADER)
    const id = header.getUint32(1)
    const index = header.getUint32(5)
    const total = header.getUint32(9)
    if (total <= WHOLE_MAX || total > MESSAGE_MAX) return refused('part-total-out-of-range')

    const offset = index * PART_BYTES
    if (offset >= total) return refused('part-out-of-order')
    if (chunk.length - PART_HEADER !== Math.min(PART_BYTES, total - offset)) return refused('part-wrong-length')

    let assembly = assemblies.get(id)
    if (assembly === undefined) {
      if (index !== 0) return refused('part-out-of-order')
      if (assemblies.size >= ASSEMBLIES_MAX) return refused('too-many-assemblies')
      if (reserved + total > MESSAGE_MAX) return refused('too-many-bytes')
      assembly = { message: new Uint8Array(total), next: 0 }
      assemblies.set(id, assembly)
      reserved += total
    }
    if (assembly.message.length !== total) return refused('part-total-changed')
    if (assembly.next !== index) return refused('part-out-of-order')

    assembly.message.set(chunk.subarray(PART_HEADER), offset)
    assembly.next += 1
    if (assembly.next < chunkCount(total)) return { type: 'partial' }
    assemblies.delete(id)
    reserved -= total
    return { type: 'message', message: assembly.message }
  }

  return {
    get reserved() {
      return reserved
    },
    accept(chunk) {
      if (chunk.length === 0) return refused('chunk-empty')
      if (chunk.length > CHUNK_MAX) return refused('chunk-too-large')
      switch (chunk[0]) {
        case PING:
          return chunk.length === 1 ? { type: 'ping' } : refused('chunk-trailing-bytes')
        case GOODBYE:
          return chunk.length === 1 ? { type: 'goodbye' } : refused('chunk-trailing-bytes')
        case WHOLE:
          return {
            type: 'message',
            message: new Uint8Array(chunk.buffer, chunk.byteOffset + 1, chunk.length - 1),
          }
        case PART:
          return acceptPart(chunk)
        default:
          return refused('chunk-unknown-kind')
      }
    },
  }
}

function refused(code: ChunkRefusal): Arrival {
  return { type: 'refused', code }
}
