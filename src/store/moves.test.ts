import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, fromHex } from '../base/bytes.ts'
import type { ElementId, JsonValue, Operation } from '../protocol/patch.ts'
import { createSeat, edit, introduction } from '../testing/hostile.ts'
import { createLab, LAB_ROOM, labStore } from '../testing/lab.ts'
import { element, move, ofItems, type Pen, range, removal } from '../testing/pen.ts'
import type { ListDraft } from './record.ts'
import { defineSchema, list, table, value } from './schema.ts'
import type { Splice } from './sequence.ts'
import type { StoreEditId } from './store.ts'
import { replace } from './text-view.ts'

const isText = (item: JsonValue) => typeof item === 'string'
const schema = defineSchema(
  'test',
  { version: 1 },
  { orders: table({ items: list(value<string>(undefined, { accepts: isText })) }) },
)

type Operations = readonly Operation<readonly JsonValue[]>[]

/** People who have the list `r` with a letter for each item. */
function open<const N extends readonly string[]>(items: string, ...names: N) {
  const lab = createLab(schema)
  const peers = names.map(name => lab.open(name))
  for (const [i, peer] of peers.entries()) for (const other of peers.slice(i + 1)) lab.link(peer, other)
  peers[0]?.replica.store.transact(tx => void tx.orders.create({ items: [...items] }, { id: 'r' }))
  lab.flush()
  const people = peers.map(({ replica: { store }, author }) => {
    const items = () => store.tables.orders.get('r')?.items.toArray() ?? []
    const write = (change: (items: ListDraft<string>) => void) =>
      store.transact(tx => change(tx.orders.get('r').items)) as StoreEditId
    return {
      store,
      id: labStore(author),
      items,
      text: () => items().join(''),
      write,
      move: (item: string, to: number) => write(draft => draft.move(draft.toArray().indexOf(item), to)),
      remove: (item: string) => write(draft => draft.remove(item)),
    }
  })
  /** Edits by a stranger who knows the list; tells what was refused. */
  const bring = (...edits: readonly ((pen: Pen, ana: (typeof people)[number]) => Operations)[]) => {
    const seat = createSeat(LAB_ROOM, 'mallory')
    const [host, ana] = [peers[0] as (typeof peers)[number], people[0] as (typeof people)[number]]
    const heads = [{ author: host.author, sequence: 2 }]
    const frames = [seat.say([introduction('m')], { heads })]
    for (const write of edits) {
      const pen = seat.pen()
      frames.push(seat.say([edit(pen.write(ofItems('r', ...write(pen, ana))))]))
    }
    host.replica.handle({
      type: 'message-arrived',
      from: 'f'.repeat(32),
      message: { type: 'frames', scope: 0, frames },
    })
    lab.flush()
    return host.effects.flatMap(effect => (effect.type === 'refused' ? [effect.code] : []))
  }
  const meet = () => {
    lab.flush()
    const [first, ...others] = people
    for (const { store } of others) expect(store.describe()).toEqual(first?.store.describe())
  }
  return { lab, peers, meet, bring, people: people as { -readonly [K in keyof N]: (typeof people)[number] } }
}

