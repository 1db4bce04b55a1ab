import { describe, expect, it } from 'vitest'
import { fromHex } from '../base/bytes.ts'
import { encodeMessage } from '../protocol/message.ts'
import { roomTag } from '../room/greeting.ts'
import { defineSchema, table, text } from '../store/schema.ts'
import { createLab, type LabPeer } from '../testing/lab.ts'
import { createSimulation } from '../testing/simulation.ts'

const schema = defineSchema('supermesh.test.scopes', { version: 1 }, { notes: table({ body: text() }) })
type Peer = LabPeer<typeof schema.tables>

const write = ({ replica: { store } }: Peer, id: string, body: string) =>
  store.transact(tx => void tx.notes.create({ body }, { id }))
const bodies = ({ replica: { store } }: Peer) => store.tables.notes.getSnapshot().map(({ body }) => body.toString())

/** Three people in one room: all follow the room itself, Ana and Cleo a document in it as well. */
function open() {
  const [room, document] = [createLab(schema), createLab(schema)]
  const [ana, ben, cleo] = ['ana', 'ben', 'cleo'].map(name => room.open(name)) as [Peer, Peer, Peer]
  const [anaToo, cleoToo] = ['ana', 'cleo'].map(name => document.open(name, { scope: 1 })) as [Peer, Peer]
  for (const [a, b] of [
    [ana, ben],
    [ana, cleo],
    [ben, cleo],
  ] as const)
    room.link(a, b)
  document.link(anaToo, cleoToo)
  const flush = () => {
    room.flush()
    document.flush()
  }
  return { room, document, ana, ben, cleo, anaToo, cleoToo, flush }
}

describe('two scopes in one room', () => {
  it('Y17: have logs of their own, though their authors are the same', () => {
    const { ana, ben, cleo, anaToo, cleoToo, flush } = open()
    write(ana, 'a', 'for all')
    write(anaToo, 'b', 'for two')
    flush()
    expect([ana, ben, cleo].map(bodies)).toEqual([['for all'], ['for all'], ['for all']])
    expect([anaToo, cleoToo].map(bodies)).toEqual([['for two'], ['for two']])
    const scopes = (peer: Peer) =>
      new Set(
        peer.effects.flatMap(effect =>
          effect.type === 'send' && 'scope' in effect.message ? [effect.message.scope] : [],
        ),
      )
    expect([ana, anaToo].map(peer => [...scopes(peer)])).toEqual([[0], [1]])
  })

  it('Y17: a snapshot is of one, and is given to none who asks for the other', () => {
    const { room, ana, anaToo, flush } = open()
    write(ana, 'a', 'for all')
    write(anaToo, 'b', 'for two')
    flush()
    const snapshot = anaToo.replica.sync.snapshot(0)
    const late = room.open('late', { snapshot })
    expect([bodies(late), late.effects]).toEqual([[], [expect.objectContaining({ code: 'scope-not-followed' })]])
    const asks = { type: 'message-arrived', from: late.id, message: { type: 'want-snapshot', scope: 1, covering: [] } }
    const before = ana.effects.length
    ana.replica.handle(asks as never)
    expect(ana.effects.slice(before)).toMatchObject([{ type: 'refused', code: 'scope-not-followed' }])
  })

  it('Y17: what was sealed in one is nothing in the other', () => {
    const { room, ana, ben, anaToo, flush } = open()
    write(ana, 'a', 'for all')
    write(anaToo, 'b', 'for two')
    flush()
    for (const scope of [0, 1]) {
      const message = { type: 'frames', scope, frames: anaToo.replica.sync.frames() } as const
      const late = room.open(`late ${scope}`)
      late.replica.handle({ type: 'message-arrived', from: ana.id, message })
      room.flush()
      const codes = late.effects.flatMap(effect => (effect.type === 'refused' ? [effect.code] : []))
      expect([bodies(late), [...new Set(codes)]]).toEqual([[], [scope === 0 ? 'seal-invalid' : 'scope-not-followed']])
    }
    expect(bodies(ben)).toEqual(['for all'])
  })

  it('Y17: who does not follow the room is sent nothing of it', () => {
    const simulation = createSimulation({ seed: 1 })
    const ana = simulation.join(schema, 'ana')
    const guest = 'bb'.repeat(16)
    const said: unknown[] = []
    ana.room.trace.subscribe(event => {
      if (event.type === 'sync-send') said.push(event)
    })
    ana.transport.link(guest)
    const introduction = fromHex('0a')
    const hello = {
      type: 'hello',
      protocol: 2,
      roomTag: roomTag(ana.room.link.room),
      introduction,
      scopes: [1],
    } as const
    ana.transport.deliver(guest, encodeMessage(hello, fromHex(guest)))
    ana.room.transact(tx => void tx.notes.create({ body: 'for all' }, { id: 'a' }))
    simulation.pass(3000)
    expect(said).toEqual([])
    ana.transport.unlink(guest)
    ana.transport.link(guest)
    ana.transport.deliver(guest, encodeMessage({ ...hello, scopes: [0, 1] }, fromHex(guest)))
    expect(said.length).toBeGreaterThan(0)
  })
})
