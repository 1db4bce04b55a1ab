import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FieldPatch } from '../protocol/patch.ts'
import { createSeat, edit, introduction } from '../testing/hostile.ts'
import { createLab, LAB_ROOM, labStore } from '../testing/lab.ts'
import { element, type Pen, range } from '../testing/pen.ts'
import type { SetDraft } from './record.ts'
import { defineSchema, set, table, value } from './schema.ts'
import type { StoreEditId } from './store.ts'

type Item = string | number | boolean
const schema = defineSchema(
  'test',
  { version: 1 },
  { notes: table({ labels: set(value<Item>(undefined, { accepts: item => item !== 'hidden' })) }) },
)

function open() {
  const lab = createLab(schema)
  const peers = [lab.open('ana'), lab.open('ben'), lab.open('cleo')] as const
  for (const [i, peer] of peers.entries()) for (const other of peers.slice(i + 1)) lab.link(peer, other)
  peers[0].replica.store.transact(tx => void tx.notes.create({ labels: ['a', 'b'] }, { id: 'n' }))
  lab.flush()
  const people = peers.map(({ replica: { store } }) => {
    const write = (change: (labels: SetDraft<Item>) => void) =>
      store.transact(tx => change(tx.notes.get('n').labels)) as StoreEditId
    return {
      store,
      labels: () => store.tables.notes.get('n')?.labels as ReadonlySet<Item>,
      items: () => [...(store.tables.notes.get('n')?.labels ?? [])],
      write,
      add: (item: Item) => write(labels => labels.add(item)),
      delete: (item: Item) => write(labels => labels.delete(item)),
    }
  })
  type Person = (typeof people)[number]
  return { lab, peers, people: people as [Person, Person, Person] }
}

