import { sha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type Bytes, concatBytes } from '../base/bytes.ts'
import { createReader, createWriter, decodeWith } from '../protocol/codec.ts'
import { writeAll } from '../protocol/columns.ts'
import { Cursor, readCursor, writeCursor } from '../protocol/patch-state.ts'
import { readStore } from '../store/saved-store.ts'
import { createDice, type Dice } from '../testing/dice.ts'
import { createSeat, edit, introduction, mangle } from '../testing/hostile.ts'
import { createLab, LAB_ROOM, type LabPeer, labStore } from '../testing/lab.ts'
import { act, type LifeTables, lifeSchema } from '../testing/life.ts'
import { harmlessPatch } from '../testing/pen.ts'
import { createPlacesReader } from './saved-places.ts'
import { readSnapshot, type SnapshotOf } from './snapshot.ts'

type Peer = LabPeer<LifeTables>

const OF: SnapshotOf = { room: LAB_ROOM, scope: 0, storeOf: labStore }
const PORT = { save() {}, read: readStore, restore() {} }
const read = (bytes: Bytes) => readSnapshot(bytes, OF, PORT)
const POLICY = { horizon: 30, worth: 1, vouches: true }
/** Far above what reading a few thousand bytes takes, on a machine that is busy. */
const PATIENCE_MICROSECONDS = 1_000_000

afterEach(() => void vi.restoreAllMocks())

/** What a villain may vouch for: Ana and Ben have lived, and know it. */
function lived(seed: number) {
  const lab = createLab(lifeSchema)
  const dice = createDice(seed)
  const seat = createSeat(LAB_ROOM, `villain ${seed}`)
  const [ana, ben] = [lab.open('ana'), lab.open('ben')]
  lab.link(ana, ben)
  const frames = [seat.say([introduction('villain')])]
  ana.replica.handle({ type: 'message-arrived', from: seat.id, message: { type: 'frames', scope: 0, frames } })
  for (let done = 0; done < 60; ) {
    done += act(dice.pick([ana, ben]), dice)
    if (dice.chance(0.4)) lab.flush()
  }
  lab.flush()
  return { lab, dice, seat, ana, ben }
}

/** Runs something that does not take long. */
function promptly<T>(run: () => T): T {
  const start = process.cpuUsage()
  const result = run()
  const { user, system } = process.cpuUsage(start)
  expect(user + system).toBeLessThan(PATIENCE_MICROSECONDS)
  return result
}

describe('reading a snapshot', () => {
  it('Y44: takes what nobody has written to, after a patch that was refused half way, for nowhere', () => {
    const writer = createWriter()
    writeCursor(writer, Object.assign(new Cursor(1), { table: '__proto__', record: 'polluted', key: 'r.x' }))
    expect(readCursor(createReader(writer.finish()))).toMatchObject({ table: '', record: '', key: '' })
  })

  it('Y44: keeps no more of what authors had seen than there is room for', () => {
    const ids = Array.from({ length: 20_000 }, (_, i) => `${i}`)
    const writer = createWriter()
    writeAll(writer, ids.slice(1), (_, i) => {
      for (const number of [1, 1, 0, 1, i + 1, 1]) writer.varuint(number)
    })
    const places = decodeWith(writer.finish(), reader => createPlacesReader(reader, ids)('0'))
    expect(places).toEqual({ ok: false, code: 'too-long' })
  })

  it('Y44: is possible though somebody has said that years were between two frames', () => {
    const lab = createLab(lifeSchema)
    const seat = createSeat(LAB_ROOM, 'a long time ago')
    const ana = lab.open('ana')
    const dice = createDice(1)
    const years = { elapsed: Number.MAX_SAFE_INTEGER }
    const frames = [seat.say([introduction('long ago')], years)]
    for (let i = 0; i < 2; i++) frames.push(seat.say([edit(harmlessPatch(dice, seat.pen(), 'n'))], years))
    ana.replica.handle({ type: 'message-arrived', from: seat.id, message: { type: 'frames', scope: 0, frames } })
    lab.flush()
    expect(read(ana.replica.sync.snapshot(0)).ok).toBe(true)
  })

  it('Y44: refuses what is cut off anywhere', () => {
    const bytes = lived(1).ana.replica.sync.snapshot(20)
    for (let length = 0; length < bytes.length; length++) expect(read(bytes.slice(0, length)).ok).toBe(false)
    expect(read(bytes).ok).toBe(true)
  })

  it('Y44: never throws, and takes no longer than there are bytes', () => {
    const bytes = [1, 2, 3].map(seed => lived(seed).ana.replica.sync.snapshot(20))
    fc.assert(
      fc.property(fc.nat(), seed => {
        const dice = createDice(seed)
        promptly(() => read(mangle(dice.pick(bytes), dice)))
        promptly(() => read(dice.bytes(dice.roll(300))))
        promptly(() => read(concatBytes(dice.pick(bytes).slice(0, 18), dice.bytes(dice.roll(300)))))
      }),
      { numRuns: 600 },
    )
  })
})

