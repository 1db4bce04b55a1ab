import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bytes, concatBytes } from '../base/bytes.ts'
import { createWriter, decodeWith, MalformedError, type Reader } from './codec.ts'
import type { RefusalCode } from './refusal.ts'

const codeOf = (bytes: readonly number[], read: (reader: Reader) => unknown): RefusalCode | 'accepted' => {
  const decoded = decodeWith(Uint8Array.from(bytes), read)
  return decoded.ok ? 'accepted' : decoded.code
}
const natural = fc.oneof(fc.maxSafeNat(), fc.nat(300), fc.constantFrom(127, 128, 2 ** 32, 2 ** 53 - 1))

describe('primitives of the wire', () => {
  it('W1: come back as they were written', () => {
    fc.assert(
      fc.property(natural, fc.string({ unit: 'grapheme' }), fc.uint8Array(), (number, text, bytes) => {
        fc.pre(text.isWellFormed())
        const writer = createWriter()
        writer.varuint(number)
        writer.string(text)
        writer.prefixed(bytes)
        const decoded = decodeWith(writer.finish(), reader => [
          reader.varuint(),
          reader.string(10_000),
          [...reader.prefixed(10_000)],
        ])
        expect(decoded).toEqual({ ok: true, value: [number, text, [...bytes]] })
      }),
    )
  })

  it('W2: have one encoding: what is read is written the same', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), bytes => {
        const decoded = decodeWith(bytes, reader => reader.varuint())
        if (!decoded.ok) return
        const writer = createWriter()
        writer.varuint(decoded.value)
        expect([...writer.finish()]).toEqual([...bytes])
      }),
      { numRuns: 2000 },
    )
  })

  it('W3: are refused, each fault by its name', () => {
    expect(codeOf([], reader => reader.byte())).toBe('truncated')
    expect(codeOf([0x80], reader => reader.varuint())).toBe('truncated')
    expect(codeOf([0x80, 0x00], reader => reader.varuint())).toBe('varint-not-minimal')
    expect(codeOf([5], reader => reader.varuint(4))).toBe('number-out-of-range')
    expect(
      codeOf(
        Array.from({ length: 9 }, () => 0xff),
        reader => reader.varuint(),
      ),
    ).toBe('number-out-of-range')
    expect(codeOf([3, 1, 2], reader => reader.prefixed(9))).toBe('truncated')
    expect(codeOf([3, 1, 2, 3], reader => reader.prefixed(2))).toBe('too-long')
    expect(codeOf([2, 0xc3, 0x28], reader => reader.string(9))).toBe('text-not-utf8')
    expect(codeOf([3, 0xed, 0xa0, 0x80], reader => reader.string(9))).toBe('text-not-utf8')
    expect(codeOf([1, 2], reader => reader.byte())).toBe('trailing-bytes')
  })

  it('W3: do not hide a mistake of ours as a refusal', () => {
    const mistake = () => {
      throw new TypeError('ours')
    }
    expect(() => decodeWith(new Uint8Array(0), mistake)).toThrow(TypeError)
    expect(new MalformedError('truncated').code).toBe('truncated')
  })

  it('W4: a length is no reason to allocate', () => {
    const huge: Bytes = concatBytes(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0x0f), new Uint8Array(3))
    expect(decodeWith(huge, reader => reader.prefixed(Number.MAX_SAFE_INTEGER))).toEqual({
      ok: false,
      code: 'truncated',
    })
  })
})
