import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Bytes, equalBytes, toHex } from '../base/bytes.ts'
import {
  CERTIFIED_RIGHTS,
  certificateStatement,
  decodeIntroduction,
  encodeIntroduction,
  fitName,
  type Introduction,
  PERSON_NAME_MAX_BYTES,
  personStatement,
} from './introduction.ts'

const bytesOf = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map(bytes => new Uint8Array(bytes))

const anyIntroduction: fc.Arbitrary<Introduction> = fc.record({
  sessionKey: bytesOf(32),
  personKey: bytesOf(32),
  personSignature: bytesOf(64),
  name: fc.string({ unit: 'grapheme', maxLength: 20 }).map(fitName),
  colour: fc.option(bytesOf(3)),
  certificate: fc.option(
    fc.record({
      right: fc.constantFrom(...CERTIFIED_RIGHTS),
      expires: fc.maxSafeNat(),
      signature: bytesOf(64),
    }),
  ),
})

const plain: Introduction = {
  sessionKey: new Uint8Array(32).fill(1),
  personKey: new Uint8Array(32).fill(2),
  personSignature: new Uint8Array(64).fill(3),
  name: 'Ana',
  colour: null,
  certificate: null,
}

const codeOf = (bytes: Bytes) => {
  const decoded = decodeIntroduction(bytes)
  return decoded.ok ? 'ok' : decoded.code
}

describe('an introduction', () => {
  test('reads back what was written', () => {
    fc.assert(
      fc.property(anyIntroduction, introduction => {
        expect(decodeIntroduction(encodeIntroduction(introduction))).toEqual({ ok: true, value: introduction })
      }),
    )
  })

  test('has one encoding: whatever is accepted is written the same way again', () => {
    const mutated = fc.tuple(anyIntroduction, fc.nat(), fc.nat({ max: 255 })).map(([introduction, at, byte]) => {
      const bytes = encodeIntroduction(introduction)
      // Most faults worth trying are in the flags and behind the fixed part.
      bytes[at % 4 === 0 ? 0 : 129 + (at % (bytes.length - 129))] = byte
      return bytes
    })
    fc.assert(
      fc.property(
        fc.oneof(
          mutated,
          fc.uint8Array({ maxLength: 400 }).map(each => new Uint8Array(each)),
        ),
        bytes => {
          const decoded = decodeIntroduction(bytes)
          expect(!decoded.ok || equalBytes(encodeIntroduction(decoded.value), bytes)).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
  })

  test('is on the wire what PROTOCOL.md says', () => {
    const certificate = { right: 'edit' as const, expires: 300, signature: new Uint8Array(64).fill(5) }
    const bytes = encodeIntroduction({ ...plain, colour: Uint8Array.of(9, 8, 7), certificate })
    const expected = [
      '03',
      '01'.repeat(32),
      '02'.repeat(32),
      '03'.repeat(64),
      '03416e61',
      '090807',
      '03ac02',
      '05'.repeat(64),
    ]
    expect(toHex(bytes)).toBe(expected.join(''))
  })

  test('is refused with a code when it is malformed', () => {
    const bytes = encodeIntroduction(plain)
    for (let length = 0; length < bytes.length; length++) expect(codeOf(bytes.slice(0, length))).toBe('truncated')
    expect(codeOf(Uint8Array.of(...bytes, 0))).toBe('trailing-bytes')
    expect(codeOf(Uint8Array.of(4, ...bytes.slice(1)))).toBe('introduction-malformed')
    expect(codeOf(Uint8Array.of(...bytes.slice(0, 129), 0xff, 0x7f))).toBe('too-long')
    expect(codeOf(Uint8Array.of(...bytes.slice(0, 129), 1, 0xff))).toBe('text-not-utf8')
    const unknownRight = Uint8Array.of(2, ...bytes.slice(1), 4, 0, ...new Uint8Array(64))
    expect(codeOf(unknownRight)).toBe('introduction-malformed')
  })

  test('cannot be written with parts of a wrong length', () => {
    expect(() => encodeIntroduction({ ...plain, sessionKey: new Uint8Array(31) })).toThrow('sessionKey')
    expect(() => encodeIntroduction({ ...plain, name: 'x'.repeat(PERSON_NAME_MAX_BYTES + 1) })).toThrow('too long')
  })

  test('statements differ by room, session, right and expiry', () => {
    const room = new Uint8Array(16)
    const other = new Uint8Array(16).fill(1)
    const statements = [
      personStatement(room, plain.sessionKey),
      personStatement(other, plain.sessionKey),
      personStatement(room, plain.personKey),
      certificateStatement(room, plain.sessionKey, { right: 'edit', expires: 1 }),
      certificateStatement(other, plain.sessionKey, { right: 'edit', expires: 1 }),
      certificateStatement(room, plain.sessionKey, { right: 'run', expires: 1 }),
      certificateStatement(room, plain.sessionKey, { right: 'edit', expires: 2 }),
    ]
    expect(new Set(statements.map(toHex)).size).toBe(statements.length)
  })
})

describe('fitName', () => {
  test('fits any text and leaves what fits alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
        const fitted = fitName(text)
        expect(new TextEncoder().encode(fitted).length).toBeLessThanOrEqual(PERSON_NAME_MAX_BYTES)
        expect(decodeIntroduction(encodeIntroduction({ ...plain, name: fitted }))).toMatchObject({
          value: { name: fitted },
        })
      }),
    )
    expect(fitName('  Zoë 👋 ')).toBe('Zoë 👋')
    expect(fitName('👋'.repeat(100))).toBe('👋'.repeat(64))
    expect(fitName('a\ud800b')).toBe('a\ufffdb')
  })
})
