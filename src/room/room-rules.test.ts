import { describe, expect, it } from 'vitest'
import { type Bytes, fromHex } from '../base/bytes.ts'
import { decodeMessage, encodeMessage, type Message } from '../protocol/message.ts'
import { defineSchema, table, text, value } from '../store/schema.ts'
import { createLab } from '../testing/lab.ts'
import { createDeferredTables } from './deferred-tables.ts'
import { greet, hello } from './greeting.ts'
import { defaultIdentity, peopleOf, readRoomPresence } from './people.ts'
import { PROBLEMS } from './problems.ts'
import { type RoomFacts, statusOf } from './status.ts'

const room = (byte: number) => new Uint8Array(16).fill(byte)

describe('the first words on a link', () => {
  it('M9: are a hello of the same protocol and room, and nothing else is read before', () => {
    const written = (message: Message) => encodeMessage(message, room(3))
    const say = (bytes: Bytes) => greet(room(1), decodeMessage(bytes, room(3)), bytes)
    expect(say(written(hello(room(1), fromHex('0a0b'))))).toEqual({
      type: 'welcome',
      introduction: fromHex('0a0b'),
      scopes: [0],
    })
    expect(say(written(hello(room(2), fromHex('0a0b'))))).toEqual({ type: 'turned-away', why: 'other-room' })
    expect(say(fromHex(`0103${'00'.repeat(30)}`))).toMatchObject({ why: 'newer', code: 'protocol-newer' })
    expect(say(fromHex(`0101${'00'.repeat(8)}`))).toMatchObject({ why: 'older' })
    expect(say(written({ type: 'frames', scope: 0, frames: [] }))).toEqual({
      type: 'turned-away',
      why: 'no-hello',
    })
    expect(say(fromHex('ff'))).toEqual({ type: 'turned-away', why: 'no-hello', code: 'message-unknown' })
  })
})

describe('who is here', () => {
  const person = 'ab'.repeat(32)

  it('P6: is one entry for each person, however many pages are open', () => {
    const own = { person, name: 'Ana', colour: '#112233', app: { cell: 'c1' } }
    const other = { ...own, app: { cell: 'c2' } }
    const stranger = { person: 'cd'.repeat(32), name: 'Ben', colour: '#445566', app: {} }
    const others = new Map([
      [2, { clock: 1, fields: stranger }],
      [1, { clock: 1, fields: other }],
      [3, { clock: 1, fields: stranger }],
    ])
    const people = peopleOf({ self: 9, clock: 1, own, others }, { peer: 'me', person }, client =>
      client === 3 ? null : { peer: `peer${client}`, person: client === 1 ? person : `peer${client}` },
    )
    expect(people.map(({ name, self, peers }) => [name, self, peers.map(({ id }) => id)])).toEqual([
      ['Ana', true, ['me', 'peer1']],
      ['Ben', false, ['peer2']],
    ])
    expect(people[0]?.peers.map(peer => peer.presence)).toEqual([{ cell: 'c1' }, { cell: 'c2' }])
  })

  it('P6: cannot trouble the page by what they call themselves', () => {
    const said = readRoomPresence({
      name: `\u202eevil\u0000${'n'.repeat(200)}`,
      colour: 'red;background:url(x)',
      app: ['no'],
    })
    expect(said).toEqual({ name: `evil${'n'.repeat(60)}`, colour: '#777777', app: {} })
    expect(readRoomPresence({ name: '\u200f ' }).name).toBe('Somebody')
  })

  it('have a name and a colour before they choose, always the same', () => {
    expect(defaultIdentity(person)).toEqual(defaultIdentity(person))
    expect(defaultIdentity(person).name).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
    expect(defaultIdentity('00'.repeat(32))).not.toEqual(defaultIdentity('01'.repeat(32)))
  })
})

describe('the status of a room', () => {
  const facts: RoomFacts = {
    phase: 'open',
    mesh: null,
    hasContent: true,
    durable: true,
    writing: false,
    unsaved: 0,
    agreeing: 0,
    problems: [],
  }
  const mesh = (connected: number, connecting: number, state: string) =>
    ({ connected, connecting, signaling: [{ url: 'wss://a', state }], problem: null }) as unknown as RoomFacts['mesh']

  it('says how it is linked and where edits are', () => {
    expect(statusOf(facts)).toMatchObject({ link: 'offline', saved: 'disk', content: 'ready', peers: 0 })
    expect(statusOf({ ...facts, mesh: mesh(2, 1, 'open') })).toMatchObject({ link: 'connected', peers: 2 })
    expect(statusOf({ ...facts, mesh: mesh(0, 1, 'closed') }).link).toBe('connecting')
    expect(statusOf({ ...facts, mesh: mesh(0, 0, 'open') }).link).toBe('alone')
    expect(statusOf({ ...facts, mesh: mesh(0, 0, 'closed') }).link).toBe('offline')
    expect(statusOf({ ...facts, writing: true, unsaved: 2 })).toMatchObject({ saved: 'saving', unsaved: 2 })
    expect(statusOf({ ...facts, durable: false, hasContent: false })).toMatchObject({
      saved: 'memory',
      content: 'waiting',
    })
  })

  it('tells each problem in sentences, with a next step', () => {
    const codes = new Set<string>()
    for (const problem of Object.values(PROBLEMS)) {
      codes.add(problem.code)
      expect(problem.sentence).toMatch(/^[A-Z].+\.$/)
      expect(problem.nextStep).toMatch(/^[A-Z].+\.$/)
    }
    expect(codes.size).toBe(Object.keys(PROBLEMS).length)
    expect(statusOf({ ...facts, problems: [PROBLEMS.quota] }).problems).toEqual([PROBLEMS.quota])
    const waiting = { ...facts, hasContent: false }
    expect(statusOf(waiting).problems).toEqual([PROBLEMS.nobodyHere])
    expect(statusOf({ ...waiting, problems: [PROBLEMS.keptLost] }).problems).toEqual([PROBLEMS.keptLost])
  })
})

describe('tables before the document is there', () => {
  it('are empty, and then the real ones, for whoever watched meanwhile', () => {
    const schema = defineSchema('test', { version: 1 }, { notes: table({ title: text(), stars: value(0) }) })
    const { store } = createLab(schema).open('ana').replica
    store.transact(tx => void tx.notes.create({}, { id: 'n' }))
    const { tables, resolve } = createDeferredTables(schema, () => {})
    const heard: string[] = []
    tables.notes.subscribe(() => heard.push('all'))
    tables.notes.subscribeTo('n', () => heard.push('n'))
    tables.notes.subscribe(() => heard.push('gone'))()
    expect([tables.notes.has('n'), tables.notes.getSnapshot(), tables.notes.where({})]).toEqual([false, [], []])
    expect(tables.notes.getSnapshot()).toBe(tables.notes.getSnapshot())
    resolve(store.tables)
    expect([heard.splice(0), tables.notes.get('n')?.stars]).toEqual([['all', 'n'], 0])
    store.transact(tx => tx.notes.update('n', { stars: 2 }))
    expect(heard.sort()).toEqual(['all', 'n'])
    expect(tables.notes.getSnapshot()).toBe(store.tables.notes.getSnapshot())
  })
})
