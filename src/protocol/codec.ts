/**
 * Reading and writing the primitive values of the wire: varints, byte strings and text.
 *
 * Everything is canonical: one value has one encoding, and a reader refuses every other, so that equal bytes mean equal
 * values and a hash of bytes is a hash of meaning. A reader checks each length against what is there before it
 * allocates. Inside, a fault travels as an exception, because decoders nest; {@link decodeWith} is the only place where
 * it is caught and becomes a refusal. Knows nothing of frames or messages.
 */
import type { Bytes } from '../base/bytes.ts'
import { toUtf8 } from '../base/bytes.ts'
import type { RefusalCode } from './refusal.ts'

export interface Writer {
  /** An unsigned LEB128 integer, 0 to 2^53 - 1. */
  varuint(value: number): void
  byte(value: number): void
  /** As they are, without a length. */
  bytes(value: Uint8Array): void
  /** A varuint length, then the bytes. */
  prefixed(value: Uint8Array): void
  /** UTF-8 with a varuint length in bytes; `value` has to be well formed. */
  string(value: string): void
  finish(): Bytes
}

export function createWriter(): Writer {
  let buffer = new Uint8Array(64)
  let length = 0
  const reserve = (count: number) => {
    if (length + count <= buffer.length) return
    const grown = new Uint8Array(Math.max(buffer.length * 2, length + count))
    grown.set(buffer.subarray(0, length))
    buffer = grown
  }
  const writer: Writer = {
    varuint(value) {
      reserve(8)
      let rest = value
      while (rest >= 0x80) {
        buffer[length++] = (rest % 0x80) | 0x80
        rest = Math.floor(rest / 0x80)
      }
      buffer[length++] = rest
    },
    byte(value) {
      reserve(1)
      buffer[length++] = value
    },
    bytes(value) {
      reserve(value.length)
      buffer.set(value, length)
      length += value.length
    },
    prefixed(value) {
      writer.varuint(value.length)
      writer.bytes(value)
    },
    string(value) {
      writer.prefixed(toUtf8(value))
    },
    finish: () => buffer.slice(0, length),
  }
  return writer
}

/** Carries a refusal out of nested decoders; never leaves {@link decodeWith}. */
export class MalformedError extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode) {
    super(code)
    this.code = code
  }
}

/** Refuses what is being decoded. */
export function malformed(code: RefusalCode): never {
  throw new MalformedError(code)
}

export interface Reader {
  /** Refuses a value above `max` (default 2^53 - 1) and an encoding that is not the shortest. */
  varuint(max?: number): number
  byte(): number
  bytes(count: number): Bytes
  prefixed(maxLength: number): Bytes
  string(maxBytes: number): string
  readonly remaining: number
  /** Refuses bytes that are left over. */
  end(): void
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function createReader(source: Uint8Array): Reader {
  let offset = 0
  const reader: Reader = {
    varuint(max = Number.MAX_SAFE_INTEGER) {
      let value = 0
      let scale = 1
      for (;;) {
        const byte = reader.byte()
        value += (byte & 0x7f) * scale
        if (value > max) malformed('number-out-of-range')
        if (byte < 0x80) {
          if (byte === 0 && scale > 1) malformed('varint-not-minimal')
          return value
        }
        scale *= 0x80
        if (scale > Number.MAX_SAFE_INTEGER) malformed('number-out-of-range')
      }
    },
    byte() {
      const value = source[offset]
      if (value === undefined) malformed('truncated')
      offset++
      return value
    },
    bytes(count) {
      if (count > reader.remaining) malformed('truncated')
      const value = source.slice(offset, offset + count) as Bytes
      offset += count
      return value
    },
    prefixed(maxLength) {
      const count = reader.varuint()
      if (count > maxLength) malformed('too-long')
      return reader.bytes(count)
    },
    string(maxBytes) {
      const value = reader.prefixed(maxBytes)
      try {
        return utf8.decode(value)
      } catch {
        malformed('text-not-utf8')
      }
    },
    get remaining() {
      return source.length - offset
    },
    end() {
      if (reader.remaining > 0) malformed('trailing-bytes')
    },
  }
  return reader
}

export type Decoded<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly code: RefusalCode }

/** Runs `read` over all of `source`; what it refuses comes back as a value. */
export function decodeWith<T>(source: Uint8Array, read: (reader: Reader) => T): Decoded<T> {
  const reader = createReader(source)
  try {
    const value = read(reader)
    reader.end()
    return { ok: true, value }
  } catch (error) {
    if (error instanceof MalformedError) return { ok: false, code: error.code }
    throw error
  }
}
