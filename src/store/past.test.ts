import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, fromHex } from '../base/bytes.ts'
import type { FrameBytes } from '../protocol/message.ts'
import { type ElementId, encodePatch } from '../protocol/patch.ts'
import {
  createSeat,
  edit,
  insertion,
  introduction,
  onField,
  operations,
  type RawField,
  removal,
} from '../testing/hostile.ts'
import { createLab, LAB_ROOM, labStore } from '../testing/lab.ts'
import { defineSchema, table, text } from './schema.ts'

const schema = defineSchema('test', { version: 1 }, { notes: table({ title: text() }) })

/** Ana has written "abcdef" into the note `r`; Ben has it, too, and a hostile author knows both. */
function openTwo() {
  const lab = createLab(schema)
  const [ana, ben] = [lab.open('ana'), lab.open('ben')]
  lab.link(ana, ben)
  ana.replica.store.transact(tx => void tx.notes.create({ title: 'abcdef' }, { id: 'r' }))
  lab.flush()
  const seat = createSeat(LAB_ROOM, 'mallory')
  const heads = [{ author: ana.author, sequence: 2 }]
  /** Removes an element of Ana's at last, so that her store is referred to. */
  const write = (...fields: readonly RawField[]) =>
    edit(onField('t.title', operations(...fields, removal([1, 5, 1])), [labStore(ana.author)]))
  const bring = (frames: readonly FrameBytes[]) => {
    const message = { type: 'frames', scope: 0, frames } as const
    ana.replica.handle({ type: 'message-arrived', from: 'f'.repeat(32), message })
  }
  const codes = () => ana.effects.flatMap(effect => (effect.type === 'refused' ? [effect.code] : []))
  return { lab, ana, ben, seat, heads, write, bring, codes }
}

describe('what an edit may refer to', () => {
  it('S15: elements of its causal past that are neighbours there, its own included, and whole ranges', () => {
    const cases: [string, readonly RawField[]][] = [
      ['applied', [insertion([1, 1], [1, 2], 'x')]],
      ['applied', [insertion(0, [1, 0], 'x'), insertion([0, 0], [1, 0], 'y'), insertion([0, 0], [0, 1], 'z')]],
      [
        'applied',
        [insertion([1, 5], 0, 'xyz'), insertion([0, 1], [0, 2], '-'), removal([0, 0, 4]), removal([1, 2, 2])],
      ],
      ['origins-apart', [insertion([1, 1], [1, 3], 'x')]],
      ['origins-apart', [insertion([1, 2], [1, 1], 'x')]],
      ['origins-apart', [insertion([1, 1], [1, 1], 'x')]],
      ['origins-apart', [insertion(0, 0, 'x')]],
      ['origins-apart', [insertion([1, 1], [1, 2], 'x'), insertion([1, 1], [1, 2], 'y')]],
      ['origins-apart', [insertion([1, 1], [1, 2], 'x'), insertion([1, 3], [0, 0], 'y')]],
      ['origins-apart', [insertion([1, 1], [1, 2], 'xyz'), insertion([0, 0], [0, 2], 'y')]],
      ['origin-outside-past', [insertion([1, 6], 0, 'x')]],
      ['origin-outside-past', [insertion([0, 0], 0, 'x'), removal([1, 0, 1])]],
      ['removal-outside-past', [removal([1, 5, 2])]],
      ['removal-outside-past', [insertion([1, 5], 0, 'xy'), removal([0, 1, 2]), removal([1, 0, 1])]],
    ]
    for (const [expected, fields] of cases) {
      const { lab, ana, ben, seat, heads, write, bring, codes } = openTwo()
      bring([seat.say([introduction('m')], { heads }), seat.say([write(...fields)])])
      lab.flush()
      expect(codes()[0] ?? 'applied').toBe(expected)
      expect(ana.replica.store.fingerprint()).toBe(ben.replica.store.fingerprint())
    }
  })

  it('S15: judged by the past that it names, not by what is here already', () => {
    const { lab, ana, seat, heads, write, bring, codes } = openTwo()
    ana.replica.store.transact(tx => tx.notes.get('r').title.splice(2, 0, 'NEW'))
    lab.flush()
    // The author has not seen NEW: b and c are neighbours for it, and the letters of NEW do not exist.
    bring([seat.say([introduction('m'), write(insertion([1, 1], [1, 2], 'x'))], { heads })])
    lab.flush()
    expect(codes()).toEqual([])
    bring([seat.say([write(removal([1, 6, 1]))])])
    lab.flush()
    expect(codes()).toEqual(['removal-outside-past'])
  })

  it('S15: so that no choice of origins can part replicas', () => {
    const id = fc.tuple(fc.nat(4), fc.nat(7))
    const step = fc.record({ what: fc.nat(9), at: fc.nat(30), left: id, right: id })
    let [applied, refused] = [0, 0]
    fc.assert(
      fc.property(fc.array(step, { minLength: 10, maxLength: 30 }), steps => {
        const { lab, ana, ben } = openTwo()
        const stores = [labStore(ana.author), labStore(ben.author)]
        const elementOf = ([by, clock]: readonly [number, number]): ElementId | null => {
          const store = stores[by % (stores.length + 1)]
          return store === undefined ? null : { store, clock }
        }
        for (const [i, { what, at, left, right }] of steps.entries()) {
          const peer = what % 2 === 0 ? ana : ben
          if (what < 4) {
            const length = peer.replica.store.tables.notes.get('r')?.title.length ?? 0
            peer.replica.store.transact(tx => tx.notes.get('r').title.splice(at % (length + 1), 0, 'x'))
          } else if (what < 6) lab.flush()
          else {
            // A new author each time: what is refused ends only that one. It has seen all that the peer has.
            const seat = createSeat(LAB_ROOM, `mallory ${i}`)
            const operation = {
              type: 'insert' as const,
              id: { store: labStore(seat.author), clock: 0 },
              left: elementOf(left),
              right: elementOf(right),
              content: 'yz',
            }
            const payload = encodePatch(
              { notes: { r: { 't.title': { operations: [operation] } } } },
              operation.id.store,
            )
            const heads = [...peer.replica.sync.vector()].map(([author, sequence]) => ({
              author: fromHex(author),
              sequence,
            }))
            const sorted = heads.sort((a, b) => compareBytes(a.author, b.author))
            const frames = [seat.say([introduction('m'), edit(payload)], { heads: sorted })]
            const message = { type: 'frames', scope: 0, frames } as const
            peer.replica.handle({ type: 'message-arrived', from: 'f'.repeat(32), message })
            for (const seal of peer.seals.splice(0)) seal()
            stores.push(operation.id.store)
          }
        }
        lab.flush()
        for (const { effects } of [ana, ben]) {
          applied += effects.filter(({ type }) => type === 'applied').length
          refused += effects.filter(effect => effect.type === 'refused' && effect.code === 'origins-apart').length
        }
        expect(ana.replica.store.fingerprint()).toBe(ben.replica.store.fingerprint())
      }),
      { numRuns: 250 },
    )
    expect(applied).toBeGreaterThan(100)
    expect(refused).toBeGreaterThan(100)
  })
})
