/**
 * The tripwire: bytes of protocol version 2, written down. When one of these changes, `PROTOCOL_VERSION` has to be
 * raised, PROTOCOL.md changed, and only then the bytes here.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bytes, fromHex, toHex, toUtf8 } from '../base/bytes.ts'
import { createDice } from '../testing/dice.ts'
import { mangle } from '../testing/hostile.ts'
import { decodeAwareness, encodeAwareness } from './awareness.ts'
import { decodeSealed, encodeBody, encodeSealed, type Frame, frameHash, originHash, PROTOCOL_VERSION } from './frame.ts'
import { encodeIntroduction } from './introduction.ts'
import { decodeMessage, encodeMessage, type Message } from './message.ts'
import type { Patch } from './patch.ts'
import { createPatchStream } from './patch-stream.ts'

const fill = (byte: number, count: number): Bytes => new Uint8Array(count).fill(byte)
const author = fill(0xaa, 16)

const frame: Frame = {
  author,
  sequence: 3,
  elapsed: 1500,
  heads: [{ author: fill(0xbb, 16), sequence: 7 }],
  entries: [
    { kind: 'edit', payload: toUtf8('ab') },
    { kind: 'undo', payload: toUtf8('c') },
  ],
}

/** A frame of one entry, an author's first. */
const first: Frame = {
  author,
  sequence: 1,
  elapsed: 2,
  heads: [],
  entries: [{ kind: 'introduction', payload: toUtf8('i') }],
}

const patch: Patch = {
  notes: {
    n1: {
      'l.items': {
        operations: [{ type: 'insert', id: { store: 5, clock: 0 }, left: null, right: null, content: [1, 'a'] }],
      },
      'm.tags': {
        stamp: { version: 1, store: 5 },
        changes: [
          ['k', { x: true }],
          ['z', undefined],
        ],
      },
      'r.stars': { stamp: { version: 1, store: 5 }, value: 3 },
      't.title': {
        operations: [
          {
            type: 'insert',
            id: { store: 5, clock: 2 },
            left: { store: 5, clock: 1 },
            right: { store: 9, clock: 300 },
            content: 'é',
          },
          { type: 'remove', ranges: [{ store: 9, clock: 1, length: 2 }] },
        ],
      },
    },
  },
}

/** What the author of the patch above does next: types a letter behind its last, takes both back, moves an item, and writes the other kinds. */
const nextPatches: readonly Patch[] = [
  {
    notes: {
      n1: {
        't.title': {
          operations: [
            {
              type: 'insert',
              id: { store: 5, clock: 3 },
              left: { store: 5, clock: 2 },
              right: { store: 9, clock: 300 },
              content: 'a',
            },
          ],
        },
      },
    },
  },
  { notes: { n1: { 't.title': { operations: [{ type: 'remove', ranges: [{ store: 5, clock: 3, length: 1 }] }] } } } },
  { notes: { n1: { 't.title': { operations: [{ type: 'remove', ranges: [{ store: 5, clock: 2, length: 1 }] }] } } } },
  {
    notes: {
      n1: {
        'l.items': {
          operations: [
            {
              type: 'move',
              id: { store: 5, clock: 4 },
              left: { store: 5, clock: 1 },
              right: null,
              of: { store: 5, clock: 0 },
              version: 1,
            },
          ],
        },
      },
    },
  },
  {
    notes: {
      n1: {
        'c.likes': { add: -300 },
        's.labels': {
          id: { store: 5, clock: 5 },
          added: ['x', 7],
          removed: [
            { store: 5, clock: 1, length: 1 },
            { store: 9, clock: 4, length: 3 },
          ],
        },
      },
    },
  },
]

const sealed = encodeSealed(fill(2, 3), fill(3, 64))
const unsealed = encodeSealed(fill(4, 1), fill(0, 0))

const messages: Record<Message['type'], Message> = {
  hello: { type: 'hello', protocol: 2, roomTag: fill(1, 8), introduction: fill(2, 3), scopes: [0, 3] },
  frames: {
    type: 'frames',
    scope: 0,
    frames: [
      { author, bytes: unsealed },
      { author, bytes: sealed },
      { author: fill(0xbb, 16), bytes: sealed },
      { author: fill(0xbb, 16), bytes: unsealed },
      { author, bytes: unsealed },
    ],
  },
  digest: { type: 'digest', scope: 0, digest: fill(5, 8), neighbours: [author] },
  vector: { type: 'vector', scope: 1, vector: [{ author, sequence: 300, base: 2 }] },
  'want-snapshot': { type: 'want-snapshot', scope: 0, covering: [{ author, sequence: 9 }] },
  snapshot: { type: 'snapshot', scope: 0, vouched: { checkpoint: { author, bytes: unsealed }, bytes: fill(9, 3) } },
  want: { type: 'want', scope: 0, ranges: [{ author, after: 1, upTo: 9 }] },
  presence: { type: 'presence', update: fill(6, 2) },
  direct: { type: 'direct', channel: 'run', body: fill(7, 2) },
}

