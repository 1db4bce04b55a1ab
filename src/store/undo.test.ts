import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalBytes } from '../base/bytes.ts'
import { decodeSealed, type Entry, lastSequence } from '../protocol/frame.ts'
import { encodeUndo } from '../protocol/undo.ts'
import { createDice, type Dice } from '../testing/dice.ts'
import { createSeat, introduction } from '../testing/hostile.ts'
import { createLab, LAB_ROOM, type LabPeer, labStore } from '../testing/lab.ts'
import { act, type LifeTables, lifeSchema } from '../testing/life.ts'
import { createSequence } from './sequence.ts'
import type { StoreEditId } from './store.ts'

type Peer = LabPeer<LifeTables>

function open<const N extends readonly string[]>(...names: N) {
  const lab = createLab(lifeSchema)
  const peers = names.map(name => lab.open(name)) as { -readonly [K in keyof N]: Peer }
  for (const [i, peer] of peers.entries()) for (const other of peers.slice(i + 1)) lab.link(peer, other)
  peers[0]?.replica.store.transact(tx => void tx.notes.create({ title: '' }, { id: 'n' }))
  lab.flush()
  return { lab, peers }
}

const splice = ({ replica: { store } }: Peer, at: number, remove: number, insert: string) =>
  store.transact(tx => tx.notes.get('n').title.splice(at, remove, insert)) as StoreEditId
const rate = ({ replica: { store } }: Peer, stars: number) =>
  store.transact(tx => tx.notes.update('n', { stars })) as StoreEditId
const tag = ({ replica: { store } }: Peer, key: string, to: number | null) =>
  store.transact(tx => {
    const { tags } = tx.notes.get('n')
    if (to === null) tags.delete(key)
    else tags.set(key, to)
  }) as StoreEditId
const note = ({ replica: { store } }: Peer) => store.tables.notes.get('n')
const title = (peer: Peer) => note(peer)?.title.toString()
const undo = ({ replica: { store } }: Peer, ...edits: StoreEditId[]) => store.undo(edits)
const redo = ({ replica: { store } }: Peer, ...edits: StoreEditId[]) => store.redo(edits)

