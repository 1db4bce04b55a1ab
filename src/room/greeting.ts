/**
 * The first words on a link: which protocol, which room. Nothing else is read before them.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { Bytes } from '../base/bytes.ts'
import { concatBytes, equalBytes, toUtf8 } from '../base/bytes.ts'
import type { Decoded } from '../protocol/codec.ts'
import { PROTOCOL_VERSION, ROOM_SCOPE } from '../protocol/frame.ts'
import { type Message, ROOM_TAG_BYTES } from '../protocol/message.ts'
import type { RefusalCode } from '../protocol/refusal.ts'

export function roomTag(room: Bytes): Bytes {
  return sha256(concatBytes(toUtf8('supermesh/1 hello'), room)).slice(0, ROOM_TAG_BYTES) as Bytes
}

export function hello(room: Bytes, introduction: Bytes): Message {
  return { type: 'hello', protocol: PROTOCOL_VERSION, roomTag: roomTag(room), introduction, scopes: [ROOM_SCOPE] }
}

export type Greeting =
  | { readonly type: 'welcome'; readonly introduction: Bytes; readonly scopes: readonly number[] }
  /** `newer`: the other side's protocol is above ours. */
  | {
      readonly type: 'turned-away'
      readonly why: 'newer' | 'older' | 'other-room' | 'no-hello'
      readonly code?: RefusalCode
    }

/** Judges the first message of a link. `bytes` is the message as it came. */
export function greet(room: Bytes, decoded: Decoded<Message>, bytes: Bytes): Greeting {
  if (decoded.ok && decoded.value.type === 'hello') {
    const { introduction, scopes } = decoded.value
    return equalBytes(decoded.value.roomTag, roomTag(room))
      ? { type: 'welcome', introduction, scopes }
      : { type: 'turned-away', why: 'other-room' }
  }
  if (!decoded.ok && decoded.code === 'protocol-newer') {
    // The second byte is the other side's protocol version, in every version.
    return { type: 'turned-away', why: (bytes[1] ?? 0) > PROTOCOL_VERSION ? 'newer' : 'older', code: decoded.code }
  }
  return { type: 'turned-away', why: 'no-hello', ...(!decoded.ok && { code: decoded.code }) }
}
