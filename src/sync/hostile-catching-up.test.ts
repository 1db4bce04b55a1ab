import { sha256 } from '@noble/hashes/sha2.js'
import { describe, expect, it } from 'vitest'
import { type Bytes, fromHex } from '../base/bytes.ts'
import type { Message } from '../protocol/message.ts'
import { createUndoManagers } from '../room/undo.ts'
import { createDice } from '../testing/dice.ts'
import { createSeat, edit, introduction, type Seat } from '../testing/hostile.ts'
import { createLab, LAB_ROOM, type Lab, type LabPeer, labStore } from '../testing/lab.ts'
import { type LifeTables, lifeSchema } from '../testing/life.ts'
import { harmlessPatch } from '../testing/pen.ts'

type Peer = LabPeer<LifeTables>

const POLICY = { horizon: 5, worth: 20, keepsHistory: false }
const STRANGER = 'f'.repeat(32)

const create = ({ replica: { store } }: Peer) => store.transact(tx => void tx.notes.create({ title: '' }, { id: 'n' }))
const type = ({ replica: { store } }: Peer, words: string) =>
  [...words].map(
    character =>
      store.transact(tx => {
        const { title } = tx.notes.get('n')
        title.splice(title.length, 0, character)
      }) as { store: number; sequence: number },
  )
const title = ({ replica: { store } }: Peer) => store.tables.notes.get('n')?.title.toString()
const tell = ({ replica }: Peer, from: string, message: Message) =>
  replica.handle({ type: 'message-arrived', from, message })
const reach = ({ replica }: Peer, author: string) => replica.sync.vector().get(author) ?? 0
const codes = ({ effects }: Peer) => effects.flatMap(effect => (effect.type === 'refused' ? effect.code : []))

function settle(lab: Lab<LifeTables>, beats: number): void {
  for (let i = 0; i < beats; i++) {
    lab.flush()
    lab.tick()
  }
  lab.flush()
}

function open() {
  const lab = createLab(lifeSchema)
  const ana = lab.open('ana', { snapshots: POLICY })
  create(ana)
  lab.flush()
  return { lab, ana }
}

/** Has somebody ask a seat for a snapshot, and gives it one. */
function vouch(peer: Peer, seat: Seat, bytes: Bytes, base = 98): void {
  const vector = [{ author: seat.author, sequence: 99, base }]
  tell(peer, seat.id, { type: 'vector', scope: 0, vector })
  const checkpoint = seat.whisper([{ kind: 'checkpoint', payload: sha256(bytes) as Bytes }])
  tell(peer, seat.id, { type: 'snapshot', scope: 0, vouched: { checkpoint, bytes } })
}

describe('who asks for snapshots without end', () => {
  it('Y38: makes no log grow, even by the words of two for each other', () => {
    const { lab, ana } = open()
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    create(ben)
    settle(lab, 2)
    const before = reach(ana, ana.id) + reach(ana, ben.id)
    for (let i = 0; i < 300; i++) {
      for (const peer of [ana, ben]) {
        const covering = [...peer.replica.sync.vector()].map(([id, sequence]) => ({ author: fromHex(id), sequence }))
        for (let j = 0; j < 3; j++) tell(peer, STRANGER, { type: 'want-snapshot', scope: 0, covering })
      }
      settle(lab, 1)
    }
    expect(reach(ana, ana.id) + reach(ana, ben.id) - before).toBeLessThan(5)
  })

  it('Y38: makes it grow no faster than hearts beat, while somebody writes', () => {
    const { lab, ana } = open()
    for (let i = 0; i < 100; i++) {
      type(ana, 'a')
      lab.flush()
      const covering = [{ author: ana.author, sequence: reach(ana, ana.id) }]
      tell(ana, STRANGER, { type: 'want-snapshot', scope: 0, covering })
      lab.flush()
      if (i % 10 === 0) lab.tick()
    }
    // Its introduction, a page, and what it typed.
    expect(reach(ana, ana.id) - 102).toBeLessThan(3)
  })

  it('Y38: and who waits is answered when there may be another', () => {
    const { lab, ana } = open()
    const asked = () =>
      ana.effects.filter(effect => effect.type === 'send' && effect.message.type === 'snapshot').length
    for (let i = 1; i < 4; i++) {
      type(ana, 'a')
      lab.flush()
      tell(ana, STRANGER, {
        type: 'want-snapshot',
        scope: 0,
        covering: [{ author: ana.author, sequence: reach(ana, ana.id) }],
      })
      settle(lab, 11)
      expect(asked()).toBe(i)
    }
  })
})

