import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SupermeshError } from '../../base/error.ts'
import { createCell, createEmitter } from '../../base/subscribe.ts'
import type { MeshEvent, MeshStatus } from '../../mesh/mesh.ts'
import { newLink } from '../../rights/index.ts'
import { defineSchema, table, value } from '../../store/schema.ts'
import { openIndexedDbKeeper } from '../../sync/io/indexeddb-keeper.ts'
import { createMemoryKeeper } from '../../sync/keeper.ts'
import { openRoom, type TransportContext } from './open-room.ts'

const schema = defineSchema('test', { version: 1 }, { notes: table({ stars: value(0) }) })
const link = newLink()
const NOBODY: MeshStatus = { signaling: [], connecting: 0, connected: 0, problem: null }

vi.mock('../../sync/io/indexeddb-keeper.ts', { spy: true })

beforeEach(async () => {
  const fake = await import('fake-indexeddb')
  for (const [name, value] of Object.entries(fake)) if (name.startsWith('IDB')) vi.stubGlobal(name, value)
  vi.stubGlobal('indexedDB', new IDBFactory())
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.resetAllMocks()
})

const open = () => openRoom({ schema, link, fill: tx => void tx.notes.create({ stars: 1 }, { id: 'n' }) })
const codes = (room: ReturnType<typeof open>) => room.status.getSnapshot().problems.map(({ code }) => code)
const rate = (room: ReturnType<typeof open>, stars: number) => room.transact(tx => tx.notes.update('n', { stars }))

const stopClock = () => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

describe('a room whose disk', () => {
  it('V1: answers nothing opens in memory, and says so', async () => {
    stopClock()
    vi.stubGlobal('indexedDB', { open: () => new EventTarget() })
    const room = open()
    const ready = room.ready()
    await vi.advanceTimersByTimeAsync(4999)
    expect(room.status.getSnapshot().phase).toBe('opening')
    await vi.advanceTimersByTimeAsync(1)
    await ready
    expect(room.status.getSnapshot()).toMatchObject({ phase: 'open' })
    expect(codes(room)).toContain('not-kept')
    expect(room.tables.notes.get('n')?.stars).toBe(1)
    vi.useRealTimers()
    await room.flushed()
    expect(room.status.getSnapshot().saved).toBe('memory')
    expect(codes(room)).toContain('not-kept')
    room.dispose()
  })

  it('V1: answers for the device, and not for the room, opens in memory too', async () => {
    stopClock()
    vi.mocked(openIndexedDbKeeper).mockReturnValue(new Promise(() => undefined))
    const room = open()
    const ready = room.ready()
    await vi.waitFor(() => expect(openIndexedDbKeeper).toHaveBeenCalled())
    await vi.advanceTimersByTimeAsync(5000)
    await ready
    expect(codes(room)).toContain('not-kept')
    room.dispose()
  })

  it('V2: fails for a while says so for that while', async () => {
    const real = await openIndexedDbKeeper(link.room)
    const append = vi.fn(real.append)
    vi.mocked(openIndexedDbKeeper).mockResolvedValue({ ...real, durable: true, append })
    const room = open()
    await room.ready()
    await room.flushed()
    for (const [code, shown] of [
      ['quota', 'quota'],
      ['keeper-failed', 'not-kept'],
    ] as const) {
      append.mockRejectedValueOnce(new SupermeshError(code, 'No.'))
      rate(room, 2)
      await room.flushed()
      expect(codes(room)).toContain(shown)
      expect(room.status.getSnapshot().saved).toBe('memory')
      rate(room, 3)
      await room.flushed()
      expect(codes(room)).not.toContain(shown)
      expect(room.status.getSnapshot().saved).toBe('disk')
    }
    room.dispose()
  })
})

describe('a room that cannot be opened', () => {
  it('V3: says so, with a next step, instead of opening for ever', async () => {
    const fill = () => {
      throw new Error('nothing to begin with')
    }
    const room = openRoom({ schema, link, storage: 'memory', fill })
    await expect(room.ready()).rejects.toThrow('nothing to begin with')
    expect(room.status.getSnapshot().phase).toBe('failed')
    expect(codes(room)).toContain('not-filled')
    room.dispose()
  })

  it.each([
    ['', 'link-empty'],
    ['https://host.example/page', 'link-no-secret'],
    ['#1eAAAA', 'link-damaged'],
    [`#2${'x'.repeat(40)}`, 'link-newer-version'],
  ])('V3: a text that is no link is a state, and touches nothing: %s', async (link, code) => {
    const room = openRoom({ schema, link, storage: 'memory' })
    room.status.subscribe(() => {})
    await expect(room.ready()).rejects.toMatchObject({ code })
    expect(room.status.getSnapshot()).toMatchObject({ phase: 'failed', problems: [{ code }] })
    expect(() => openRoom({ schema, link: newLink(), signaling: ['http://signal.example'] })).toThrow('wss://')
    room.dispose()
  })

  it('V3: by a mistake of its page tells developers, who may never have asked for it', () => {
    const later = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {})
    const fill = () => Promise.resolve() as unknown as string
    const room = openRoom({ schema, link: newLink(), storage: 'memory', fill: fill as () => string })
    room.status.subscribe(() => {})
    return vi.waitFor(() => {
      expect(room.status.getSnapshot().phase).toBe('failed')
      expect(() => later.mock.calls[0]?.[0]()).toThrow('may not be async')
      later.mockRestore()
      room.dispose()
    })
  })
})

