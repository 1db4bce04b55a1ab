import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bytes, compareBytes, equalBytes, fromHex } from '../base/bytes.ts'
import type { FrameBytes } from '../protocol/message.ts'
import type { ElementId, Operation } from '../protocol/patch.ts'
import { createSeat, edit, introduction } from '../testing/hostile.ts'
import { createLab, LAB_ROOM, labStore } from '../testing/lab.ts'
import { element, insertion, ofTitle, type Pen, range, removal } from '../testing/pen.ts'
import { defineSchema, table, text } from './schema.ts'

const schema = defineSchema('test', { version: 1 }, { notes: table({ title: text() }) })

/** An element: 0 is the edge, otherwise whose it is (0 the author's own, 1 Ana's) and its clock. */
type Place = 0 | readonly [by: number, clock: number]
/** An operation by whoever holds the pen. */
type Step = (pen: Pen) => Operation<string>

const storeAt = (pen: Pen, by: number) => (by === 0 ? pen.store : labStore(createSeat(LAB_ROOM, 'ana').author))
const at = (pen: Pen, place: Place) => place && element(storeAt(pen, place[0]), place[1])
const insert =
  (left: Place, right: Place, text: string): Step =>
  pen =>
    insertion(pen, at(pen, left) || null, at(pen, right) || null, text)
const remove =
  ([by, clock, length]: readonly [number, number, number]): Step =>
  pen =>
    removal(range(storeAt(pen, by), clock, length))

/** Ana has written "abcdef" into the note `r`; Ben has it, too, and a hostile author knows both. */
function openTwo() {
  const lab = createLab(schema)
  const [ana, ben] = [lab.open('ana'), lab.open('ben')]
  lab.link(ana, ben)
  ana.replica.store.transact(tx => void tx.notes.create({ title: 'abcdef' }, { id: 'r' }))
  lab.flush()
  const seat = createSeat(LAB_ROOM, 'mallory')
  const heads = [{ author: ana.author, sequence: 2 }]
  const write = (...steps: readonly Step[]) => {
    const pen = seat.pen()
    return edit(pen.write(ofTitle('r', ...steps.map(step => step(pen)))))
  }
  const bring = (frames: readonly FrameBytes[]) => {
    const message = { type: 'frames', scope: 0, frames } as const
    ana.replica.handle({ type: 'message-arrived', from: 'f'.repeat(32), message })
  }
  const codes = () => ana.effects.flatMap(effect => (effect.type === 'refused' ? [effect.code] : []))
  return { lab, ana, ben, seat, heads, write, bring, codes }
}

describe('what an edit may refer to', () => {
  it('S15: elements of its causal past that are neighbours there, its own included, and whole ranges', () => {
    const cases: [string, readonly Step[]][] = [
      ['applied', [insert([1, 1], [1, 2], 'x')]],
      ['applied', [insert(0, [1, 0], 'x'), insert([0, 0], [1, 0], 'y'), insert([0, 0], [0, 1], 'z')]],
      ['applied', [insert([1, 5], 0, 'xyz'), insert([0, 1], [0, 2], '-'), remove([0, 0, 4]), remove([1, 2, 2])]],
      ['origins-apart', [insert([1, 1], [1, 3], 'x')]],
      ['origins-apart', [insert([1, 2], [1, 1], 'x')]],
      ['origins-apart', [insert([1, 1], [1, 1], 'x')]],
      ['origins-apart', [insert(0, 0, 'x')]],
      ['origins-apart', [insert([1, 1], [1, 2], 'x'), insert([1, 1], [1, 2], 'y')]],
      ['origins-apart', [insert([1, 1], [1, 2], 'x'), insert([1, 3], [0, 0], 'y')]],
      ['origins-apart', [insert([1, 1], [1, 2], 'xyz'), insert([0, 0], [0, 2], 'y')]],
      ['origin-outside-past', [insert([1, 6], 0, 'x')]],
      ['origin-outside-past', [insert([0, 0], 0, 'x'), remove([1, 0, 1])]],
      ['removal-outside-past', [remove([1, 5, 2])]],
      ['removal-outside-past', [insert([1, 5], 0, 'xy'), remove([0, 1, 2]), remove([1, 0, 1])]],
    ]
    for (const [expected, steps] of cases) {
      const { lab, ana, ben, seat, heads, write, bring, codes } = openTwo()
      bring([seat.say([introduction('m')], { heads }), seat.say([write(...steps)])])
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
    bring([seat.say([introduction('m'), write(insert([1, 1], [1, 2], 'x'))], { heads })])
    lab.flush()
    expect(codes()).toEqual([])
    bring([seat.say([write(remove([1, 6, 1]))])])
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
        const isStranger = (author: Bytes) => !equalBytes(author, ana.author) && !equalBytes(author, ben.author)
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
            const pen = seat.pen()
            const payload = pen.write(ofTitle('r', insertion(pen, elementOf(left), elementOf(right), 'yz')))
            const heads = [...peer.replica.sync.vector()].map(([author, sequence]) => ({
              author: fromHex(author),
              sequence,
            }))
            const sorted = heads.sort((a, b) => compareBytes(a.author, b.author))
            const frames = [seat.say([introduction('m'), edit(payload)], { heads: sorted })]
            const message = { type: 'frames', scope: 0, frames } as const
            peer.replica.handle({ type: 'message-arrived', from: 'f'.repeat(32), message })
            for (const seal of peer.seals.splice(0)) seal()
            stores.push(seat.store)
          }
        }
        lab.flush()
        for (const { effects } of [ana, ben]) {
          const codes = effects.flatMap(effect => (effect.type === 'refused' ? [effect.code] : []))
          const kept = effects.filter(effect => effect.type === 'persist' && isStranger(effect.frame.author))
          // What is refused is kept, too.
          applied += kept.length - codes.length
          refused += codes.filter(code => code === 'origins-apart').length
        }
        expect(ana.replica.store.fingerprint()).toBe(ben.replica.store.fingerprint())
      }),
      { numRuns: 250 },
    )
    expect(applied).toBeGreaterThan(20)
    expect(refused).toBeGreaterThan(100)
  })
})
