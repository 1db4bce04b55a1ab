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

/** Buffers that no writer is using: most of what is written is short, and there is a lot of it. */
const spare: Uint8Array<ArrayBuffer>[] = []
const SPARE_BYTES = 1024
const SPARE_MAX = 8

/** Each character is one byte, as long as none is beyond ASCII. */
const isAscii = (text: string) => {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false
  return true
}
/** Up to here a copy is cheaper than a view. */
const SHORT_BYTES = 64
/** Up to here a loop is faster than the platform's own coder. */
const SHORT_TEXT = 64

/** A class, because there is one for each thing that is written, however small. */
class BufferWriter implements Writer {
  #buffer = spare.pop() ?? new Uint8Array(SPARE_BYTES)
  #length = 0

  #reserve(count: number): void {
    const needed = this.#length + count
    if (needed <= this.#buffer.length) return
    const grown = new Uint8Array(Math.max(this.#buffer.length * 2, needed))
    grown.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = grown
  }

  varuint(value: number): void {
    this.#reserve(8)
    let rest = value
    while (rest >= 0x80) {
      this.#buffer[this.#length++] = (rest % 0x80) | 0x80
      rest = Math.floor(rest / 0x80)
    }
    this.#buffer[this.#length++] = rest
  }

  byte(value: number): void {
    this.#reserve(1)
    this.#buffer[this.#length++] = value
  }

  bytes(value: Uint8Array): void {
    this.#reserve(value.length)
    this.#buffer.set(value, this.#length)
    this.#length += value.length
  }

  prefixed(value: Uint8Array): void {
    this.varuint(value.length)
    this.bytes(value)
  }

  string(value: string): void {
    if (value.length > SHORT_TEXT || !isAscii(value)) return this.prefixed(toUtf8(value))
    this.varuint(value.length)
    this.#reserve(value.length)
    for (let i = 0; i < value.length; i++) this.#buffer[this.#length++] = value.charCodeAt(i)
  }

  finish(): Bytes {
    const written = this.#buffer.slice(0, this.#length)
    if (this.#buffer.length === SPARE_BYTES && spare.length < SPARE_MAX) spare.push(this.#buffer)
    // Whoever writes on writes elsewhere.
    this.#buffer = written
    return written
  }
}

export function createWriter(): Writer {
  return new BufferWriter()
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
  /** A view of what is read, unless it is short: whoever keeps it for longer copies it. */
  bytes(count: number): Bytes
  prefixed(maxLength: number): Bytes
  string(maxBytes: number): string
  /** How many bytes have been read. */
  readonly offset: number
  /** Goes on behind `count` bytes. */
  skip(count: number): void
  /** A copy of what has been read since there were `offset` bytes read. */
  since(offset: number): Bytes
  readonly remaining: number
  /** Refuses bytes that are left over. */
  end(): void
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const NOTHING: Bytes = new Uint8Array(0)

/** A class, because there is one for each thing that is read, however small. */
class SourceReader implements Reader {
  readonly #source: Uint8Array
  #offset = 0

  constructor(source: Uint8Array) {
    this.#source = source
  }

  varuint(max = Number.MAX_SAFE_INTEGER): number {
    let value = 0
    let scale = 1
    for (;;) {
      const byte = this.byte()
      value += (byte & 0x7f) * scale
      if (value > max) malformed('number-out-of-range')
      if (byte < 0x80) {
        if (byte === 0 && scale > 1) malformed('varint-not-minimal')
        return value
      }
      scale *= 0x80
      if (scale > Number.MAX_SAFE_INTEGER) malformed('number-out-of-range')
    }
  }

  byte(): number {
    const value = this.#source[this.#offset]
    if (value === undefined) malformed('truncated')
    this.#offset++
    return value
  }

  bytes(count: number): Bytes {
    if (count === 0) return NOTHING
    if (count > this.remaining) malformed('truncated')
    const start = this.#offset
    this.#offset += count
    const source = this.#source
    return (count <= SHORT_BYTES ? source.slice(start, this.#offset) : source.subarray(start, this.#offset)) as Bytes
  }

  prefixed(maxLength: number): Bytes {
    const count = this.varuint()
    if (count > maxLength) malformed('too-long')
    return this.bytes(count)
  }

  string(maxBytes: number): string {
    const value = this.prefixed(maxBytes)
    const short = value.length <= SHORT_TEXT ? shortText(value) : null
    if (short !== null) return short
    try {
      return utf8.decode(value)
    } catch {
      malformed('text-not-utf8')
    }
  }

  get offset(): number {
    return this.#offset
  }

  skip(count: number): void {
    if (count > this.remaining) malformed('truncated')
    this.#offset += count
  }

  since(offset: number): Bytes {
    return this.#source.slice(offset, this.#offset) as Bytes
  }

  get remaining(): number {
    return this.#source.length - this.#offset
  }

  end(): void {
    if (this.remaining > 0) malformed('trailing-bytes')
  }
}

/** The text of a few bytes; `null` where one of them is not ASCII. */
function shortText(bytes: Uint8Array): string | null {
  let text = ''
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number
    if (byte > 0x7f) return null
    text += String.fromCharCode(byte)
  }
  return text
}

export function createReader(source: Uint8Array): Reader {
  return new SourceReader(source)
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