describe('a room that nobody has looked at', () => {
  /** What only an opened room may touch. */
  const WORLDLY = ['indexedDB', 'WebSocket', 'RTCPeerConnection', 'localStorage', 'BroadcastChannel', 'setInterval']

  it('V4: has touched nothing, and opens by the first look at it', async () => {
    const touched: string[] = []
    for (const name of WORLDLY) {
      const real: unknown = Reflect.get(globalThis, name)
      Object.defineProperty(globalThis, name, {
        configurable: true,
        get() {
          touched.push(name)
          return real
        },
      })
    }
    const room = openRoom({ schema, link: newLink(), signaling: ['ws://localhost:1'], storage: 'indexeddb' })
    const ends = [room.tables.notes.subscribe(() => {}), room.channel('c').subscribe(() => {})]
    expect([room.tables.notes.getSnapshot(), room.me.getSnapshot(), room.me.can('own')]).toEqual([[], null, true])
    expect(room.status.getSnapshot().phase).toBe('opening')
    expect(() => room.transact(() => {})).toThrow('Wait for ready()')
    await new Promise(resolve => setTimeout(resolve, 0))
    expect(touched).toEqual([])
    ends.push(room.status.subscribe(() => {}))
    await room.ready()
    expect(touched).toContain('indexedDB')
    for (const end of ends) end()
    room.dispose()
  })

  it('V4: ends a wait by its signal, and goes on opening', async () => {
    const room = openRoom({ schema, link: newLink(), storage: 'memory' })
    await expect(room.ready({ signal: AbortSignal.abort('not now') })).rejects.toBe('not now')
    await room.ready({ signal: AbortSignal.timeout(5000) })
    expect(room.status.getSnapshot().phase).toBe('open')
    room.dispose()
  })
})

describe('what a builder brings', () => {
  it('V13: a keeper and a transport of their own take the places of the disk and of WebRTC', async () => {
    const keeper = createMemoryKeeper()
    const wire = { status: createCell<MeshStatus>(NOBODY), events: createEmitter<MeshEvent>() }
    const sent: string[] = []
    const contexts: TransportContext[] = []
    const room = openRoom({
      schema,
      link,
      storage: { ...keeper, durable: true },
      transport(context) {
        contexts.push(context)
        return {
          ...wire,
          open: () => sent.push('open'),
          send(to) {
            sent.push(to)
            return 'queued'
          },
          expel: peer => sent.push(`expel ${peer}`),
          setSignaling: () => {},
          dispose: () => sent.push('dispose'),
        }
      },
    })
    await room.ready()
    expect(contexts[0]?.self).toBe(room.me.getSnapshot()?.peer)
    wire.events.emit({ type: 'peer-opened', peer: 'a'.repeat(32) })
    wire.events.emit({ type: 'message-arrived', from: 'a'.repeat(32), message: new Uint8Array([9]) })
    const edit = room.transact(tx => tx.notes.create({ stars: 3 }))
    expect(await edit.saved()).toBe('disk')
    expect(await keeper.load()).not.toEqual([])
    room.dispose()
    expect(sent).toEqual(['open', 'a'.repeat(32), `expel ${'a'.repeat(32)}`, 'dispose'])
  })
})

describe('the name of a person', () => {
  it('P9: is remembered on the device, cut where others would cut it, and made up when there is none', async () => {
    const names: string[] = []
    const visit = async (rename?: string, name?: string) => {
      const room = openRoom({ schema, link, ...(name !== undefined && { name }) })
      await room.ready()
      if (rename !== undefined) room.rename(rename)
      names.push(room.me.getSnapshot()?.name ?? '')
      // Written in order: when the next is read, so is this one.
      await room.flushed()
      room.dispose()
    }
    await visit()
    await visit(` Ana\u202e${'!'.repeat(100)}`)
    await visit()
    await visit('')
    await visit(undefined, '  ')
    const [made = '', called = ''] = names
    expect(made).toMatch(/^[A-Z][a-z]+ [A-Z][a-z]+$/)
    expect(called).toBe(`Ana${'!'.repeat(61)}`.slice(0, called.length))
    expect(called.length).toBeLessThanOrEqual(64)
    expect(names).toEqual([made, called, called, made, made])
  })
})
