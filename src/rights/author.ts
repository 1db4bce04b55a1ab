/**
 * Authors: a session's name in logs and in the store, computed from its public key, so that nobody can take another's.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { Bytes } from '../base/bytes.ts'
import { concatBytes, toHex, toUtf8 } from '../base/bytes.ts'
import { AUTHOR_BYTES } from '../protocol/frame.ts'

/** 16 bytes. */
export function authorOf(sessionKey: Bytes): Bytes {
  return sha256(concatBytes(toUtf8('supermesh/1 author'), sessionKey)).slice(0, AUTHOR_BYTES) as Bytes
}

/** The author as text: 32 hexadecimal digits. */
export function authorIdOf(author: Bytes): string {
  return toHex(author)
}

/** The author's first 53 bits, as the positive safe integer by which the store knows a writer. */
export function storeIdOf(author: Bytes): number {
  let high = 0
  for (const byte of author.subarray(0, 6)) high = high * 256 + byte
  const id = high * 32 + ((author[6] ?? 0) >> 3)
  // The store keeps 0 for itself; that an author hashes to it has a chance of 1 in 2^53.
  return id === 0 ? 1 : id
}