describe('who promises a snapshot and never sends it', () => {
  it('Y39: keeps nobody from the frames of others, however many they are', () => {
    const { lab, ana } = open()
    type(ana, 'short')
    lab.flush()
    const ben = lab.open('ben', { snapshots: { ...POLICY, worth: 1000 } })
    const liars = Array.from({ length: 20 }, (_, i) => `${i}`.padStart(32, 'f'))
    for (const peer of liars) ben.replica.handle({ type: 'peer-joined', peer })
    const lies = () => {
      for (const liar of liars) {
        tell(ben, liar, { type: 'vector', scope: 0, vector: [{ author: fromHex(liar), sequence: 9, base: 8 }] })
      }
    }
    lies()
    lab.link(ana, ben)
    for (let i = 0; i < 40; i++) {
      lab.tick()
      lies()
      lab.flush()
    }
    expect(title(ben)).toBe('short')
  })
})

describe('who gives the same snapshot again', () => {
  it('Y39: is asked for frames', () => {
    const seat = createSeat(LAB_ROOM, 'villain')
    const { lab, ana } = open()
    const ben = lab.open('ben', { snapshots: POLICY })
    tell(ana, seat.id, { type: 'frames', scope: 0, frames: [seat.say([introduction('villain')])] })
    lab.flush()
    const bytes = ana.replica.sync.snapshot(5)
    vouch(ben, seat, bytes)
    lab.flush()
    for (let i = 0; i < 40; i++) {
      vouch(ben, seat, bytes, 0)
      settle(lab, 1)
    }
    expect(ben.effects.filter(effect => effect.type === 'replaced')).toHaveLength(1)
    expect(codes(ben)).toContain('snapshot-too-old')
    expect(ben.effects.filter(effect => effect.type === 'send' && effect.message.type === 'want')).not.toEqual([])
  })
})

describe('a snapshot that speaks of who takes it', () => {
  function whoSaid(words: string) {
    const lab = createLab(lifeSchema)
    const ben = lab.open('ben', { snapshots: POLICY })
    create(ben)
    type(ben, words)
    lab.flush()
    return { lab, ben }
  }

  it('Y40: says nothing that they have not said', () => {
    const seat = createSeat(LAB_ROOM, 'villain')
    const [said, invented] = [whoSaid('true'), whoSaid('a lie')]
    const first = seat.say([introduction('villain')])
    tell(invented.ben, seat.id, { type: 'frames', scope: 0, frames: [first] })
    invented.lab.flush()
    vouch(said.ben, seat, invented.ben.replica.sync.snapshot(5))
    said.lab.flush()
    expect(codes(said.ben)).toEqual(['snapshot-not-vouched'])
  })
})

describe('what waits when a snapshot comes', () => {
  it('Y41: is believed by nothing that was asked about it before', () => {
    const dice = createDice(1)
    const [one, two] = [createSeat(LAB_ROOM, 'two-faced'), createSeat(LAB_ROOM, 'two-faced')] as const
    const villain = createSeat(LAB_ROOM, 'villain')
    const { lab, ana } = open()
    const ben = lab.open('ben', { snapshots: POLICY })
    const frames = [two.say([introduction('two')]), villain.say([introduction('villain')])]
    tell(ana, STRANGER, { type: 'frames', scope: 0, frames })
    lab.flush()
    tell(ben, STRANGER, { type: 'frames', scope: 0, frames: [one.say([introduction('one')])] })
    lab.flush()
    const follows = one.say([edit(harmlessPatch(dice, one.pen(), 'n'))])
    tell(ben, STRANGER, { type: 'frames', scope: 0, frames: [follows] })
    vouch(ben, villain, ana.replica.sync.snapshot(5))
    // The seal of the snapshot is opened first.
    ben.seals.pop()?.()
    lab.flush()
    expect(ben.effects.map(effect => effect.type)).toContain('replaced')
    expect(codes(ben)).toEqual(['seal-invalid'])
    expect(reach(ben, one.id)).toBe(1)
  })
})

