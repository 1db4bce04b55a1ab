/**
 * Messages: what one peer says to another over an open link. Layouts in PROTOCOL.md ("Messages").
 */
import type { Bytes } from '../base/bytes.ts'
import { createWriter, type Decoded, decodeWith, malformed, type Reader } from './codec.ts'
import { readAll, writeAll } from './columns.ts'
import { AUTHOR_BYTES, PROTOCOL_VERSION } from './frame.ts'
import { type FrameBytes, readFrames, writeFrames } from './frames.ts'
import { AUTHORS_MAX, CHANNEL_NAME_MAX_BYTES, DIRECT_MAX_BYTES, FRAME_MAX_BYTES, SCOPES_MAX } from './limits.ts'

export type { FrameBytes } from './frames.ts'

/** How far a replica has an author's log: the last sequence that it holds, all before it included. */
export interface Reach {
  readonly author: Bytes
  readonly sequence: number
  /** Until where it has no frames: it came to it by a snapshot. */
  readonly base: number
}

/** An entry, by its place. */
export interface EntryName {
  readonly author: Bytes
  readonly sequence: number
}

/** Entries after `after`, up to `upTo`. */
export interface Range {
  readonly author: Bytes
  readonly after: number
  readonly upTo: number
}

export interface VouchedSnapshot {
  readonly checkpoint: FrameBytes
  readonly bytes: Bytes
}

export type Message =
  /** First on every link; nothing else is read before it. */
  | {
      readonly type: 'hello'
      readonly protocol: number
      readonly roomTag: Bytes
      /** The sender's introduction, so that its person is known before it writes anything. */
      readonly introduction: Bytes
      /** What the sender follows, ascending: of other scopes it is sent nothing. */
      readonly scopes: readonly number[]
    }
  | { readonly type: 'frames'; readonly scope: number; readonly frames: readonly FrameBytes[] }
  /** Sent at each heartbeat: a short hash of the sender's vector, and who it is linked to. */
  | {
      readonly type: 'digest'
      readonly scope: number
      readonly digest: Bytes
      readonly neighbours: readonly Bytes[]
    }
  | { readonly type: 'vector'; readonly scope: number; readonly vector: readonly Reach[] }
  | { readonly type: 'want'; readonly scope: number; readonly ranges: readonly Range[] }
  /** Asks for a snapshot that has some entries in it, and whatever else the other side holds. */
  | { readonly type: 'want-snapshot'; readonly scope: number; readonly covering: readonly EntryName[] }
  /**
   * A snapshot, with the frame of a `checkpoint` by which its author vouches for it: that frame's predecessors are in the
   * snapshot. `null` when the sender has none to give.
   */
  | { readonly type: 'snapshot'; readonly scope: number; readonly vouched: VouchedSnapshot | null }
  /** An update in y-protocols' awareness encoding. */
  | { readonly type: 'presence'; readonly update: Bytes }
  /** A passing message on a named channel, from one peer to one peer; never stored. */
  | { readonly type: 'direct'; readonly channel: string; readonly body: Bytes }

export const DIGEST_BYTES = 8
export const ROOM_TAG_BYTES = 8
/** Far above any introduction. */
const INTRODUCTION_MAX_BYTES = 1024
const PRESENCE_MAX_BYTES = 64 * 1024
const TYPES = [
  ...(['hello', 'frames', 'digest', 'vector', 'want', 'presence', 'direct'] as const),
  ...(['want-snapshot', 'snapshot'] as const),
] as const

