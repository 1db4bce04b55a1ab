/**
 * What a session signs when it seals a frame: this frame, in this room, in this protocol.
 */
import type { Bytes } from '../base/bytes.ts'
import { concatBytes, toUtf8 } from '../base/bytes.ts'

/** @param hash - the frame's hash, 32 bytes, which covers its author's whole log */
export function sealStatement(room: Bytes, hash: Bytes): Bytes {
  return concatBytes(toUtf8('supermesh/1 frame'), room, hash)
}
