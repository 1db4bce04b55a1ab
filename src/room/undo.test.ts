import { describe, expect, it, vi } from 'vitest'
import { defineSchema, table, text, value } from '../store/schema.ts'
import { createSimulation, type Simulation } from '../testing/simulation.ts'
import { createWorld } from '../testing/world.ts'
import { openLocalStore } from './io/local-store.ts'
import type { Room, SharedDocument } from './room.ts'
import type { UndoState } from './undo.ts'

const schema = defineSchema(
  'supermesh.test.undo',
  { version: 1 },
  { notes: table({ body: text(), stars: value(0) }, { change: 'own or author' }), outputs: table({ mime: value('') }) },
)
type S = typeof schema

const write = (room: SharedDocument<S>, id: string, body: string, label?: string) =>
  room.transact(tx => tx.notes.create({ body }, { id }), label === undefined ? {} : { label })
const type = (room: SharedDocument<S>, id: string, letters: string) => {
  for (const letter of letters) {
    room.transact(tx => {
      const { body } = tx.notes.get(id)
      body.splice(body.length, 0, letter)
    })
  }
}
const bodies = (room: SharedDocument<S>) =>
  Object.fromEntries(room.tables.notes.getSnapshot().map(({ id, body }) => [id, body.toString()]))

function anaAndBen() {
  const world = createWorld({ seed: 1 })
  const [ana, ben] = world.rooms(schema, ['ana', 'ben'])
  return { world, ana, ben }
}

describe.each<[string, () => SharedDocument<S>]>([
  ['a room', () => anaAndBen().ana],
  ['a local store', () => openLocalStore(schema)],
])('an undo manager of %s', (_, open) => {
  it('U5: takes back step by step, and says what the next steps are', () => {
    const room = open()
    const undo = room.undoManager()
    const states: unknown[] = []
    undo.subscribe(({ canUndo, canRedo, undoLabel, redoLabel }) =>
      states.push([canUndo, canRedo, undoLabel, redoLabel]),
    )
    write(room, 'a', 'one', 'Write')
    write(room, 'b', 'two', 'Write more')
    undo.undo()
    expect(bodies(room)).toEqual({ a: 'one' })
    undo.undo()
    undo.undo()
    expect(bodies(room)).toEqual({})
    undo.redo()
    undo.redo()
    undo.redo()
    expect(bodies(room)).toEqual({ a: 'one', b: 'two' })
    expect(states).toEqual([
      [true, false, 'Write', ''],
      [true, false, 'Write more', ''],
      [true, true, 'Write', 'Write more'],
      [false, true, '', 'Write'],
      [true, true, 'Write', 'Write more'],
      [true, false, 'Write more', ''],
    ])
  })

  it('U7: keeps to its scope, and never touches what else an edit wrote', () => {
    const room = open()
    const [notes, only] = [room.undoManager({ tables: ['notes'] }), room.undoManager({ records: ['a'] })]
    write(room, 'a', 'one')
    write(room, 'b', 'two')
    room.transact(tx => {
      tx.notes.create({ body: 'run' }, { id: 'c' })
      tx.outputs.create({ mime: 'text/plain' }, { id: 'o' })
    })
    only.undo()
    expect([bodies(room), only.getSnapshot().canUndo]).toEqual([{ b: 'two', c: 'run' }, false])
    notes.undo()
    notes.undo()
    expect([bodies(room), room.tables.outputs.has('o')]).toEqual([{ c: 'run' }, true])
  })

  it('U7: a scope in which nothing is, is a mistake', () => {
    const room = open()
    const codes = [{ tables: ['nope'] }, { tables: 'notes' }, { records: { notes: ['a'] } }, { mergeWithinMs: -1 }].map(
      options => {
        try {
          return room.undoManager(options as never)
        } catch (error) {
          return (error as { code: string }).code
        }
      },
    )
    expect(codes).toEqual(['table-unknown', 'option-invalid', 'option-invalid', 'option-invalid'])
  })

  it('U1: an edit is named, undone and redone by its name, and its past is told', () => {
    const room = open()
    const { id } = write(room, 'a', 'one')
    write(room, 'b', 'two')
    if (!id) throw new Error('nothing was written')
    const undone = room.undo(id)
    expect([bodies(room), room.undo(id).id]).toEqual([{ b: 'two' }, null])
    expect([...room.history()].map(({ kind, of, records, undone }) => [kind, of, records, undone])).toEqual([
      ['undo', [id], { notes: ['a'] }, false],
      ['edit', [], { notes: ['b'] }, false],
      ['edit', [], { notes: ['a'] }, true],
    ])
    expect([...room.history()][0]?.edit).toBe(undone.id)
    room.redo(id)
    expect(bodies(room)).toEqual({ a: 'one', b: 'two' })
    expect(() => undone.id && room.redo(undone.id)).toThrow('That is an undo')
    for (const nothing of ['', 'x.1', `${id}0`, '.', 'undefined.2']) {
      expect(() => room.undo(nothing as typeof id)).toThrow('There is no such edit')
    }
  })
})