describe('who has no frames of what is here', () => {
  it('Y40: does not give it away for a snapshot that has more, and lacks it', () => {
    const { lab, ana } = open()
    type(ana, 'a text of which there is nothing but a snapshot')
    lab.flush()
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    settle(lab, 4)
    lab.unlink(ana, ben)
    const before = title(ben)
    expect([before, reach(ben, ana.id) > 0]).toEqual([title(ana), true])
    const villain = createSeat(LAB_ROOM, 'villain')
    const other = lab.open('other')
    tell(other, villain.id, { type: 'frames', scope: 0, frames: [villain.say([introduction('villain')])] })
    lab.flush()
    vouch(ben, villain, other.replica.sync.snapshot(0))
    lab.flush()
    expect(codes(ben)).toContain('snapshot-too-old')
    expect(title(ben)).toBe(before)
  })
})

describe('what is forgotten', () => {
  it('Y42: is no edit any more, for whoever asks', () => {
    const { lab, ana } = open()
    const [old] = type(ana, 'a long text of which the beginning is forgotten')
    lab.flush()
    const { store } = lab.open('ben', { snapshot: ana.replica.sync.snapshot(5) }).replica
    expect(store.explain(old as never)).toBe(null)
    for (const go of [store.undo, store.redo]) {
      expect(() => go([old as never])).toThrow(expect.objectContaining({ code: 'edit-forgotten' }))
    }
  })

  it('Y42: is no step of an undo manager any more, and what follows is', () => {
    const { lab, ana } = open()
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    settle(lab, 1)
    const { store, sync } = ben.replica
    const ledger = {
      ...{ store, entries: sync.entries, personOf: () => null, earlierPages: () => ({ all: false, entries: [] }) },
      self: { store: labStore(ben.author), person: null, filled: false },
    }
    const [before, after] = [0, 1].map(() =>
      createUndoManagers(lifeSchema, () => ledger as never, { subscribe: () => () => {} })(),
    )
    store.transact(tx => tx.notes.update('n', { stars: 4 }))
    settle(lab, 1)
    expect(before?.getSnapshot().canUndo).toBe(true)
    lab.unlink(ana, ben)
    type(ana, 'a long text that is written meanwhile')
    lab.flush()
    lab.link(ana, ben)
    settle(lab, 12)
    expect(sync.entries.first(labStore(ben.author))).toBeGreaterThan(2)
    expect([before?.getSnapshot().canUndo, after?.getSnapshot().canUndo]).toEqual([false, false])
    before?.undo()
    store.transact(tx => tx.notes.update('n', { stars: 5 }))
    for (const manager of [before, after]) expect(manager?.getSnapshot().canUndo).toBe(true)
  })

  it('Y42: is waited for when the own disk has an undo of it', () => {
    const { lab, ana } = open()
    const [old] = type(ana, 'a long text of which the first letter goes')
    lab.flush()
    const snapshot = ana.replica.sync.snapshot(5)
    const ben = lab.open('ben', { snapshots: POLICY })
    lab.link(ana, ben)
    settle(lab, 12)
    ana.replica.store.undo([old as never])
    type(ana, '!')
    lab.flush()
    const again = lab.open('again', { snapshot, restored: ana.kept, snapshots: POLICY })
    expect([title(again), codes(again)]).toEqual(['a long text of which the first letter goes', []])
    lab.link(again, ana)
    settle(lab, 30)
    expect(title(again)).toBe(' long text of which the first letter goes!')
    expect(again.replica.store.describe()).toEqual(ana.replica.store.describe())
  })
})