/** Writes a snapshot in which one or two numbers are others. */
function lie(dice: Dice, write: () => Bytes): Bytes {
  const writer = Object.getPrototypeOf(createWriter()) as ReturnType<typeof createWriter>
  const { varuint, byte } = writer
  let written = 0
  let lies: readonly number[] = []
  const other = (value: number) =>
    dice.pick([0, 1, 2, 3, value + 1, Math.max(0, value - 1), value * 2, dice.roll(300), 2 ** 31, 2 ** 47, 2 ** 53 - 1])
  vi.spyOn(writer, 'varuint').mockImplementation(function (this: unknown, value: number) {
    varuint.call(this, lies.includes(written++) ? Math.min(other(value), Number.MAX_SAFE_INTEGER) : value)
  })
  vi.spyOn(writer, 'byte').mockImplementation(function (this: unknown, value: number) {
    byte.call(this, lies.includes(written++) ? dice.roll(4) : value)
  })
  try {
    write()
    lies = [dice.roll(written), dice.roll(written)].slice(dice.roll(2))
    written = 0
    return write()
  } finally {
    vi.restoreAllMocks()
  }
}

/** Everything that somebody who has a document may do with it. */
function use(lab: ReturnType<typeof lived>['lab'], peer: Peer, dice: Dice): void {
  const { store, sync } = peer.replica
  look(peer)
  for (const entry of [...sync.entries.backwards()]) {
    store.explain(entry)
    if (entry.kind === 'edit') store.takenAlong(entry)
    if (entry.kind !== 'edit' || dice.chance(0.5)) continue
    store.undo([entry])
    if (dice.chance(0.5)) store.redo([entry])
  }
  look(peer)
  for (let i = 0; i < 30; i++) act(peer, dice)
  lab.flush()
  look(peer)
  const vector = [...sync.vector()].map(([, sequence]) => ({ author: peer.author, after: 0, upTo: sequence }))
  const want = { type: 'want', scope: 0, ranges: vector } as const
  peer.replica.handle({ type: 'message-arrived', from: 'f'.repeat(32), message: want })
  sync.frames()
  for (const horizon of [Number.POSITIVE_INFINITY, 7, 0]) {
    const again = read(sync.snapshot(horizon))
    expect(again).toMatchObject({ ok: true })
  }
}

function look({ replica: { store } }: Peer): void {
  for (const { title, tags, likes, labels } of store.tables.notes.getSnapshot()) {
    expect(title.toString()).toHaveLength(title.length)
    for (let i = 0; i <= title.length; i++) title.indexOf(title.anchor(i, 'before'))
    JSON.stringify([[...tags], likes, [...labels]])
  }
  for (const { items } of store.tables.orders.getSnapshot()) expect(items.toArray()).toHaveLength(items.length)
  store.describe()
  store.fingerprint()
}

describe('a snapshot that somebody vouches for', () => {
  it('Y37: may say what it likes: it is refused, or can be lived with', () => {
    const names = Reflect.ownKeys(Object.prototype).length
    const ends = new Map<string, number>()
    fc.assert(
      fc.property(fc.nat(), seed => {
        const { lab, dice, seat, ana } = lived(seed % 40)
        const bytes = lie(createDice(seed), () => ana.replica.sync.snapshot(dice.pick([5, 30, 1000])))
        const cleo = lab.open('cleo', { snapshots: POLICY })
        const from = seat.id
        const vector = [{ author: seat.author, sequence: 9, base: 5 }]
        cleo.replica.handle({ type: 'message-arrived', from, message: { type: 'vector', scope: 0, vector } })
        const checkpoint = seat.whisper([{ kind: 'checkpoint', payload: sha256(bytes) as Bytes }])
        const message = { type: 'snapshot', scope: 0, vouched: { checkpoint, bytes } } as const
        promptly(() => {
          cleo.replica.handle({ type: 'message-arrived', from, message })
          lab.flush()
        })
        const end = cleo.effects.find(effect => effect.type === 'replaced' || effect.type === 'refused')
        const code = end?.type === 'refused' ? end.code : 'replaced'
        ends.set(code, (ends.get(code) ?? 0) + 1)
        if (end?.type !== 'replaced') return
        promptly(() => {
          lab.link(cleo, ana)
          use(lab, cleo, dice)
          for (let i = 0; i < 20; i++) act(ana, dice)
          lab.flush()
          lab.tick()
          lab.flush()
          look(cleo)
        })
        expect(Reflect.ownKeys(Object.prototype)).toHaveLength(names)
      }),
      { numRuns: 150 },
    )
    expect(ends.get('replaced')).toBeGreaterThan(10)
    expect(ends.size).toBeGreaterThan(5)
  })
})
