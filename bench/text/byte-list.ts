/**
 * Many byte strings in one, each after its length: updates on their way from the process that made them to those that
 * apply them, and the logs of contenders that have no snapshot but their log.
 *
 * A contender's updates go here as they come, so that none pays for what others of its updates hold in memory.
 */
import type { Bytes } from '../../src/base/bytes.ts'
import { createReader, createWriter } from '../../src/protocol/codec.ts'

export interface ByteList {
  push(bytes: Uint8Array): void
  finish(): Bytes
}

export function createByteList(): ByteList {
  const writer = createWriter()
  return { push: bytes => writer.prefixed(bytes), finish: () => writer.finish() }
}

/** One at a time, each in memory of its own, as a network or a disk would bring them. */
export function* readByteList(list: Uint8Array): Generator<Bytes> {
  // A part of Node's `Buffer` would be another, with the same memory.
  const reader = createReader(new Uint8Array(list))
  while (reader.remaining > 0) yield reader.prefixed(reader.remaining)
}