/** Ana has done something and comes back without her disk; Ben, whom she does not hear yet, has all of it. */
function anaWithoutDisk(work: (ana: Room<S>, world: Simulation) => void) {
  const world = createSimulation({ seed: 1, diskless: true })
  const ana = world.join(schema, 'ana')
  world.join(schema, 'ben')
  work(ana.room, world)
  world.settle()
  world.kill('ana')
  world.partition([['ana'], ['ben']])
  return { world, room: world.join(schema, 'ana').room }
}

describe('an undo manager', () => {
  it('U5: takes back what the own person did, and nothing of others', () => {
    const { world, ana, ben } = anaAndBen()
    write(ana, 'a', 'mine')
    world.settleNow()
    ben.transact(tx => tx.notes.create({ body: 'yours' }, { id: 'b' }))
    world.settleNow()
    const undo = ana.undoManager()
    undo.undo()
    undo.undo()
    world.settleNow()
    expect([bodies(ana), bodies(ben)]).toEqual([{ b: 'yours' }, { b: 'yours' }])
    expect(undo.getSnapshot()).toMatchObject({ canUndo: false, canRedo: true })
  })

  it('U6: makes one step of what was typed without a pause', () => {
    const { world, ana } = anaAndBen()
    write(ana, 'a', '')
    const undo = ana.undoManager()
    world.pass(1000)
    type(ana, 'a', 'hello')
    world.pass(1000)
    type(ana, 'a', ' you')
    undo.undo()
    expect(bodies(ana)).toEqual({ a: 'hello' })
    undo.undo()
    expect(bodies(ana)).toEqual({ a: '' })
    undo.redo()
    expect(bodies(ana)).toEqual({ a: 'hello' })
  })

  it('U5: passes over what somebody else has undone', () => {
    const { world, ana, ben } = anaAndBen()
    write(ana, 'a', 'one')
    const { id } = write(ana, 'b', 'two')
    world.settleNow()
    const undo = ana.undoManager()
    if (id) ben.undo(id)
    world.settleNow()
    undo.undo()
    expect([bodies(ana), undo.getSnapshot().canUndo]).toEqual([{}, false])
  })

  it('U5: passes over what was written in a record that is gone, until it is back', () => {
    const { world, ana, ben } = anaAndBen()
    const [of, undo] = [ana.undoManager(), ben.undoManager()]
    write(ben, 'own', 'mine')
    write(ana, 'a', 'one')
    world.settleNow()
    type(ben, 'a', '!')
    world.settleNow()
    ana.transact(tx => tx.notes.remove('a'))
    world.settleNow()
    undo.undo()
    expect(bodies(ben)).toEqual({})
    expect(undo.getSnapshot().canUndo).toBe(false)
    of.undo()
    world.settleNow()
    expect(bodies(ben)).toEqual({ a: 'one!' })
    expect(undo.getSnapshot().canUndo).toBe(true)
    undo.undo()
    expect(bodies(ben)).toEqual({ a: 'one' })
  })

  it('U5: takes nothing along that somebody else wrote into what is undone', () => {
    const { world, ana, ben } = anaAndBen()
    write(ana, 'a', '')
    write(ana, 'b', 'mine')
    world.settleNow()
    ben.tables.notes.get('b')?.body.splice(4, 0, ' and yours')
    world.settleNow()
    const undo = ana.undoManager()
    undo.undo()
    expect(bodies(ana)).toEqual({ b: 'mine and yours' })
    expect(undo.getSnapshot().canUndo).toBe(false)
    // Whoever wrote it may take it away, and then it is a step again.
    ben.undoManager().undo()
    world.settleNow()
    undo.undo()
    expect(bodies(ana)).toEqual({})
  })

  it('U8: knows after a reload what it knew before', () => {
    const { world, ana } = anaAndBen()
    write(ana, 'a', 'one', 'Write')
    world.pass(1000)
    write(ana, 'b', 'two')
    world.pass(1000)
    write(ana, 'c', 'three')
    ana.undoManager().undo()
    world.settleNow()
    world.kill('ana')
    const [again] = world.rooms(schema, ['ana'])
    world.settleNow()
    const undo = again.undoManager()
    expect(undo.getSnapshot()).toEqual({ canUndo: true, canRedo: true, undoLabel: '', redoLabel: '' })
    undo.redo()
    undo.undo()
    undo.undo()
    expect(bodies(again)).toEqual({ a: 'one' })
    undo.redo()
    expect(bodies(again)).toEqual({ a: 'one', b: 'two' })
  })

  it('U8: knows what of earlier pages comes later, from others', () => {
    const { world, room } = anaWithoutDisk((ana, { pass }) => {
      write(ana, 'a', 'one')
      pass(1000)
      write(ana, 'b', 'two')
      pass(1000)
      ana.undoManager().undo()
    })
    const undo = room.undoManager()
    const heard: UndoState[] = []
    undo.subscribe(state => heard.push(state))
    world.pass(1000)
    write(room, 'c', 'three')
    expect(undo.getSnapshot()).toMatchObject({ canUndo: true, canRedo: false })
    undo.undo()
    world.heal()
    world.settle()
    expect(heard.at(-1)).toMatchObject({ canUndo: true, canRedo: true })
    undo.redo()
    expect(bodies(room)).toEqual({ a: 'one', c: 'three' })
    undo.undo()
    undo.undo()
    expect([bodies(room), undo.getSnapshot().canUndo]).toEqual([{}, false])
  })

  it('U8: forgets no step of this page for what comes late, however much was done since', () => {
    const { world, room } = anaWithoutDisk(ana => void write(ana, 'early', 'x'))
    world.pass(1000)
    write(room, 'a', 'mine')
    write(room, 'b', 'mine')
    const undo = room.undoManager({ records: ['a'] })
    for (let stars = 1; stars <= 20_100; stars++) {
      room.transact(tx => tx.notes.update('b', { stars }))
      if (stars % 1000 === 0) undo.getSnapshot()
    }
    world.heal()
    world.settle()
    expect(room.tables.notes.has('early')).toBe(true)
    undo.undo()
    expect(room.tables.notes.has('a')).toBe(false)
  })

  it('U8: takes back the latest first, though earlier pages did not know of each other and come in any order', () => {
    const world = createSimulation({ seed: 1, diskless: true })
    const first = world.join(schema, 'ana').room
    world.join(schema, 'ben')
    world.join(schema, 'cleo')
    world.partition([['ana', 'ben'], ['cleo']])
    write(first, 'old', '')
    for (let stars = 1; stars <= 10; stars++) first.transact(tx => tx.notes.update('old', { stars }))
    world.pass(5000)
    world.kill('ana')
    world.partition([['ana', 'cleo'], ['ben']])
    const second = world.join(schema, 'ana').room
    world.pass(5000)
    write(second, 'new', '')
    world.pass(5000)
    world.kill('ana')
    const { room } = world.join(schema, 'ana')
    const undo = room.undoManager()
    world.pass(5000)
    expect(undo.getSnapshot().canUndo).toBe(true)
    world.heal()
    world.settle()
    undo.undo()
    expect(bodies(room)).toEqual({ old: '' })
  })

  it('U8: knows what of earlier pages is in a snapshot that comes later', () => {
    const world = createSimulation({ seed: 1, snapshots: { horizon: 2, worth: 3 } })
    const before = world.join(schema, 'ana').room
    world.join(schema, 'ben')
    write(before, 'a', '')
    type(before, 'a', 'so much that a newcomer is given a snapshot of it')
    write(before, 'b', '')
    world.pass(10_000)
    world.settle()
    world.kill('ana')
    world.partition([['ana#2'], ['ben']])
    // Another disk, and the same person.
    const { room } = world.join(schema, 'ana#2')
    const undo = room.undoManager({ records: ['b'] })
    expect(undo.getSnapshot().canUndo).toBe(false)
    world.heal()
    world.settle()
    expect(world.faults.snapshots).toBe(1)
    expect(undo.getSnapshot().canUndo).toBe(true)
    undo.undo()
    expect(Object.keys(bodies(room))).toEqual(['a'])
  })

  it('U8: knows what came late wherever one is told of it', () => {
    const { world, room } = anaWithoutDisk(ana => void write(ana, 'a', ''))
    const undo = room.undoManager()
    expect(undo.getSnapshot().canUndo).toBe(false)
    const told: boolean[] = []
    room.tables.notes.subscribe(() => told.push(undo.getSnapshot().canUndo))
    room.changed.subscribe(() => told.push(undo.getSnapshot().canUndo))
    world.heal()
    world.settle()
    expect(told).toEqual([true, true])
  })

  it('U1: an undo needs the right to write what it changes', () => {
    const { world, ana } = anaAndBen()
    const [eve, vic] = [
      ...world.rooms(schema, ['eve'], { right: 'edit' }),
      ...world.rooms(schema, ['vic'], { right: 'view' }),
    ]
    const { id } = write(ana, 'a', 'mine')
    world.settleNow()
    const edited = ana.transact(tx => tx.notes.update('a', { stars: 3 })).id
    world.settleNow()
    const codes = [eve, vic].map((room: Room<S> | undefined) => {
      try {
        return edited && room?.undo(edited).id
      } catch (error) {
        return (error as { code: string }).code
      }
    })
    expect(codes).toEqual(['not-allowed', 'not-allowed'])
    expect(id && eve?.undo(id).id).toMatch(/^[0-9a-f]{32}\.\d+$/)
  })

  it('U5: says nothing when nothing is another', () => {
    const { ana } = anaAndBen()
    const undo = ana.undoManager()
    const heard = vi.fn()
    undo.subscribe(heard)
    write(ana, 'a', '')
    type(ana, 'a', 'hello')
    expect(heard).toHaveBeenCalledTimes(1)
    expect(undo.getSnapshot()).toBe(undo.getSnapshot())
  })

  it('U5: goes on when a snapshot has come, of which the own older steps are a part', () => {
    const world = createSimulation({ seed: 1, snapshots: { horizon: 2, worth: 3 } })
    const [ana, ben] = [world.join(schema, 'ana'), world.join(schema, 'ben')]
    write(ben.room, 'b', 'by Ben')
    write(ana.room, 'a', '')
    world.settle()
    const undo = ben.room.undoManager()
    expect(undo.getSnapshot().canUndo).toBe(true)
    world.partition([['ana', 'cleo'], ['ben']])
    type(ana.room, 'a', 'much that Ben does not hear of')
    world.join(schema, 'cleo')
    world.pass(10_000)
    world.kill('ana')
    ben.room.transact(tx => tx.notes.get('b').body.splice(6, 0, '!'))
    world.heal()
    world.settle()
    expect(world.faults.snapshots).toBe(2)
    expect(bodies(ben.room)).toEqual({ a: 'much that Ben does not hear of', b: 'by Ben!' })
    undo.undo()
    expect(bodies(ben.room).b).toBe('by Ben')
    expect(undo.getSnapshot()).toMatchObject({ canUndo: false, canRedo: true })
    undo.undo()
    undo.redo()
    type(ben.room, 'b', '?')
    expect(bodies(ben.room).b).toBe('by Ben!?')
    expect([...ben.room.history()].length).toBeGreaterThan(0)
  })
})
