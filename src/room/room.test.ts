import { describe, expect, it } from 'vitest'
import { fromHex, toUtf8 } from '../base/bytes.ts'
import { encodeAwareness } from '../protocol/awareness.ts'
import { encodeMessage, type Message } from '../protocol/message.ts'
import type { JsonValue } from '../protocol/patch.ts'
import { defineSchema, list, ref, table, text, value } from '../store/schema.ts'
import { createSimulation } from '../testing/simulation.ts'
import { createWorld } from '../testing/world.ts'
import type { Refusal, RoomChange } from './room.ts'
import { createSaving } from './saving.ts'
import { codeOf, isNumber, personOf, schema, type TestRoom } from './test-room.ts'

function anaAndBen() {
  const world = createWorld({ seed: 1 })
  const [ana, ben] = world.rooms(schema, ['ana', 'ben'])
  return { world, ana, ben }
}

const note = (room: TestRoom, id: string) => room.transact(tx => tx.notes.create({ body: id }, { id }))

describe('an edit', () => {
  it('V5: has one name for everybody, and an author who is a person', () => {
    const { world, ana, ben } = anaAndBen()
    const heard = new Map<TestRoom, RoomChange[]>([ana, ben].map(room => [room, []]))
    for (const [room, changes] of heard) room.changed.subscribe(change => changes.push(change))
    const { id } = ana.transact(
      tx => {
        tx.notes.create({}, { id: 'n' })
        tx.lists.create({ items: ['n'] }, { id: 'l' })
      },
      { label: 'add' },
    )
    world.settleNow()
    const told = { edit: id, kind: 'edit', of: [], by: personOf(ana), records: { notes: ['n'], lists: ['l'] } }
    expect(heard.get(ana)).toEqual([{ ...told, local: true, label: 'add' }])
    expect(heard.get(ben)).toEqual([{ ...told, local: false }])
  })

  it('V6: is the one around it for a nested transaction, and none when nothing is written', async () => {
    const { ana } = anaAndBen()
    let inner: unknown
    const outer = ana.transact(tx => {
      tx.notes.create({}, { id: 'a' })
      inner = ana.transact(nested => nested.notes.create({}, { id: 'b' }))
      expect(outerId()).toBeNull()
    })
    function outerId() {
      return (inner as typeof outer).id
    }
    expect(inner).toBe(outer)
    expect(outer.id).not.toBeNull()
    const nothing = ana.transact(() => {})
    expect([nothing.id, await nothing.saved()]).toEqual([null, 'nothing'])
  })

  it('V6: that answers another is an edit of its own', () => {
    const { ana } = anaAndBen()
    const ids: unknown[] = []
    ana.changed.subscribe(({ records }) => {
      if (records.notes?.includes('a')) ids.push(note(ana, 'b').id)
    })
    ids.push(note(ana, 'a').id)
    expect(new Set(ids).size).toBe(2)
    expect(ids).not.toContain(null)
  })

  it('V7: is saved when it is on the disk, and not before', async () => {
    const { world, ana } = anaAndBen()
    const seen: string[] = []
    void note(ana, 'a')
      .saved()
      .then(place => seen.push(place))
    await Promise.resolve()
    expect(seen).toEqual([])
    await world.settle()
    expect(seen).toEqual(['disk'])
    expect(ana.status.getSnapshot()).toMatchObject({ saved: 'disk', agreeing: 1 })
  })

  it('V7: is saved when a peer holds it, where there is no disk', async () => {
    const simulation = createSimulation({ seed: 1, diskless: true })
    const [ana, ben] = ['ana', 'ben'].map(name => simulation.join(schema, name).room)
    if (!ana || !ben) throw new Error('nobody came')
    simulation.settle()
    simulation.partition([['ana'], ['ben']])
    const seen: string[] = []
    void note(ana, 'a')
      .saved()
      .then(place => seen.push(place))
    simulation.pass(10_000)
    await Promise.resolve()
    expect([seen, ana.status.getSnapshot().agreeing]).toEqual([[], 0])
    simulation.settle()
    await Promise.resolve()
    await Promise.resolve()
    expect([seen, ana.status.getSnapshot().saved]).toEqual([['peer'], 'memory'])
  })

  it('V7: is saved by whichever comes first, ends its wait by a signal, and with its room', async () => {
    const saving = createSaving()
    const abort = new AbortController()
    const waits = [saving.saved(1), saving.saved(2), saving.saved(3, abort.signal), saving.saved(4)]
    const outcomes = Promise.allSettled(waits)
    saving.reached('peer', 1)
    saving.reached('disk', 2)
    saving.reached('peer', 2)
    abort.abort('enough')
    saving.dispose()
    expect(
      (await outcomes).map(each => (each.status === 'fulfilled' ? each.value : (each.reason.code ?? each.reason))),
    ).toEqual(['peer', 'disk', 'enough', 'room-disposed'])
    await expect(saving.saved(2)).resolves.toBe('disk')
    await expect(saving.saved(9)).rejects.toMatchObject({ code: 'room-disposed' })
    await expect(createSaving().saved(9, AbortSignal.abort('late'))).rejects.toBe('late')
  })
})

