import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createLab } from '../testing/lab.ts'
import { type CounterMetadata, createCounter } from './counter-field.ts'
import { counter, defineSchema, table } from './schema.ts'
import type { StoreEditId } from './store.ts'

const schema = defineSchema('test', { version: 1 }, { polls: table({ votes: counter() }) })

function open() {
  const lab = createLab(schema)
  const [ana, ben] = [lab.open('ana'), lab.open('ben')]
  lab.link(ana, ben)
  ana.replica.store.transact(tx => void tx.polls.create({}, { id: 'p' }))
  lab.flush()
  const people = [ana, ben].map(({ replica: { store } }) => ({
    store,
    value: () => store.tables.polls.get('p')?.votes,
    add: (by: number) => store.transact(tx => tx.polls.get('p').votes.add(by)) as StoreEditId,
  }))
  return { lab, people: people as [(typeof people)[0], (typeof people)[0]] }
}

describe('S17: a counter', () => {
  it('is the sum of what everybody has added and nobody has undone', () => {
    const step = fc.record({ who: fc.nat(1), what: fc.nat(6), by: fc.integer({ min: -9, max: 9 }), at: fc.nat(20) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), steps => {
        const { lab, people } = open()
        const edits: { readonly id: StoreEditId; readonly by: number; readonly who: number }[] = []
        for (const { who, what, by, at } of steps) {
          const person = people[who] as (typeof people)[0]
          const edit = edits[at % Math.max(1, edits.length)]
          if (what < 3 && by !== 0) edits.push({ id: person.add(by), by, who })
          else if (what === 3) lab.flush()
          else if (edit && person.store.explain(edit.id)) person.store[what < 6 ? 'undo' : 'redo']([edit.id])
        }
        lab.flush()
        const [ana, ben] = people
        const sum = edits.reduce((total, { id, by }) => total + (ana.store.isUndone(id) ? 0 : by), 0)
        expect([ana.value(), ben.value()]).toEqual([sum, sum])
        expect(ben.store.describe()).toEqual(ana.store.describe())
      }),
      { numRuns: 200 },
    )
  })

  it('is exact in whatever order it was counted, also where a number is not', () => {
    const sumOf = (...steps: readonly number[]) => {
      const field = createCounter()
      const metadata = field.createMetadata() as unknown as CounterMetadata
      for (const add of steps) field.applyPatch({ previous: 0, patch: { add }, metadata: metadata as never })
      return metadata.sum
    }
    expect(2 ** 53 + 1 + 1).not.toBe(1 + 1 + 2 ** 53)
    expect(sumOf(2 ** 53, 1, 1)).toBe(sumOf(1, 1, 2 ** 53))
  })

  it('shows at once what a transaction adds, which is one step, whole and not too large', () => {
    const { people } = open()
    const [ana] = people
    const seen: number[] = []
    ana.store.transact(tx => {
      const { votes } = tx.polls.get('p')
      votes.add(2)
      votes.add(-5)
      seen.push(votes.value)
      for (const by of [0.5, Number.NaN, 2 ** 31 + 4, Number.POSITIVE_INFINITY, '1' as unknown as number]) {
        expect(() => votes.add(by)).toThrow(expect.objectContaining({ code: 'number-out-of-range' }))
      }
      seen.push(votes.value)
      const id = tx.polls.create({ votes: 7 })
      tx.polls.create({ votes: 4 }, { id })
      seen.push(tx.polls.get(id).votes.value)
    })
    expect([...seen, ana.value()]).toEqual([-3, -3, 4, -3])
    expect(ana.store.transact(tx => tx.polls.get('p').votes.add(0))).toBeNull()
  })
})