describe('S16: an item that is moved', () => {
  it('stands once, where the greatest move says, whoever else moves it at once', () => {
    const { people, meet } = open('abcd', 'ana', 'ben')
    const [ana, ben] = people
    ana.move('a', 3)
    ben.move('a', 1)
    expect([ana.text(), ben.text()]).toEqual(['bcda', 'bacd'])
    meet()
    const expected = ana.id > ben.id ? 'bcda' : 'bacd'
    expect([ana.text(), ben.text()]).toEqual([expected, expected])
    // Who has seen both is later, whatever its id.
    for (const { move } of people) {
      move('a', 2)
      meet()
      expect([ana.text(), ben.text()]).toEqual(['bcad', 'bcad'])
      move('a', 0)
      meet()
    }
    expect(ben.text()).toBe('abcd')
  })

  it('comes to stand at the index that is asked for, among the others', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 12 }), moves => {
        const { people, meet } = open('abcdef', 'ana', 'ben')
        const [ana, ben] = people
        const model = [...'abcdef']
        ana.write(draft => {
          for (const [i, [from, to]] of moves.entries()) {
            if (i < 6) draft.move(from, to)
            model.splice(to, 0, ...model.splice(from, 1))
            if (i < 6) expect(draft.toArray()).toEqual(model)
          }
        })
        for (const [from, to] of moves.slice(6)) ana.write(draft => draft.move(from, to))
        expect(ana.items()).toEqual(model)
        meet()
        expect(ben.items()).toEqual(model)
      }),
    )
  })

  it('is removed with its first element, by whomever and wherever it stands, and comes back where it was moved', () => {
    const { people, meet } = open('abcd', 'ana', 'ben')
    const [ana, ben] = people
    const gone = ana.remove('b')
    ben.move('b', 3)
    meet()
    expect([ana.text(), ben.text()]).toEqual(['acd', 'acd'])
    ben.store.undo([gone])
    meet()
    expect([ana.text(), ben.text()]).toEqual(['acdb', 'acdb'])
    const again = ben.remove('b')
    meet()
    expect(ana.text()).toBe('acd')
    const shown = ana.store.tables.orders.get('r')?.items
    ana.store.undo([again])
    expect([ana.text(), shown?.toArray().join('')]).toEqual(['acdb', 'acd'])
  })

  it('stands where the greatest of the other moves says when one is undone', () => {
    const { people, meet } = open('abcd', 'ana', 'ben')
    const [ana, ben] = people
    const moves = [ana.move('a', 3), ana.move('a', 1), ana.move('a', 2)] as const
    meet()
    const seen = [ben.text()]
    for (const [what, which] of [
      ['undo', 2],
      ['undo', 0],
      ['undo', 1],
      ['redo', 0],
      ['redo', 2],
      ['redo', 1],
    ] as const) {
      ben.store[what]([moves[which]])
      meet()
      seen.push(ana.text())
    }
    expect(seen).toEqual(['bcad', 'bacd', 'bacd', 'abcd', 'bcda', 'bcad', 'bcad'])
  })

  it('is there once, or not at all, whatever people do at once, and each change is told as it is', () => {
    const step = fc.record({ who: fc.nat(2), what: fc.nat(12), at: fc.nat(20), to: fc.nat(20) })
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 40 }), steps => {
        const { people, lab, meet } = open('abc', 'ana', 'ben', 'cleo')
        const told = people.map(({ store, items }) => {
          const [before, splices] = [items(), [] as Splice<readonly unknown[]>[]]
          store.changed.subscribe(({ changes }) => {
            splices.push(...((changes.orders?.r?.['l.items'] ?? []) as typeof splices))
          })
          return { before, splices, items }
        })
        const edits: StoreEditId[] = []
        const removed = new Set<string>()
        const known = new Set('abc')
        let undone = false
        for (const [i, { who, what, at, to }] of steps.entries()) {
          const person = people[who] as (typeof people)[number]
          const { length } = person.items()
          const edit = edits[at % Math.max(1, edits.length)]
          const name = String.fromCharCode(100 + i)
          if (what < 5 && length > 0) edits.push(person.write(draft => draft.move(at % length, to % length)) ?? edit)
          else if (what === 5 && length > 0) {
            removed.add(person.items()[at % length] as string)
            edits.push(person.write(draft => draft.splice(at % length, 1, [])))
          } else if (what < 8) {
            known.add(name)
            edits.push(person.write(draft => draft.splice(at % (length + 1), 0, [name])))
          } else if (what === 8 && edit && person.store.explain(edit)) {
            undone = true
            person.store[to % 3 > 0 ? 'undo' : 'redo']([edit])
          } else if (what > 9) lab.flush()
        }
        meet()
        for (const { before, splices, items } of told) {
          let content: readonly unknown[] = before
          for (const { index, removed, inserted } of splices) {
            expect(content.slice(index, index + removed.length)).toEqual(removed)
            content = replace(content, index, removed.length, inserted)
          }
          expect(content).toEqual(items())
        }
        const here = people[0].items()
        expect(new Set(here).size).toBe(here.length)
        if (!undone) expect(new Set(here)).toEqual(new Set([...known].filter(item => !removed.has(item))))
      }),
      { numRuns: 300 },
    )
  })

  it('takes its anchors along', () => {
    const { people, meet } = open('abcd', 'ana', 'ben')
    const [ana, ben] = people
    const list = () => ana.store.tables.orders.get('r')?.items
    const before = list()?.anchor(1, 'after') ?? ('' as never)
    ben.move('b', 3)
    meet()
    const after = list()?.anchor(4, 'before') ?? ('' as never)
    expect([list()?.indexOf(before), list()?.indexOf(after)]).toEqual([3, 4])
    ben.move('b', 0)
    meet()
    expect([list()?.indexOf(before), list()?.indexOf(after)]).toEqual([0, 1])
    ben.remove('b')
    meet()
    expect([list()?.indexOf(before), list()?.indexOf(after)]).toEqual([0, 0])
  })

  it('is counted among those that are shown; an index that is none changes nothing', () => {
    const { people, bring } = open('abc', 'ana')
    const [ana] = people
    bring((pen, { id }) => [
      { type: 'insert', id: element(pen.store, 0), left: element(id, 0), right: element(id, 1), content: [7] },
    ])
    expect(ana.text()).toBe('abc')
    ana.move('a', 2)
    expect(ana.text()).toBe('bca')
    for (const [from, to] of [
      [3, 0],
      [-1, 0],
      [0, 3],
      [0, -1],
      [0.5, 1],
    ] as const) {
      const before = ana.store.fingerprint()
      expect(() => ana.write(draft => draft.move(from, to))).toThrow(/no index|Cannot/)
      expect(ana.store.fingerprint()).toBe(before)
    }
    expect(ana.write(draft => draft.move(1, 1))).toBeNull()
    ana.write(draft => draft.move(0, 1))
    expect(ana.text()).toBe('cba')
  })
})