describe('what passes', () => {
  it('P8: reaches everybody, a person on all pages, or one page, and says how many', () => {
    const world = createWorld({ seed: 1 })
    const [ana, ben, again] = world.rooms(schema, ['ana', 'ben', 'ben#2'])
    world.settleNow()
    const heard: string[] = []
    for (const [name, room] of Object.entries({ ben, again })) {
      room
        .channel<number>('n')
        .subscribe(({ body, person }) => heard.push(`${name} ${body} ${person === personOf(ana)}`))
    }
    const channel = ana.channel<number>('n')
    const page = ben.me.getSnapshot()?.peer ?? ''
    expect([channel.send(1), channel.send(2, { to: personOf(ben) }), channel.send(3, { to: page })]).toEqual([2, 2, 1])
    expect(channel.send(4, { to: 'nobody' })).toBe(0)
    world.settleNow()
    expect(heard.sort()).toEqual(['again 1 true', 'again 2 true', 'ben 1 true', 'ben 2 true', 'ben 3 true'])
  })

  it('P8: has bounds, and takes what JSON can hold', () => {
    const { ana } = anaAndBen()
    const channel = ana.channel<unknown>('c')
    expect(codeOf(() => channel.send('x'.repeat(1024 * 1024 - 1)))).toBe('message-too-large')
    expect(codeOf(() => channel.send({ at: Number.NaN }))).toBe('value-not-json')
    expect(codeOf(() => ana.channel('c'.repeat(65)))).toBe('name-unsafe')
    expect(codeOf(() => ana.channel(''))).toBe('name-unsafe')
  })
})

describe('what is present', () => {
  it('P7: is read by the schema, whatever another page says', () => {
    const world = createWorld({ seed: 1 })
    const loose = defineSchema('supermesh.test.room', { version: 4, presence: { at: value<unknown>(0) } }, {})
    const [ana] = world.rooms(schema, ['ana'])
    const [ben] = world.rooms(loose, ['ben'])
    const said = () => ana.people.getSnapshot().find(({ self }) => !self)?.presence
    const spoken = [5, 'x', null, 7].map(at => {
      ben.presence.set({ at })
      world.settleNow()
      return said()
    })
    expect(spoken.map(each => each?.at)).toEqual([5, 0, 0, 7])
    expect(said()).toEqual({ editing: '', at: 7 })
  })

  it('P7: is checked where it is set, and told when the room opens', () => {
    const { world, ana, ben } = anaAndBen()
    const set = (fields: object) => codeOf(() => ana.presence.set(fields))
    expect(set({ colour: 'red' })).toBe('field-unknown')
    expect(set({ at: 'x' })).toBe('value-wrong-type')
    expect(set({ editing: undefined, at: 2 })).toBeNull()
    expect(set({ editing: 'x'.repeat(6000) })).toBe('presence-too-large')
    world.settleNow()
    expect(ana.presence.getSnapshot()).toEqual({ editing: '', at: 2 })
    expect(ben.people.getSnapshot()[1]?.presence).toEqual({ editing: '', at: 2 })
  })

  it('P6: is, of a person with several pages, what the page says that spoke last', () => {
    const world = createWorld({ seed: 1 })
    const [ana, again, ben] = world.rooms(schema, ['ana', 'ana#2', 'ben'])
    const seen = () => ben.people.getSnapshot().find(({ self }) => !self)?.presence.editing
    for (const [room, said] of [
      [ana, 'one'],
      [again, 'two'],
      [ana, 'three'],
    ] as const) {
      room.presence.set({ editing: said })
      world.settleNow()
      expect(seen()).toBe(said)
    }
  })

  it('P6: leaves whoever stays as they are the same object', () => {
    const { world, ana, ben } = anaAndBen()
    world.settleNow()
    const [before] = ben.people.getSnapshot()
    ana.presence.set({ editing: 'x' })
    world.settleNow()
    expect(ben.people.getSnapshot()[0]).toBe(before)
  })
})

