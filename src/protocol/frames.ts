/**
 * The frames of a message, one after the other: each says no more than what does not follow from the one before.
 */
import { type Bytes, equalBytes } from '../base/bytes.ts'
import { malformed, type Reader, type Writer } from './codec.ts'
import { AUTHOR_BYTES, hasSeal, readSealed } from './frame.ts'
import { MESSAGE_MAX_FRAMES } from './limits.ts'

/** A frame as a log keeps it. */
export interface FrameBytes {
  readonly author: Bytes
  readonly bytes: Bytes
}

/** Bits before a frame: its author is spelled out, a seal follows its body. */
const OTHER_AUTHOR = 1
const SEALED = 2

/** A frame names its author where it is not that of the frame before, or of the message. */
export function writeFrames(writer: Writer, frames: readonly FrameBytes[], sender: Bytes): void {
  let before = sender
  for (const { author, bytes } of frames) {
    const isOther = !equalBytes(author, before)
    writer.byte((isOther ? OTHER_AUTHOR : 0) | (hasSeal(bytes) ? SEALED : 0))
    if (isOther) writer.bytes(author)
    writer.bytes(bytes)
    before = author
  }
}

export function readFrames(reader: Reader, sender: Bytes): FrameBytes[] {
  const frames: FrameBytes[] = []
  let author = sender
  while (reader.remaining > 0) {
    if (frames.length === MESSAGE_MAX_FRAMES) malformed('too-long')
    const flags = reader.byte()
    if (flags > (OTHER_AUTHOR | SEALED)) malformed('message-unknown')
    if (flags & OTHER_AUTHOR) {
      // Kept for good: not as a part of the message.
      const other = reader.bytes(AUTHOR_BYTES).slice() as Bytes
      if (equalBytes(other, author)) malformed('not-shortest')
      author = other
    }
    frames.push({ author, bytes: readSealed(reader, (flags & SEALED) !== 0) })
  }
  return frames
}