describe('S15: a move', () => {
  it('is of an item of its causal past, between neighbours; what it has made is no item', () => {
    type Step = (own: (i: number) => ElementId, anas: (clock: number) => ElementId, pen: Pen) => Operation<JsonValue[]>
    const moved =
      (i: number, left: ElementId | null, right: ElementId | null, of: ElementId) =>
      (own: (i: number) => ElementId, pen: Pen) => ({ ...move(pen, left, right, of), id: own(i) })
    const fine: Step = (own, a, pen) => moved(0, a(2), null, a(0))(own, pen)
    const cases: [string, readonly Step[]][] = [
      ['applied', [fine]],
      ['applied', [fine, (own, a, pen) => moved(1, own(0), null, a(1))(own, pen)]],
      ['applied', [fine, (_own, a) => removal({ ...a(0), length: 3 })]],
      ['move-outside-past', [(own, a, pen) => moved(0, a(2), null, a(3))(own, pen)]],
      ['move-outside-past', [(own, a, pen) => moved(0, a(2), null, own(0))(own, pen)]],
      ['move-outside-past', [fine, (own, _a, pen) => moved(1, own(0), null, own(0))(own, pen)]],
      ['removal-outside-past', [fine, own => removal({ ...own(0), length: 1 })]],
      ['origins-apart', [(own, a, pen) => moved(0, a(0), a(2), a(0))(own, pen)]],
      ['origin-outside-past', [(own, a, pen) => moved(0, a(7), null, a(0))(own, pen)]],
    ]
    for (const [expected, steps] of cases) {
      const { people, bring } = open('abc', 'ana', 'ben')
      const [ana, ben] = people
      const codes = bring((pen, { id }) => {
        const own = (i: number) => element(pen.store, pen.cursor.elements + i)
        return steps.map(step => step(own, clock => element(id, clock), pen))
      })
      expect(codes[0] ?? 'applied').toBe(expected)
      expect(ana.store.fingerprint()).toBe(ben.store.fingerprint())
    }
    // Also in a later edit, where the slot is in the past.
    const { bring } = open('abc', 'ana')
    const codes = bring(
      (pen, { id }) => [move(pen, element(id, 2), null, element(id, 0))],
      pen => [removal(range(pen.store, 0, 1))],
    )
    expect(codes).toEqual(['removal-outside-past'])
  })

  it('cannot part replicas, whatever it chooses', () => {
    const id = fc.tuple(fc.nat(4), fc.nat(6))
    const step = fc.record({ what: fc.nat(9), at: fc.nat(30), to: fc.nat(30), left: id, right: id, of: id })
    const codes = { applied: 0, refused: 0 }
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 30 }), steps => {
        const { lab, peers, people, meet } = open('abcd', 'ana', 'ben')
        const stores = people.map(person => person.id)
        const any = ([by, clock]: readonly [number, number]) => {
          const store = stores[by % (stores.length + 1)]
          return store === undefined ? null : element(store, clock)
        }
        for (const [i, { what, at, to, left, right, of }] of steps.entries()) {
          const [person, peer] = [people[what % 2], peers[what % 2]] as [(typeof people)[0], (typeof peers)[0]]
          const { length } = person.items()
          if (what < 3 && length > 0) person.write(draft => draft.move(at % length, to % length))
          else if (what === 3 && length > 0) person.write(draft => draft.splice(at % length, 1, [`${i}`, `-${i}`]))
          else if (what < 6) lab.flush()
          else {
            // A new author each time: what is refused ends only that one. It has seen all that the peer has.
            const seat = createSeat(LAB_ROOM, `mallory ${i}`)
            const pen = seat.pen()
            const item = any(of) ?? element(stores[0] as number, 0)
            const operation =
              at % 4 > 0 ? move(pen, any(left), any(right), item) : removal({ ...item, length: 1 + (to % 3) })
            const heads = [...peer.replica.sync.vector()]
              .map(([author, sequence]) => ({ author: fromHex(author), sequence }))
              .sort((a, b) => compareBytes(a.author, b.author))
            const frames = [seat.say([introduction('m'), edit(pen.write(ofItems('r', operation)))], { heads })]
            const before = peer.effects.length
            peer.replica.handle({
              type: 'message-arrived',
              from: 'f'.repeat(32),
              message: { type: 'frames', scope: 0, frames },
            })
            for (const seal of peer.seals.splice(0)) seal()
            codes[peer.effects.slice(before).some(({ type }) => type === 'refused') ? 'refused' : 'applied']++
            stores.push(seat.store)
          }
        }
        meet()
      }),
      { numRuns: 250 },
    )
    expect(codes.applied).toBeGreaterThan(20)
    expect(codes.refused).toBeGreaterThan(20)
  })
})