describe('a room', () => {
  it('V8: shows what was refused, and by whom it came', () => {
    let garble = false
    const simulation = createSimulation({
      seed: 1,
      rewrite: message => (garble ? Uint8Array.of(99, ...message) : message),
    })
    const [ana, ben] = ['ana', 'ben'].map(name => simulation.join(schema, name))
    const refused: Refusal[] = []
    ana?.room.refusals.subscribe(refusal => refused.push(refusal))
    simulation.settle()
    expect(refused).toEqual([])
    garble = true
    ben?.room.presence.set({ editing: 'x' })
    simulation.pass(100)
    expect(refused).toEqual([{ code: 'message-unknown', from: ben?.id }])
  })

  it('V8: turns away and tells whoever does not greet, and what nobody can read', () => {
    const simulation = createSimulation({ seed: 1 })
    const [ana, ben] = ['ana', 'ben'].map(name => simulation.join(schema, name))
    if (!ana || !ben) throw new Error('nobody came')
    const refused: string[] = []
    ana.room.refusals.subscribe(({ code, from }) => refused.push(`${code} ${from === ben.id}`))
    const heard: unknown[] = []
    ana.room.channel('c').subscribe(({ body }) => heard.push(body))
    const speak = (message: Message) => ben.transport.send(ana.id, encodeMessage(message, fromHex(ben.id)))
    speak({ type: 'direct', channel: 'c', body: toUtf8('{ no JSON') })
    speak({ type: 'direct', channel: 'c', body: toUtf8('{"yes":1}') })
    speak({ type: 'presence', update: encodeAwareness([{ client: 7, clock: 1, state: {} }]) })
    simulation.pass(200)
    expect([refused, heard]).toEqual([['value-not-json true', 'presence-refused true'], [{ yes: 1 }]])
    ana.transport.unlink(ben.id)
    expect([ana.room.people.getSnapshot().length, ana.room.status.getSnapshot().peers]).toEqual([1, 0])
    // The same page again, and no greeting this time.
    ana.transport.link(ben.id)
    const unasked = encodeMessage({ type: 'direct', channel: 'c', body: toUtf8('1') }, fromHex(ben.id))
    ana.transport.deliver(ben.id, unasked)
    expect([refused.at(-1), heard.length, ana.room.people.getSnapshot().length]).toEqual(['no-hello true', 1, 1])
  })

  it('P9: calls a person by a new name everywhere', () => {
    const { world, ana, ben } = anaAndBen()
    ana.rename('Ana Maria')
    world.settleNow()
    expect(ben.people.getSnapshot()[1]?.name).toBe('Ana Maria')
    expect(ana.me.getSnapshot()?.name).toBe('Ana Maria')
  })

  it('V9: that was closed says so, to whoever looks and whoever writes', async () => {
    const { world, ana, ben } = anaAndBen()
    const waiting = note(ana, 'a').saved()
    waiting.catch(() => undefined)
    ana.dispose()
    ana.dispose()
    await expect(waiting).rejects.toMatchObject({ code: 'room-disposed' })
    await expect(ana.ready()).rejects.toMatchObject({ code: 'room-disposed' })
    expect(codeOf(() => note(ana, 'b'))).toBe('room-disposed')
    expect(ana.status.getSnapshot().phase).toBe('closed')
    world.settleNow()
    expect(ben.people.getSnapshot()).toHaveLength(1)
  })

  it('V10: can be taken along as plain values', () => {
    const { ana } = anaAndBen()
    ana.transact(tx => {
      tx.notes.create({ body: 'b', tags: { one: 1 } }, { id: 'n' })
      tx.lists.create({ items: ['n'] }, { id: 'l' })
    })
    expect(JSON.parse(JSON.stringify(ana))).toEqual({
      schema: 'supermesh.test.room',
      version: 3,
      tables: {
        lists: { l: { items: ['n'] } },
        notes: { n: { body: 'b', tags: { one: 1 }, done: false } },
        minutes: {},
      },
    })
  })

  it('V11: says of what is not offered yet that it is not, by one error', async () => {
    const { ana } = anaAndBen()
    expect(codeOf(() => ana.jobs.serve('j', async () => null))).toBe('not-yet')
    for (const promise of [ana.blobs.put(new Blob([])), ana.jobs.request('j', null)]) {
      await expect(promise).rejects.toMatchObject({ code: 'not-yet' })
    }
  })

  it('V12: cannot be made of a schema that would not work', () => {
    const define = (tables: () => object, presence = {}, version = 1, id = 'x') =>
      codeOf(() => defineSchema(id, { version, presence }, tables() as Record<string, ReturnType<typeof table>>))
    const ok = () => ({ ok: table({ others: list(ref('ok')) }) })
    expect(define(ok)).toBeNull()
    expect(define(() => ({ version: table({}) }))).toBe('name-reserved')
    expect(define(() => ({ ok: table({ id: text() }) }))).toBe('name-reserved')
    expect(define(() => ({ 'a b': table({}) }))).toBe('name-unsafe')
    expect(define(() => ({ ok: table({ 'a b': text() }) }))).toBe('name-unsafe')
    expect(define(() => ({ ok: table({ other: ref('nobody') }) }))).toBe('table-unknown')
    expect(define(() => ({ ok: table({}, { remove: 'owner' as 'own' }) }))).toBe('rule-invalid')
    expect(define(() => ({ ok: table({ n: value('x', { accepts: isNumber }) }) }))).toBe('value-wrong-type')
    expect(define(ok, { caret: value() })).toBe('field-required')
    expect([0, -1, 1.5, Number.NaN].map(version => define(ok, {}, version))).toEqual(Array(4).fill('version-invalid'))
    expect(define(ok, {}, 1, '')).toBe('name-unsafe')
    expect(define(() => ({ _ok: table({}) }))).toBe('name-unsafe')
    for (const since of [0, 1.5, 3, '2' as unknown as number]) {
      expect(define(() => ({ ok: table({ body: text({ since }) }) }), {}, 2)).toBe('version-invalid')
    }
    const late = value<number>(undefined, { since: 2, accepts: isNumber })
    expect(define(() => ({ ok: table({ late }) }), {}, 2)).toBe('field-required')
    expect(define(() => ({ ok: table({ others: list(ref('ok'), { since: 2 }) }) }), {}, 2)).toBeNull()
    expect(define(ok, { caret: value(0, { since: 3 }) }, 2)).toBe('version-invalid')
    expect(define(() => ({ ok: { a: text() } }))).toBe('value-wrong-type')
    expect(define(() => ({ ok: table({ a: 'string' as unknown as ReturnType<typeof text> }) }))).toBe(
      'value-wrong-type',
    )
    expect(define(() => ({ ok: table({ a: list(text() as unknown as ReturnType<typeof value>) }) }))).toBe(
      'value-wrong-type',
    )
  })

  it('S14: a check that throws has not accepted', () => {
    const accepts = (said: unknown) => (said as string).trim() !== 'x'
    const strict = defineSchema('s', { version: 1 }, { rows: table({ word: value('', { accepts }) }) })
    const loose = defineSchema('s', { version: 1 }, { rows: table({ word: value<unknown>('') }) })
    const world = createWorld({ seed: 1 })
    const [ana] = world.rooms(strict, ['ana'])
    const [ben] = world.rooms(loose, ['ben'])
    ben.transact(tx => tx.rows.create({ word: 7 }, { id: 'r' }))
    world.settleNow()
    expect(ana.tables.rows.get('r')?.word).toBe('')
  })

  it('P1: what is nested too deep is refused, since what shows it calls itself', () => {
    const simulation = createSimulation({ seed: 1 })
    const [ana, ben] = ['ana', 'ben'].map(name => simulation.join(schema, name))
    if (!ana || !ben) throw new Error('nobody came')
    const codes: string[] = []
    ana.room.refusals.subscribe(({ code }) => codes.push(code))
    const deep = JSON.parse('['.repeat(2000) + ']'.repeat(2000)) as JsonValue
    const update = encodeAwareness([{ client: 7, clock: 9, state: { app: { editing: deep } } }])
    ben.transport.send(ana.id, encodeMessage({ type: 'presence', update }, fromHex(ben.id)))
    simulation.pass(200)
    expect(codes).toEqual(['presence-refused'])
    ana.room.rename('Ana')
    expect(ana.room.people.getSnapshot().map(({ name }) => name)).toEqual(['Ana', 'ben'])
  })
})