const PINNED = {
  body: '03dc0b08bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb070201026162020163',
  firstBody: '0102020469',
  sealed: '030101010202',
  origin: '852c2df78166158800a2535491259edc3a1044e8215d09d3d8261f277ff4d0f9',
  hash: '07f83f4dd7e3463f2ee406eb0ec2fe1c827d1d5e27e1baea5717b22f133b1ec9',
  patches:
    '0000056e6f74657300026e3100076c2e6974656d7300075b312c2261225d0200066d2e7461677302016b010a7b2278223a747275657d' +
    '017a00020007722e73746172730133020007742e7469746c65260309ac0202c3a90101050102 034461 034100 034102 0203580202 ' +
    '020007632e6c696b6573d704020008732e6c6162656c7302032278220137021201050403',
  awareness: '01ac02020d7b226e616d65223a22c3bc227d',
  introduction: `03${'01'.repeat(32)}${'02'.repeat(32)}${'03'.repeat(64)}03416e6109080703e807${'04'.repeat(64)}`,
  hello: `0102${'01'.repeat(8)}03020202020003`,
  frames: [
    '020000010402',
    `03${'02'.repeat(3)}${'03'.repeat(64)}`,
    `03${'bb'.repeat(16)}03${'02'.repeat(3)}${'03'.repeat(64)}`,
    '000104',
    `01${'aa'.repeat(16)}0104`,
  ].join(''),
  digest: `0300${'05'.repeat(8)}01${'aa'.repeat(16)}`,
  vector: `040101${'aa'.repeat(16)}ac0202`,
  want: `050001${'aa'.repeat(16)}0109`,
  'want-snapshot': `080001${'aa'.repeat(16)}09`,
  snapshot: `0900${'aa'.repeat(16)}020104090909`,
  presence: '06020606',
  direct: '070372756e020707',
}