const shuffled = <T>(items: readonly T[], dice: Dice): readonly T[] =>
  items
    .map(item => ({ item, place: dice.roll(2 ** 30) }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item)

function expectEqual(...peers: readonly Peer[]): void {
  const [first, ...others] = peers.map(({ replica }) => replica.store.describe())
  for (const other of others) expect(other).toEqual(first)
}

describe('undo', () => {
  it('U1: of any edit, by anybody, also when others have written since', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    const hello = splice(ana, 0, 0, 'hello world')
    lab.flush()
    const inside = splice(ben, 5, 0, ', dear')
    const stars = rate(ben, 3)
    lab.flush()
    undo(ben, hello)
    lab.flush()
    expect([title(ana), title(ben)]).toEqual([', dear', ', dear'])
    undo(ana, inside, stars)
    redo(ana, hello)
    lab.flush()
    expect([title(ben), note(ben)?.stars]).toEqual(['hello world', 0])
    expectEqual(ana, ben)
  })

  it('U1: D16: removals of one thing by two, of which one is undone', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    splice(ana, 0, 0, 'ab')
    lab.flush()
    const one = splice(ana, 1, 1, '')
    const other = splice(ben, 1, 1, '')
    undo(ana, one)
    lab.flush()
    expect([title(ana), title(ben)]).toEqual(['a', 'a'])
    undo(ana, other)
    lab.flush()
    expect([title(ana), title(ben)]).toEqual(['ab', 'ab'])
    expectEqual(ana, ben)
  })

  it('U2: by two at once of one thing is taken back by two redos; what is undone is not undone again', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    const word = splice(ana, 0, 0, 'word')
    lab.flush()
    undo(ana, word)
    undo(ben, word)
    lab.flush()
    expect([undo(ana, word), title(ana)]).toEqual([null, ''])
    redo(ben, word)
    lab.flush()
    expect([title(ana), title(ben)]).toEqual(['', ''])
    redo(ana, word)
    lab.flush()
    expect([redo(ben, word), title(ana), title(ben)]).toEqual([null, 'word', 'word'])
    expectEqual(ana, ben)
  })

  it('U2: redone by two at once it can be undone as before, and nobody can cast votes in advance', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    const word = splice(ana, 0, 0, 'word')
    for (let i = 0; i < 3; i++) {
      undo(ana, word)
      lab.flush()
      redo(ana, word)
      redo(ben, word)
      lab.flush()
      expect([title(ana), title(ben)]).toEqual(['word', 'word'])
    }
    undo(ben, word)
    lab.flush()
    expect([title(ana), redo(ana, word) !== null, title(ana)]).toEqual(['', true, 'word'])
    lab.flush()
    expectEqual(ana, ben)
  })

  it('U1: of what a thousand and more pieces are left of', () => {
    const sequence = createSequence<string>('')
    const pieces = 130_000
    const paste = sequence.insertAt(0, 'x'.repeat(2 * pieces), { store: 1, clock: 0 })
    for (let at = 1; at <= pieces; at++) sequence.removeAt(at, 1)
    expect(sequence.setUndone([paste], true).length).toBeGreaterThanOrEqual(pieces)
    expect(sequence.length).toBe(0)
    sequence.setUndone([paste], false)
    expect(sequence.content()).toBe('x'.repeat(pieces))
  })

  it('U3: shows the greatest write that is not undone', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    const [one, two, three] = [rate(ana, 1), rate(ana, 2), rate(ana, 3)]
    const [set, gone] = [tag(ana, 'k', 7), tag(ana, 'k', null)]
    const stars: unknown[] = []
    for (const edit of [two, three, one]) {
      undo(ana, edit)
      stars.push(note(ana)?.stars)
    }
    redo(ana, two)
    stars.push(note(ana)?.stars)
    expect(stars).toEqual([3, 1, 0, 2])
    undo(ana, gone)
    expect(note(ana)?.tags.get('k')).toBe(7)
    undo(ana, set)
    expect(note(ana)?.tags.has('k')).toBe(false)
    lab.flush()
    expect([note(ben)?.stars, note(ben)?.tags.size]).toEqual([2, 0])
    expectEqual(ana, ben)
  })

  it('U3: of a creation removes the record, of a removal brings it back with what it held', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    splice(ana, 0, 0, 'kept')
    const gone = ana.replica.store.transact(tx => tx.notes.remove('n')) as StoreEditId
    lab.flush()
    undo(ben, gone)
    lab.flush()
    expect([title(ana), title(ben)]).toEqual(['kept', 'kept'])
    const made = ana.replica.store.transact(tx => void tx.notes.create({ title: 'new' }, { id: 'm' })) as StoreEditId
    lab.flush()
    undo(ben, made)
    lab.flush()
    expect(ana.replica.store.tables.notes.has('m')).toBe(false)
    expectEqual(ana, ben)
  })

  it('S4: anchors stay with their characters through undo and redo', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    const words = splice(ana, 0, 0, 'one two')
    lab.flush()
    const anchor = note(ben)?.title.anchor(4, 'after')
    const front = splice(ana, 0, 0, 'and ')
    undo(ana, words)
    lab.flush()
    const indices = () => anchor && note(ben)?.title.indexOf(anchor)
    expect([title(ben), indices()]).toEqual(['and ', 4])
    redo(ana, words)
    lab.flush()
    expect([title(ben), indices()]).toEqual(['and one two', 8])
    undo(ana, front)
    lab.flush()
    expect([title(ben), indices()]).toEqual(['one two', 4])
  })

  it('U4: is one event, whose splices lead from what was to what is', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    const edits = [...'abc'].map((letter, i) => splice(ana, i, 0, letter))
    const swap = splice(ana, 1, 1, 'B')
    lab.flush()
    let followed = title(ben) ?? ''
    const told: unknown[] = []
    note(ben)?.title.subscribe(({ splices }) => {
      for (const { index, removed, inserted } of splices) {
        expect(followed.slice(index, index + removed.length)).toBe(removed)
        followed = followed.slice(0, index) + inserted + followed.slice(index + removed.length)
      }
    })
    ben.replica.store.changed.subscribe(({ kind, of, local }) => told.push([kind, of, local]))
    undo(ana, swap)
    lab.flush()
    expect(followed).toBe('abc')
    undo(ana, ...edits)
    lab.flush()
    expect(followed).toBe('')
    redo(ana, ...edits, swap)
    lab.flush()
    expect([followed, title(ben)]).toEqual(['aBc', 'aBc'])
    expect(told).toEqual([
      ['undo', [swap], false],
      ['undo', edits, false],
      // By the undo that is taken back.
      ['redo', [swap, ...edits], false],
    ])
  })

  it('U4: of what is no edit, or is not here, is an error, and changes nothing', () => {
    const { peers } = open('ana')
    const [ana] = peers
    const { store } = ana.replica
    const own = splice(ana, 0, 0, 'x').store
    const before = store.fingerprint()
    const errors = [
      { store: own, sequence: 1 },
      { store: own, sequence: 99 },
      { store: 7, sequence: 2 },
    ].map(edit => {
      try {
        return undo(ana, edit)
      } catch (error) {
        return (error as { code?: string }).code
      }
    })
    expect(errors).toEqual(['edit-unknown', 'edit-unknown', 'edit-unknown'])
    expect(() => store.transact(() => void undo(ana, { store: own, sequence: 2 }))).toThrow('call it outside')
    expect(store.fingerprint()).toBe(before)
  })

  it('U4: of what its author cannot have seen ends its log, by one entry already', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    const seen = splice(ana, 0, 0, 'a')
    lab.flush()
    const unseen = rate(ana, 5)
    lab.flush()
    const seat = createSeat(LAB_ROOM, 'mallory')
    const frameOf = ben.replica.sync.frames().map(frame => decodeSealed(frame.author, frame.bytes))
    const last = frameOf.flatMap(frame =>
      frame.ok && equalBytes(frame.value.author, ana.author) ? [lastSequence(frame.value)] : [],
    )
    const before = last.filter(sequence => sequence < unseen.sequence).at(-1) ?? 0
    expect(before).toBe(seen.sequence)
    const name = (edit: StoreEditId): Entry => ({
      kind: 'undo',
      payload: encodeUndo([{ store: edit.store, first: edit.sequence, count: 1 }], labStore(seat.author)),
    })
    const heads = [{ author: ana.author, sequence: before }]
    for (const framed of [seat.say([introduction('m')]), seat.say([name(seen)], { heads }), seat.say([name(unseen)])]) {
      ben.replica.handle({
        type: 'message-arrived',
        from: ana.id,
        message: { type: 'frames', scope: 0, frames: [framed] },
      })
      lab.flush()
    }
    const codes = ben.effects.flatMap(effect => (effect.type === 'refused' ? [effect.code] : []))
    expect([codes, title(ben), note(ben)?.stars]).toEqual([['undo-outside-past'], '', 5])
  })

  it('U4: has a frame to itself', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    const words = ['a', 'b', 'c'].map(word => splice(ana, 0, 0, word))
    for (const word of words) undo(ana, word)
    redo(ana, ...words)
    rate(ana, 4)
    lab.flush()
    const kinds = ben.replica.sync.frames().flatMap(({ author, bytes }) => {
      const frame = decodeSealed(author, bytes)
      return frame.ok ? [frame.value.entries.map(({ kind }) => kind)] : []
    })
    expect(kinds.slice(-6)).toEqual([['edit', 'edit'], ['undo'], ['undo'], ['undo'], ['redo'], ['edit']])
    expect([title(ben), note(ben)?.stars]).toEqual(['cba', 4])
    expectEqual(ana, ben)
    const seat = createSeat(LAB_ROOM, 'mallory')
    const word: Entry = { kind: 'undo', payload: encodeUndo([{ store: 7, first: 1, count: 1 }], labStore(seat.author)) }
    for (const framed of [seat.say([introduction('m')]), seat.say([word, word])]) {
      ben.replica.handle({
        type: 'message-arrived',
        from: ana.id,
        message: { type: 'frames', scope: 0, frames: [framed] },
      })
      lab.flush()
    }
    expect(ben.effects.flatMap(effect => (effect.type === 'refused' ? [effect.code] : []))).toEqual(['undo-not-alone'])
  })

  it('S12: of more than every peer accepts is refused where it is asked for', () => {
    const { peers } = open('ana')
    const [ana] = peers
    const word = splice(ana, 0, 0, 'x')
    const many = Array.from({ length: 5001 }, () => word)
    expect(() => undo(ana, ...many)).toThrow('at most 5000')
    expect(undo(ana, ...many.slice(1))).not.toBeNull()
  })

  it('U3: of two writes of one version that of the greater store counts', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    const [hers, his] = [rate(ana, 1), rate(ben, 2)]
    lab.flush()
    const winner = hers.store > his.store ? 1 : 2
    expect([note(ana)?.stars, note(ben)?.stars]).toEqual([winner, winner])
  })

  it('U1: every edit undone leaves nothing to be seen, and redone what there was', () => {
    fc.assert(
      fc.property(fc.nat(), seed => {
        const dice = createDice(seed)
        const { lab, peers } = open('ana', 'ben', 'cleo')
        for (let i = 0; i < 30; i++) {
          act(dice.pick(peers), dice)
          if (dice.chance(0.3)) lab.flush()
        }
        lab.flush()
        lab.tick()
        lab.flush()
        expectEqual(...peers)
        const [ana] = peers
        const { store, sync } = ana.replica
        const seen = () =>
          JSON.stringify([
            store.tables.notes
              .getSnapshot()
              .map(({ id, title: t, tags, labels, ...rest }) => [id, `${t}`, [...tags].sort(), [...labels], rest]),
            store.tables.orders.get('all')?.items.toArray(),
          ])
        const edits = [...sync.entries.backwards()].filter(({ kind }) => kind === 'edit')
        while (edits.some(edit => store.isUndone(edit))) store.redo(edits)
        const before = seen()
        store.undo(edits)
        expect(store.tables.notes.getSnapshot()).toEqual([])
        store.redo(edits)
        expect(seen()).toBe(before)
        for (const edit of shuffled(edits, dice)) store.undo([edit])
        for (const edit of shuffled(edits, dice)) store.redo([edit])
        expect(seen()).toBe(before)
        lab.flush()
        expectEqual(...peers)
      }),
      { numRuns: 60 },
    )
  })
})