/** @param sender - whose frames need not name their author */
export function encodeMessage(message: Message, sender: Bytes): Bytes {
  const writer = createWriter()
  writer.byte(TYPES.indexOf(message.type) + 1)
  switch (message.type) {
    case 'hello':
      writer.varuint(message.protocol)
      writer.bytes(message.roomTag)
      writer.prefixed(message.introduction)
      writeAll(writer, message.scopes, scope => writer.varuint(scope))
      break
    case 'frames':
      writer.varuint(message.scope)
      writeFrames(writer, message.frames, sender)
      break
    case 'digest':
      writer.varuint(message.scope)
      writer.bytes(message.digest)
      writeAll(writer, message.neighbours, neighbour => writer.bytes(neighbour))
      break
    case 'vector':
      writer.varuint(message.scope)
      writeAll(writer, message.vector, reach => {
        writer.bytes(reach.author)
        writer.varuint(reach.sequence)
        writer.varuint(reach.base)
      })
      break
    case 'want':
      writer.varuint(message.scope)
      writeAll(writer, message.ranges, range => {
        writer.bytes(range.author)
        writer.varuint(range.after)
        writer.varuint(range.upTo)
      })
      break
    case 'want-snapshot':
      writer.varuint(message.scope)
      writeAll(writer, message.covering, entry => {
        writer.bytes(entry.author)
        writer.varuint(entry.sequence)
      })
      break
    case 'snapshot':
      writer.varuint(message.scope)
      if (!message.vouched) break
      writer.bytes(message.vouched.checkpoint.author)
      writer.prefixed(message.vouched.checkpoint.bytes)
      writer.bytes(message.vouched.bytes)
      break
    case 'presence':
      writer.prefixed(message.update)
      break
    case 'direct':
      writer.string(message.channel)
      writer.prefixed(message.body)
  }
  return writer.finish()
}

/** A peer of another major protocol is refused at `hello` with `protocol-newer`. */
export function decodeMessage(bytes: Bytes, sender: Bytes): Decoded<Message> {
  return decodeWith(bytes, reader => readMessage(reader, sender))
}

function readMessage(reader: Reader, sender: Bytes): Message {
  const type = TYPES[reader.byte() - 1]
  switch (type) {
    case 'hello': {
      const protocol = reader.varuint()
      // What follows in another protocol's hello is not ours to read.
      if (protocol !== PROTOCOL_VERSION) malformed('protocol-newer')
      return {
        type,
        protocol,
        roomTag: reader.bytes(ROOM_TAG_BYTES),
        introduction: reader.prefixed(INTRODUCTION_MAX_BYTES),
        scopes: readScopes(reader),
      }
    }
    case 'frames':
      return { type, scope: reader.varuint(), frames: readFrames(reader, sender) }
    case 'digest':
      return {
        type,
        scope: reader.varuint(),
        digest: reader.bytes(DIGEST_BYTES),
        neighbours: readAll(reader, () => reader.bytes(AUTHOR_BYTES), AUTHORS_MAX),
      }
    case 'vector':
      return {
        type,
        scope: reader.varuint(),
        vector: readAll(
          reader,
          () => ({ author: reader.bytes(AUTHOR_BYTES), sequence: reader.varuint(), base: reader.varuint() }),
          AUTHORS_MAX,
        ),
      }
    case 'want':
      return {
        type,
        scope: reader.varuint(),
        ranges: readAll(
          reader,
          () => ({ author: reader.bytes(AUTHOR_BYTES), after: reader.varuint(), upTo: reader.varuint() }),
          AUTHORS_MAX,
        ),
      }
    case 'want-snapshot':
      return {
        type,
        scope: reader.varuint(),
        covering: readAll(
          reader,
          () => ({ author: reader.bytes(AUTHOR_BYTES), sequence: reader.varuint() }),
          AUTHORS_MAX,
        ),
      }
    case 'snapshot':
      return { type, scope: reader.varuint(), vouched: readVouched(reader) }
    case 'presence':
      return { type, update: reader.prefixed(PRESENCE_MAX_BYTES) }
    case 'direct':
      return { type, channel: reader.string(CHANNEL_NAME_MAX_BYTES), body: reader.prefixed(DIRECT_MAX_BYTES) }
    default:
      return malformed('message-unknown')
  }
}

/** What kind of message these bytes begin; `null` for none. */
export function messageType(bytes: Bytes): Message['type'] | null {
  return TYPES[(bytes[0] ?? 0) - 1] ?? null
}

function readVouched(reader: Reader): VouchedSnapshot | null {
  if (reader.remaining === 0) return null
  const author = reader.bytes(AUTHOR_BYTES).slice()
  const checkpoint = { author, bytes: reader.prefixed(FRAME_MAX_BYTES).slice() }
  return { checkpoint, bytes: reader.bytes(reader.remaining) }
}

function readScopes(reader: Reader): readonly number[] {
  const scopes = readAll(reader, () => reader.varuint(), SCOPES_MAX)
  if (scopes.some((scope, i) => i > 0 && scope <= (scopes[i - 1] as number))) malformed('scopes-not-sorted')
  return scopes
}