describe('protocol version 2', () => {
  it('W8: has these bytes', () => {
    expect(PROTOCOL_VERSION).toBe(2)
    const stream = createPatchStream(5)
    const write = (each: Patch, i: number) => toHex(stream.write(each, { sequence: 2 + i, version: 1 }))
    const written: Record<string, string> = {
      body: toHex(encodeBody(frame)),
      firstBody: toHex(encodeBody(first)),
      sealed: toHex(encodeSealed(fill(1, 3), fill(2, 2))),
      origin: toHex(originHash(fill(9, 16), 0, author)),
      hash: toHex(frameHash(fill(8, 32), encodeBody(frame))),
      patches: [patch, ...nextPatches].map(write).join(' '),
      awareness: toHex(encodeAwareness([{ client: 300, clock: 2, state: { name: 'ü' } }])),
      introduction: toHex(
        encodeIntroduction({
          sessionKey: fill(1, 32),
          personKey: fill(2, 32),
          personSignature: fill(3, 64),
          name: 'Ana',
          colour: Uint8Array.of(9, 8, 7),
          certificate: { right: 'edit', expires: 1000, signature: fill(4, 64) },
        }),
      ),
    }
    for (const [type, message] of Object.entries(messages)) written[type] = toHex(encodeMessage(message, author))
    expect(written).toEqual(PINNED)
  })

  it('W9: messages and frames come back as they were written', () => {
    for (const message of Object.values(messages)) {
      expect(decodeMessage(encodeMessage(message, author), author)).toEqual({ ok: true, value: message })
    }
    for (const seal of [new Uint8Array(0), fill(1, 64)]) {
      for (const each of [frame, first]) {
        const body = encodeBody(each)
        const value = { ...each, body, seal }
        expect(decodeSealed(author, encodeSealed(body, seal))).toEqual({ ok: true, value })
      }
    }
  })

  it('W9: what is read from broken bytes is written the same, and the rest is refused as a value', () => {
    const codes = new Set<string>()
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(messages)), fc.nat(), (message, seed) => {
        const bytes = mangle(encodeMessage(message, author), createDice(seed))
        const decoded = decodeMessage(bytes, author)
        if (!decoded.ok) codes.add(decoded.code)
        else expect(toHex(encodeMessage(decoded.value, author))).toBe(toHex(bytes))
      }),
      // One in two hundred is 'not-shortest': this one is.
      { numRuns: 1000, examples: [[messages.frames, 14]] },
    )
    expect([...codes]).toEqual(
      expect.arrayContaining(['truncated', 'trailing-bytes', 'message-unknown', 'protocol-newer', 'not-shortest']),
    )
    fc.assert(
      fc.property(fc.constantFrom(frame, first), fc.nat(), (each, seed) => {
        const decoded = decodeSealed(author, mangle(encodeSealed(encodeBody(each), fill(1, 64)), createDice(seed)))
        if (decoded.ok) expect(toHex(encodeBody(decoded.value))).toBe(toHex(decoded.value.body))
      }),
      { numRuns: 1000 },
    )
  })

  it('W9: a frame of another version, kind or size is refused by its name', () => {
    const code = (bytes: Bytes) => {
      const decoded = decodeSealed(author, bytes)
      return decoded.ok ? 'accepted' : decoded.code
    }
    const sealed = (change: Partial<Frame>) => code(encodeSealed(encodeBody({ ...frame, ...change }), fill(1, 64)))
    expect(sealed({})).toBe('accepted')
    expect(sealed({ sequence: 0 })).not.toBe('accepted')
    expect(sealed({ heads: [...frame.heads, ...frame.heads] })).toBe('heads-not-sorted')
    expect(sealed({ heads: [{ author, sequence: 1 }] })).toBe('head-is-own')
    expect(sealed({ entries: [] })).toBe('frame-empty')
    expect(sealed({ entries: Array.from({ length: 4097 }, () => ({ kind: 'edit', payload: fill(0, 0) })) })).toBe(
      'too-many-entries',
    )
    const changed = (of: Frame, at: number, byte: number) => {
      const body = encodeBody(of)
      body[at] = byte
      return code(encodeSealed(body, fill(1, 64)))
    }
    expect(changed(first, 1, 2)).toBe('accepted')
    // A newer one, and an author's first frame of version 1, which had its version first.
    for (const version of [3, 0]) expect(changed(first, 1, version)).toBe('protocol-newer')
    expect(changed(first, 3, 6)).toBe('entry-kind-unknown')
    // Two entries told as one, and one told as several.
    expect(changed(frame, 21, 1)).toBe('not-shortest')
    expect(code(encodeSealed(encodeBody(frame), fill(1, 63)))).toBe('seal-length')
    expect(code(fill(0, 40 * 1024 * 1024 + 1))).toBe('frame-too-large')
  })

  it('W9: a message names an author once, and no more often than it has to', () => {
    const code = (hex: string) => {
      const decoded = decodeMessage(fromHex(`0200${hex}`), author)
      return decoded.ok ? decoded.value.type : decoded.code
    }
    const [own, other] = ['aa'.repeat(16), 'bb'.repeat(16)]
    expect(code('')).toBe('frames')
    expect(code(`000104 01${other}0104 000104 01${own}0104`.replaceAll(' ', ''))).toBe('frames')
    expect(code(`01${own}0104`)).toBe('not-shortest')
    expect(code(`01${other}010401${other}0104`)).toBe('not-shortest')
    expect(code('040104')).toBe('message-unknown')
    expect(code('020104')).toBe('truncated')
    expect(code('0002')).toBe('truncated')
    expect(code('000100'.repeat(65_537))).toBe('too-long')
  })

  it('P5: presence of any JSON object comes back, and nothing else is let in', () => {
    fc.assert(
      fc.property(
        fc.maxSafeNat(),
        fc.nat(),
        fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 2 })),
        (client, clock, given) => {
          const state = JSON.parse(JSON.stringify(given))
          const decoded = decodeAwareness(encodeAwareness([{ client, clock, state }]))
          expect(JSON.stringify(decoded.ok && decoded.value)).toBe(JSON.stringify([{ client, clock, state }]))
        },
      ),
    )
    const raw = (text: string) => decodeAwareness(Uint8Array.of(1, 1, 1, text.length, ...toUtf8(text)))
    for (const text of ['[]', '1', '"a"', '{', '', 'undefined'])
      expect(raw(text)).toEqual({ ok: false, code: 'state-malformed' })
    expect(raw('null')).toEqual({ ok: true, value: [{ client: 1, clock: 1, state: null }] })
  })
})
