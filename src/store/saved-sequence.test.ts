import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createWriter, decodeWith } from '../protocol/codec.ts'
import { createStoreNumbers } from '../protocol/snapshot.ts'
import { KeptRanges } from './kept-ranges.ts'
import { readSequence, writeSequence } from './saved-sequence.ts'
import { createSequence } from './sequence.ts'

const PEOPLE = [3, 8]
const STORES = createStoreNumbers(PEOPLE)

const steps = fc.array(
  fc.record({
    by: fc.constantFrom(...PEOPLE),
    at: fc.nat(30),
    text: fc.constantFrom('a', 'bc', 'def'),
    erases: fc.boolean(),
  }),
  { minLength: 1, maxLength: 30 },
)

it('Y30, Y44: a saved text comes back as it was, and no run of it goes beyond what its author inserted', () => {
  fc.assert(
    fc.property(steps, all => {
      const sequence = createSequence<string>('')
      const clocks = new Map(PEOPLE.map(store => [store, 0]))
      for (const { by, at, text, erases } of all) {
        const { length } = sequence.content()
        if (erases && length > 0) sequence.removeAt(at % length, 1)
        else {
          const clock = clocks.get(by) as number
          sequence.insertAt(at % (length + 1), text, { store: by, clock })
          clocks.set(by, clock + text.length)
        }
      }
      const writer = createWriter()
      const kept = new KeptRanges()
      writeSequence(writer, sequence.save(kept), '', STORES)
      const bytes = writer.finish()
      const readWith = (clockOf: (store: number) => number) =>
        decodeWith(bytes, reader => readSequence(reader, '', STORES, clockOf))

      const read = readWith(store => clocks.get(store) as number)
      expect(read).toEqual({
        ok: true,
        value: { moves: [], runs: expect.objectContaining({ ...sequence.save(kept).runs }) },
      })
      for (const store of PEOPLE) {
        if (clocks.get(store) === 0) continue
        const isShort = readWith(each => (clocks.get(each) as number) - (each === store ? 1 : 0))
        expect(isShort).toEqual({ ok: false, code: 'number-out-of-range' })
      }
    }),
  )
})