describe('S18: a set', () => {
  it('keeps what one adds while another removes it, and loses what both have seen', () => {
    const { lab, people } = open()
    const [ana, ben] = people
    ana.delete('a')
    ben.add('a')
    lab.flush()
    expect([ana.items(), ben.items()]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ])
    const gone = ana.delete('a')
    lab.flush()
    expect(ben.items()).toEqual(['b'])
    ben.store.undo([gone])
    lab.flush()
    expect(ana.items()).toEqual(['a', 'b'])
  })

  it('has the items that are added, not undone and not removed by whoever saw that, for everybody', () => {
    const step = fc.record({
      who: fc.nat(2),
      what: fc.nat(9),
      item: fc.constantFrom<Item>('a', 'b', 1, '1', true),
      at: fc.nat(30),
    })
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 40 }), steps => {
        const { lab, people } = open()
        /** Each addition, and what removed it. */
        const additions: { readonly item: Item; readonly by: StoreEditId; readonly removedBy: StoreEditId[] }[] = []
        const [first] = people
        const beginning = [...first.store.tables.notes.getSnapshot()].length
        expect(beginning).toBe(1)
        const creation = { store: 0, sequence: 0 }
        for (const item of ['a', 'b']) additions.push({ item, by: creation, removedBy: [] })
        const isUndone = (id: StoreEditId) => id !== creation && first.store.isUndone(id)
        const edits: StoreEditId[] = []
        for (const { who, what, item, at } of steps) {
          const person = people[who] as (typeof people)[number]
          const knows = (id: StoreEditId) => id === creation || person.store.explain(id) !== null
          const undone = (id: StoreEditId) => id !== creation && person.store.isUndone(id)
          const edit = edits[at % Math.max(1, edits.length)]
          if (what < 4) {
            const by = person.add(item)
            additions.push({ item, by, removedBy: [] })
            edits.push(by)
          } else if (what < 6) {
            const seen = additions.filter(
              each =>
                each.item === item &&
                knows(each.by) &&
                !undone(each.by) &&
                !each.removedBy.some(removal => knows(removal) && !undone(removal)),
            )
            const by = person.delete(item)
            expect(by === null).toBe(seen.length === 0)
            if (by) edits.push(by)
            for (const { removedBy } of seen) removedBy.push(by)
          } else if (what < 8) lab.flush()
          else if (edit && knows(edit)) person.store[at % 3 > 0 ? 'undo' : 'redo']([edit])
        }
        lab.flush()
        const there = additions.filter(({ by, removedBy }) => !isUndone(by) && removedBy.every(isUndone))
        expect(new Set(first.items())).toEqual(new Set(there.map(({ item }) => item)))
        for (const { items, store } of people) {
          expect(items()).toEqual(first.items())
          expect(store.describe()).toEqual(first.store.describe())
        }
      }),
      { numRuns: 200 },
    )
  })

  it('S13: is frozen, and the same object while nothing comes or goes; S14: without what is not accepted', () => {
    const { people } = open()
    const [ana] = people
    const before = ana.labels()
    ana.add('a')
    expect(ana.labels()).toBe(before)
    ana.add(1)
    expect([ana.items(), [...before]]).toEqual([
      ['a', 'b', 1],
      ['a', 'b'],
    ])
    for (const write of ['add', 'delete', 'clear'] as const) {
      expect(() => (before as Set<Item>)[write]('c')).toThrow(expect.objectContaining({ code: 'value-frozen' }))
    }
    for (const item of ['hidden', null, [1], { a: 1 }] as Item[]) {
      expect(() => ana.add(item)).toThrow(expect.objectContaining({ code: 'value-wrong-type' }))
    }
    ana.store.transact(tx => {
      const { labels } = tx.notes.get('n')
      labels.delete('a')
      labels.add('c')
      labels.delete('nobody')
      expect([labels.has('a'), labels.has('c'), [...labels.toSet()]]).toEqual([false, true, ['b', 'c', 1]])
      tx.notes.create({ labels: ['z', 'b'] }, { id: 'n' })
    })
    expect(ana.items()).toEqual(['b', 'z'])
  })

  it('S15: loses only what its author can have seen in it', () => {
    const labels = (
      pen: Pen,
      more: Partial<{ added: readonly string[]; removed: readonly ReturnType<typeof range>[] }>,
    ) => ({ id: element(pen.store, pen.cursor.elements), added: [], removed: [], ...more }) satisfies FieldPatch
    const cases: [string, string, (pen: Pen, ana: number) => FieldPatch][] = [
      ['applied', 'b', (pen, ana) => labels(pen, { removed: [range(ana, 0, 1)] })],
      ['applied', '', (pen, ana) => labels(pen, { removed: [range(ana, 0, 2)] })],
      ['applied', 'abhidden', pen => labels(pen, { added: ['hidden'] })],
      ['removal-outside-past', 'ab', (pen, ana) => labels(pen, { removed: [range(ana, 0, 3)] })],
      ['removal-outside-past', 'ab', (pen, ana) => labels(pen, { removed: [range(ana, 2 ** 40, 1)] })],
      ['removal-outside-past', 'ab', pen => labels(pen, { added: ['c'], removed: [range(pen.store, 0, 1)] })],
    ]
    for (const [expected, left, write] of cases) {
      const { lab, peers, people } = open()
      const [ana, ben] = peers
      people[0].add('later')
      const seat = createSeat(LAB_ROOM, 'mallory')
      const pen = seat.pen()
      const payload = pen.write({ notes: { n: { 's.labels': write(pen, labStore(ana.author)) } } })
      // Of what Ana did, its author has seen the first edit.
      const frames = [seat.say([introduction('m'), edit(payload)], { heads: [{ author: ana.author, sequence: 2 }] })]
      ben.replica.handle({
        type: 'message-arrived',
        from: 'f'.repeat(32),
        message: { type: 'frames', scope: 0, frames },
      })
      lab.flush()
      const codes = ben.effects.flatMap(effect => (effect.type === 'refused' ? [effect.code] : []))
      expect(codes[0] ?? 'applied').toBe(expected)
      expect(people[1].items().join('')).toBe(`${left.replace('hidden', '')}later`)
      for (const { replica } of peers) expect(replica.store.fingerprint()).toBe(ana.replica.store.fingerprint())
    }
  })
})
