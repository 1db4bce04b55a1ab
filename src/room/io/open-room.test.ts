import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SupermeshError } from '../../base/error.ts'
import { createCell, createEmitter } from '../../base/subscribe.ts'
import type { MeshEvent, MeshStatus } from '../../mesh/mesh.ts'
import { formatLink, newLink, openDevice, parseLink, weakenLink } from '../../rights/index.ts'
import { defineSchema, table, value } from '../../store/schema.ts'
import { createIndexedDbKeeper } from '../../sync/io/indexeddb-keeper.ts'
import { createMemoryKeeper } from '../../sync/keeper.ts'
import { forgetRoom } from './forget-room.ts'
import { openRoom, type TransportContext } from './open-room.ts'

const schema = defineSchema(
  'test',
  { version: 1, presence: { at: value(0), note: value('') } },
  { notes: table({ stars: value(0) }) },
)
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

/** A transport to nobody, which notes what is asked of it. */
const transportTo =
  (sent: string[], wire = { status: createCell<MeshStatus>(NOBODY), events: createEmitter<MeshEvent>() }) =>
  () => ({
    ...wire,
    open: () => void sent.push('open'),
    send(to: string) {
      sent.push(to)
      return 'queued' as const
    },
    expel: (peer: string) => void sent.push(`expel ${peer}`),
    setSignaling: () => {},
    dispose: () => void sent.push('dispose'),
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
    const real = indexedDB
    const openOnly = vi.fn((name: string, layout?: number) =>
      name === 'supermesh-device' ? real.open(name, layout) : new EventTarget(),
    )
    vi.stubGlobal('indexedDB', { open: openOnly })
    const room = open()
    const ready = room.ready()
    await vi.waitFor(() => expect(openOnly.mock.lastCall?.[0]).toContain('supermesh-room'))
    await vi.advanceTimersByTimeAsync(5000)
    await ready
    expect(codes(room)).toContain('not-kept')
    room.dispose()
  })

  it('V2: fails for a while says so for that while', async () => {
    const real = createIndexedDbKeeper(link.room)
    const append = vi.fn(real.append)
    vi.mocked(createIndexedDbKeeper).mockReturnValue({ ...real, damaged: 0, append })
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
      await vi.waitFor(() => expect(room.status.getSnapshot().saved).toBe('disk'), 3000)
      expect(codes(room)).not.toContain(shown)
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
    expect(codes(room)).not.toContain('not-opened')
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

describe('a room that is opened again', () => {
  it('U8: tells who has waited for it that there is something to undo', async () => {
    const options = { schema, link, transport: transportTo([]) }
    const before = openRoom({ ...options, fill: tx => void tx.notes.create({ stars: 1 }, { id: 'n' }) })
    await before.ready()
    rate(before, 2)
    await before.flushed()
    before.dispose()
    const room = openRoom(options)
    const undo = room.undoManager()
    const heard: boolean[] = []
    undo.subscribe(({ canUndo }) => heard.push(canUndo))
    await room.ready()
    expect(heard).toEqual([true])
    undo.undo()
    expect(room.tables.notes.get('n')?.stars).toBe(1)
    room.dispose()
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
    room.trace.subscribe(() => {})
    room.refusals.subscribe(() => {})
    room.presence.set({ at: 1 })
    expect([room.tables.notes.getSnapshot(), room.me.getSnapshot(), room.me.can('own')]).toEqual([[], null, true])
    expect(room.status.getSnapshot().phase).toBe('opening')
    expect(() => room.transact(() => {})).toThrow('Wait for ready()')
    await new Promise(resolve => setTimeout(resolve, 0))
    expect(touched).toEqual([])
    room.dispose()
  })

  const looks: [string, (room: ReturnType<typeof open>) => () => void][] = [
    ['a table', room => room.tables.notes.subscribe(() => {})],
    ['a record', room => room.tables.notes.subscribeTo('n', () => {})],
    ['its status', room => room.status.subscribe(() => {})],
    ['its people', room => room.people.subscribe(() => {})],
    ['who one is', room => room.me.subscribe(() => {})],
    ['what happens', room => room.changed.subscribe(() => {})],
    ['a channel', room => room.channel('c').subscribe(() => {})],
    ['the own presence', room => room.presence.subscribe(() => {})],
  ]
  it.each(looks)('V4: opens for whoever looks at %s', async (_, look) => {
    const room = openRoom({ schema, link: newLink(), storage: 'memory' })
    const end = look(room)
    await vi.waitFor(() => expect(room.status.getSnapshot().phase).toBe('open'))
    end()
    room.dispose()
  })

  it('V4: is called what it was called before, and says what was said', async () => {
    const sent: string[] = []
    const room = openRoom({ schema, link: newLink(), storage: 'memory', transport: transportTo(sent) })
    room.rename('Ana')
    room.presence.set({ at: 7 })
    expect(() => room.presence.set({ note: 'x'.repeat(6000) })).toThrow('more than a page may say')
    await room.ready()
    const [me] = room.people.getSnapshot()
    expect([me?.name, me?.presence, room.me.getSnapshot()?.name]).toEqual(['Ana', { at: 7, note: '' }, 'Ana'])
    room.dispose()
  })

  it('V4: fills a room that was just made, and no other, and knows that there is nothing else', async () => {
    const fill = vi.fn()
    const own = newLink()
    const parsed = parseLink(formatLink(own))
    const links = [own, weakenLink(own, 'edit'), parsed.ok ? parsed.link : '', formatLink(own)]
    const seen = []
    for (const each of links) {
      const room = openRoom({ schema, link: each, storage: 'memory', fill })
      await room.ready()
      seen.push([fill.mock.calls.length, room.status.getSnapshot().content, room.link.fresh])
      room.dispose()
    }
    const known = [1, 'waiting', undefined]
    expect(seen).toEqual([[1, 'ready', undefined], known, known, known])
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
        return transportTo(sent, wire)()
      },
    })
    const refused: string[] = []
    room.refusals.subscribe(({ code }) => refused.push(code))
    await room.ready()
    expect(contexts[0]?.self).toBe(room.me.getSnapshot()?.peer)
    wire.events.emit({ type: 'peer-opened', peer: 'a'.repeat(32) })
    wire.events.emit({ type: 'message-arrived', from: 'a'.repeat(32), message: new Uint8Array([99]) })
    const edit = room.transact(tx => tx.notes.create({ stars: 3 }))
    expect(await edit.saved()).toBe('disk')
    expect(await keeper.load()).not.toEqual([])
    wire.events.emit({ type: 'peer-opened', peer: 'nobody' })
    room.dispose()
    expect(sent).toEqual(['open', 'a'.repeat(32), `expel ${'a'.repeat(32)}`, 'dispose'])
    expect(refused).toEqual(['message-unknown', 'peer-id-invalid'])
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

describe('a room that ends while it opens', () => {
  const steps: [string, (room: ReturnType<typeof open>, end: () => void) => void][] = [
    ['at once', (_, end) => end()],
    ['when its person is known', (room, end) => room.me.subscribe(end)],
    ['when people are', (room, end) => room.people.subscribe(end)],
    ['when its tables are there', (room, end) => room.tables.notes.subscribe(end)],
    ['when it is open', (room, end) => room.status.subscribe(({ phase }) => phase === 'open' && end())],
  ]
  it.each(steps)('V9: is closed for good, and never reaches anybody: %s', async (_, when) => {
    const sent: string[] = []
    const room = openRoom({ schema, link: newLink(), storage: 'memory', transport: transportTo(sent) })
    const ready = room.ready()
    when(room, () => room.dispose())
    await expect(ready).rejects.toMatchObject({ code: 'room-disposed' })
    expect(room.status.getSnapshot().phase).toBe('closed')
    expect(sent.filter(each => each === 'open')).toEqual([])
    await expect(room.flushed()).rejects.toMatchObject({ code: 'room-disposed' })
    for (const write of [() => room.transact(() => {}), () => room.rename('x'), () => room.presence.set({ at: 1 })]) {
      expect(write).toThrow('This room has been closed.')
    }
  })

  it('V9: stays closed whatever its disk and its transport do in the end', async () => {
    const keeper = { ...createMemoryKeeper(), durable: true }
    const append = vi.fn(keeper.append)
    const transport = () => ({
      ...transportTo([])(),
      dispose() {
        throw new Error('stuck')
      },
    })
    const room = openRoom({ schema, link: newLink(), storage: { ...keeper, append }, transport })
    await room.ready()
    let fail = () => {}
    append.mockImplementation(() => new Promise((_, reject) => (fail = () => reject(new Error('full')))))
    const waits = [room.transact(tx => tx.notes.create({})).saved(), room.flushed()]
    const outcomes = Promise.allSettled(waits)
    await vi.waitFor(() => expect(append).toHaveBeenCalled())
    expect(() => room.dispose()).toThrow('stuck')
    fail()
    const codes = (await outcomes).map(each => each.status === 'rejected' && each.reason.code)
    expect(codes).toEqual(['room-disposed', 'room-disposed'])
    expect(room.status.getSnapshot()).toMatchObject({ phase: 'closed', problems: [] })
  })
})

it('V4: a listener that throws, or that has gone, harms nobody', async () => {
  const thrown = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {})
  const room = openRoom({ schema, link: newLink(), storage: 'memory' })
  const heard: string[] = []
  const { notes } = room.tables
  notes.subscribe(() => {
    throw new Error('mine')
  })
  notes.subscribe(() => gone())
  const gone = notes.subscribe(() => heard.push('gone'))
  notes.subscribe(() => heard.push('here'))
  await room.ready()
  room.transact(tx => tx.notes.create({}))
  expect([room.status.getSnapshot().phase, heard]).toEqual(['open', ['here', 'here']])
  expect(thrown).toHaveBeenCalled()
  thrown.mockRestore()
  room.dispose()
})

it('V14: a room that is forgotten leaves nothing on its device, and is not forgotten while it is open', async () => {
  const visit = async (own: ReturnType<typeof newLink>) => {
    const room = openRoom({ schema, link: own, fill: tx => void tx.notes.create({}, { id: 'n' }) })
    await room.ready()
    await room.flushed()
    const seen = [room.tables.notes.has('n'), room.link.right, room.status.getSnapshot().content]
    room.dispose()
    return seen
  }
  const own = newLink()
  const weaker = weakenLink(own, 'edit')
  expect([await visit(own), await visit(weaker)]).toEqual(Array(2).fill([true, 'own', 'ready']))
  const device = await openDevice({ storage: 'indexeddb' })
  expect((await device.recentRooms()).length).toBe(1)

  const tab = openRoom({ schema, link: own })
  await tab.ready()
  await expect(forgetRoom(own.room)).rejects.toMatchObject({ code: 'room-open' })
  expect([tab.tables.notes.has('n'), (await device.recentRooms()).length]).toEqual([true, 1])
  tab.dispose()

  await forgetRoom(own.room)
  expect(await device.recentRooms()).toEqual([])
  device.dispose()
  expect(await visit(weaker)).toEqual([false, 'edit', 'waiting'])
})

describe('the browser', () => {
  const ask = async (userAgent: string, storage: object | undefined) => {
    vi.resetModules()
    vi.stubGlobal('navigator', { userAgent, storage })
    const { askToPersist } = await import('./persistence.ts')
    await Promise.all([askToPersist(), askToPersist()])
  }

  it('V20: is asked once to keep what is kept, unless it does, or would ask the person', async () => {
    const persist = vi.fn(async () => true)
    await ask('Chrome', { persist, persisted: async () => false })
    expect(persist).toHaveBeenCalledTimes(1)
    await ask('Chrome', { persist, persisted: async () => true })
    await ask('Firefox/140.0', { persist, persisted: async () => false })
    await ask('Chrome', undefined)
    expect(persist).toHaveBeenCalledTimes(1)
    await ask('Chrome', { persist: () => Promise.reject(new Error('no')), persisted: async () => false })
  })
})
