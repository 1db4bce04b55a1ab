import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createWriter, decodeWith } from './codec.ts'
import { encodeRedo, encodeUndo, rangesOf, readRedo, readUndo } from './undo.ts'

const AUTHOR = 5
const read = (bytes: Uint8Array) => decodeWith(bytes, reader => readUndo(reader, AUTHOR))
const raw = (...numbers: number[]) => {
  const writer = createWriter()
  for (const number of numbers) writer.varuint(number)
  return read(writer.finish())
}

const edits = fc.array(
  fc.record({ store: fc.constantFrom(1, AUTHOR, 2 ** 52), sequence: fc.integer({ min: 1, max: 12 }) }),
  { minLength: 1 },
)

describe('an undo', () => {
  it('W5: comes back as it was written, each edit once and in order', () => {
    fc.assert(
      fc.property(edits, named => {
        const ranges = rangesOf(named)
        expect(read(encodeUndo(ranges, AUTHOR))).toEqual({ ok: true, value: ranges })
        const listed = ranges.flatMap(({ store, first, count }) =>
          Array.from({ length: count }, (_, i) => `${store}.${first + i}`),
        )
        expect(listed.toSorted()).toEqual(
          [...new Set(named.map(({ store, sequence }) => `${store}.${sequence}`))].sort(),
        )
        expect(rangesOf(named.toReversed())).toEqual(ranges)
      }),
    )
  })

  it('W5: a redo comes back as it was written', () => {
    const undo = fc.record({ store: fc.constantFrom(1, AUTHOR, 2 ** 52), sequence: fc.integer({ min: 1, max: 99 }) })
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(undo, edits), { minLength: 1, selector: ([u]) => `${u.store}.${u.sequence}` }),
        all => {
          const groups = all
            .map(([undo, named]) => ({ undo, ranges: rangesOf(named) }))
            .sort((a, b) => a.undo.store - b.undo.store || a.undo.sequence - b.undo.sequence)
          const bytes = encodeRedo(groups, AUTHOR)
          expect(decodeWith(bytes, reader => readRedo(reader, AUTHOR))).toEqual({ ok: true, value: groups })
          if (groups.length === 1) return
          const reversed = decodeWith(encodeRedo(groups.toReversed(), AUTHOR), reader => readRedo(reader, AUTHOR))
          expect(reversed).toEqual({ ok: false, code: 'undo-not-sorted' })
        },
      ),
    )
  })

  it('W2: has one encoding; W3: any other is refused by name', () => {
    expect(raw(0, 1, 1)).toEqual({ ok: true, value: [{ store: AUTHOR, first: 1, count: 1 }] })
    const codes = [
      [],
      [0, 1],
      [0, 0, 1],
      [0, 1, 0],
      [AUTHOR, 1, 1],
      [0, 1, 1, 0, 2, 1],
      [0, 3, 1, 0, 1, 1],
      [9, 1, 1, 7, 1, 1],
      [0, 1, 5001],
      [0, 1, 3000, 9, 1, 3000],
    ].map(numbers => {
      const result = raw(...numbers)
      return result.ok ? null : result.code
    })
    expect(codes).toEqual([
      'truncated',
      'truncated',
      'number-out-of-range',
      'number-out-of-range',
      'store-unknown',
      'undo-not-sorted',
      'undo-not-sorted',
      'undo-not-sorted',
      'undo-too-large',
      'undo-too-large',
    ])
  })
})
