/** Rooms on disks that fail, are slow, are taken away or damaged: real IndexedDB code over an invented database. */
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb'
import { deleteDB, openDB } from 'idb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { toHex } from '../../base/bytes.ts'
import { SupermeshError } from '../../base/error.ts'
import { doubtLog } from '../../base/io/fresh-log.ts'
import { createCell, createEmitter, type Emitter } from '../../base/subscribe.ts'
import type { MeshEvent, MeshStatus, Transport } from '../../mesh/mesh.ts'
import { newLink } from '../../rights/index.ts'
import { defineSchema, table, value } from '../../store/schema.ts'
import { createMemoryKeeper } from '../../sync/keeper.ts'
import { forgetRoom } from './forget-room.ts'
import { openRoom, type RoomOptions, type TransportContext } from './open-room.ts'

const schema = defineSchema('test', { version: 1 }, { notes: table({ stars: value(0) }) })
let link = newLink()
let opened: IDBDatabase[] = []
const nameOf = () => `supermesh-room-${toHex(link.room)}`

beforeEach(async () => {
  const fake = await import('fake-indexeddb')
  for (const [name, value] of Object.entries(fake)) if (name.startsWith('IDB')) vi.stubGlobal(name, value)
  const factory = new IDBFactory()
  const { open } = factory
  factory.open = (...name) => {
    const request = open.apply(factory, name)
    request.addEventListener('success', () => opened.push(request.result))
    return request
  }
  vi.stubGlobal('indexedDB', factory)
  link = newLink()
  opened = []
})
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})

const open = (options: Partial<RoomOptions<typeof schema>> = {}) => openRoom({ schema, link, ...options })
type OpenRoom = ReturnType<typeof open>
const write = (room: OpenRoom, id: string) => room.transact(tx => void tx.notes.create({}, { id }))
const statusOf = (room: OpenRoom) => room.status.getSnapshot()
const codes = (room: OpenRoom) => statusOf(room).problems.map(({ code }) => code)
const inRows = async () => {
  const database = await openDB(nameOf())
  const rows = await database.getAll('frames')
  database.close()
  return rows
}

/** Pages agree at a heartbeat, which comes once a second. */
const HEARTBEATS = { timeout: 10_000 }

interface Pipe {
  id: string
  readonly events: Emitter<MeshEvent>
  transport(context: TransportContext): Transport
  link(other: Pipe): void
}

/** A transport to whoever it is linked with. */
function pipe(): Pipe {
  const status = createCell<MeshStatus>({ connected: 0, connecting: 0, signaling: [], problem: null })
  const events = createEmitter<MeshEvent>()
  const others = new Map<string, Pipe>()
  const self: Pipe = {
    id: '',
    events,
    link(other) {
      others.set(other.id, other)
      events.emit({ type: 'peer-opened', peer: other.id })
    },
    transport({ self: id }) {
      self.id = id
      return {
        status,
        events,
        open() {},
        send(to, message) {
          queueMicrotask(() => others.get(to)?.events.emit({ type: 'message-arrived', from: id, message }))
          return 'queued'
        },
        expel() {},
        setSignaling() {},
        dispose() {},
      }
    },
  }
  return self
}

function connect(one: Pipe, other: Pipe): void {
  one.link(other)
  other.link(one)
}

/** What a page finds that comes afterwards. */
async function notesAfterReload(): Promise<readonly string[]> {
  const room = open()
  await room.ready()
  const ids = room.tables.notes.getSnapshot().map(({ id }) => id)
  room.dispose()
  return ids
}

describe('the own edits of a room', () => {
  it('V16: are counted until the disk has said that it has them', async () => {
    const answers: (() => void)[] = []
    const append = () => new Promise<void>(resolve => answers.push(resolve))
    const room = open({ storage: { ...createMemoryKeeper(), durable: true, append } })
    const seen: string[] = []
    room.status.subscribe(({ saved, unsaved }) => {
      const said = `${saved} ${unsaved}`
      if (seen.at(-1) !== said) seen.push(said)
    })
    await room.ready()
    let sealed = 0
    room.trace.subscribe(({ type }) => {
      if (type === 'sync-persist') sealed++
    })
    const answered = async () => {
      await vi.waitFor(() => expect(answers.length).toBe(1))
      answers.shift()?.()
    }
    const places: string[] = []
    const note = (id: string) =>
      void write(room, id)
        .saved()
        .then(place => places.push(`${id} ${place}`))
    note('a')
    await answered() // Who writes here.
    await vi.waitFor(() => expect(answers.length).toBe(1)) // The first note.
    note('b')
    note('c')
    expect([statusOf(room).unsaved, statusOf(room).saved]).toEqual([3, 'saving'])
    await vi.waitFor(() => expect(sealed).toBe(4))
    await answered()
    await vi.waitFor(() => expect(answers.length).toBe(1)) // The others.
    expect([statusOf(room).unsaved, statusOf(room).saved, places]).toEqual([2, 'saving', ['a disk']])
    await answered()
    await room.flushed()
    expect([statusOf(room).unsaved, statusOf(room).saved]).toEqual([0, 'disk'])
    expect(places).toEqual(['a disk', 'b disk', 'c disk'])
    expect(seen).toEqual(['disk 0', 'saving 1', 'saving 2', 'saving 3', 'saving 2', 'disk 0'])
    room.dispose()
  })

  it('V16: are counted for ever where there is no disk and nobody else', async () => {
    const room = open({ storage: 'memory' })
    await room.ready()
    for (const id of ['a', 'b']) write(room, id)
    await room.flushed()
    expect(statusOf(room)).toMatchObject({ saved: 'memory', unsaved: 2 })
    room.dispose()
  })
})

describe('a room whose disk', () => {
  it('V15: closes in the middle goes on, and keeps what waited', async () => {
    const room = open()
    await room.ready()
    write(room, 'a')
    await room.flushed()
    const [database] = opened.filter(({ name }) => name === nameOf())
    forceCloseDatabase(database as never)
    write(room, 'b')
    await vi.waitFor(() => expect(statusOf(room)).toMatchObject({ saved: 'disk', unsaved: 0 }), 3000)
    expect(codes(room)).not.toContain('not-kept')
    room.dispose()
    expect(await notesAfterReload()).toEqual(['a', 'b'])
  })

  it('V15: is emptied by another page keeps all of it again, though nobody writes', async () => {
    const room = open()
    await room.ready()
    for (const id of ['a', 'b']) write(room, id)
    await room.flushed()
    const kept = await inRows()
    await deleteDB(nameOf())
    await vi.waitFor(async () => expect(await inRows()).toEqual(kept))
    room.dispose()
    expect(await notesAfterReload()).toEqual(['a', 'b'])
  })

  it('V16: was emptied counts again what is nowhere else, until it is kept again', async () => {
    const lost = createEmitter<void>()
    const answers: (() => void)[] = []
    let append = (): Promise<void> => Promise.resolve()
    const storage = { ...createMemoryKeeper(), durable: true, lost, append: () => append() }
    const room = open({ storage })
    await room.ready()
    for (const id of ['a', 'b']) write(room, id)
    await room.flushed()
    expect(statusOf(room)).toMatchObject({ saved: 'disk', unsaved: 0 })
    append = async () => {
      append = () => new Promise(resolve => answers.push(resolve))
      throw new SupermeshError('keeper-emptied', 'Gone.')
    }
    lost.emit()
    await vi.waitFor(() => expect(answers.length).toBe(1))
    expect(statusOf(room)).toMatchObject({ saved: 'saving', unsaved: 2 })
    answers[0]?.()
    await vi.waitFor(() => expect(statusOf(room)).toMatchObject({ saved: 'disk', unsaved: 0 }))
    room.dispose()
  })

  it('V15: belongs to a newer page lives in memory, says so, and leaves it alone', async () => {
    const room = open()
    await room.ready()
    write(room, 'a')
    await room.flushed()
    const newer = await openDB(nameOf(), 99)
    await vi.waitFor(() => expect(codes(room)).toContain('kept-by-newer'))
    write(room, 'b')
    await room.flushed()
    expect(statusOf(room)).toMatchObject({ saved: 'memory', unsaved: 1 })
    expect(room.tables.notes.has('b')).toBe(true)
    expect(await newer.getAll('frames')).toHaveLength(2)
    newer.close()
    room.dispose()
    const again = open()
    await again.ready()
    expect([statusOf(again).saved, codes(again)]).toEqual(['memory', expect.arrayContaining(['kept-by-newer'])])
    again.dispose()
  })

  it('V15: is not there at first is used from when it is', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] })
    const real = indexedDB
    const stuck = vi.fn(() => new EventTarget())
    vi.stubGlobal('indexedDB', { open: stuck })
    const room = open()
    const ready = room.ready()
    await vi.advanceTimersByTimeAsync(5000)
    await ready
    write(room, 'a')
    await vi.advanceTimersByTimeAsync(20_000)
    expect([statusOf(room).saved, statusOf(room).unsaved]).toEqual(['memory', 1])
    expect(codes(room)).toContain('not-kept')
    const tries = stuck.mock.calls.length
    expect(tries).toBeGreaterThan(2)
    vi.stubGlobal('indexedDB', real)
    // The disk answers in real time: were the clock to run ahead of it, it would count as one that does not answer.
    const isThere = async () => {
      await vi.advanceTimersByTimeAsync(1000)
      expect(statusOf(room)).toMatchObject({ saved: 'disk', unsaved: 0 })
    }
    await vi.waitFor(isThere, { timeout: 15_000, interval: 50 })
    vi.useRealTimers()
    expect(codes(room)).not.toContain('not-kept')
    room.dispose()
    expect(await notesAfterReload()).toEqual(['a'])
  })

  it('V15: is full for a while loses nothing, and says so for that while, without another edit', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const put = vi.spyOn(IDBObjectStore.prototype, 'put')
    const room = open()
    await room.ready()
    write(room, 'a')
    await room.flushed()
    put.mockImplementation(() => {
      throw new DOMException('full', 'QuotaExceededError')
    })
    for (const id of ['b', 'c']) write(room, id)
    await vi.waitFor(() => expect(codes(room)).toContain('quota'))
    await room.flushed()
    expect(statusOf(room)).toMatchObject({ saved: 'memory', unsaved: 2 })
    put.mockRestore()
    await vi.advanceTimersByTimeAsync(4000)
    await vi.waitFor(() => expect(statusOf(room)).toMatchObject({ saved: 'disk', unsaved: 0 }))
    expect(codes(room)).not.toContain('quota')
    room.dispose()
    expect(await notesAfterReload()).toEqual(['a', 'b', 'c'])
  })

  it('V15: does not say what it has opens without it, and loses nothing of either', async () => {
    const keeper = { ...createMemoryKeeper(), durable: true }
    const room = open({ storage: keeper })
    await room.ready()
    write(room, 'a')
    await room.flushed()
    room.dispose()
    const load = () => Promise.reject(new SupermeshError('keeper-failed', 'Not now.'))
    const blind = open({ storage: { ...keeper, load } })
    await blind.ready()
    expect(codes(blind)).toContain('not-kept')
    write(blind, 'b')
    await vi.waitFor(() => expect(statusOf(blind)).toMatchObject({ saved: 'disk', unsaved: 0 }), 3000)
    blind.dispose()
    const after = open({ storage: keeper })
    await after.ready()
    expect(after.tables.notes.getSnapshot().map(({ id }) => id)).toEqual(['a', 'b'])
    after.dispose()
  })

  it('V17: damaged some frames opens with the others, says so, and is mended by who has them', async () => {
    const room = open()
    await room.ready()
    for (const id of ['a', 'b', 'c']) {
      write(room, id)
      await room.flushed()
    }
    const frames = await inRows()
    const file = await room.exportFile()
    room.dispose()
    const database = await openDB(nameOf())
    const [row] = frames.filter(({ sequence }) => sequence === 3)
    await database.put('frames', { ...row, bytes: row.bytes.map((byte: number, i: number) => byte ^ +(i === 9)) })
    database.close()

    const after = open()
    await after.ready()
    expect([after.tables.notes.getSnapshot().map(({ id }) => id), codes(after)]).toEqual([
      ['a'],
      expect.arrayContaining(['kept-damaged']),
    ])
    write(after, 'd')
    await after.flushed()
    expect(codes(after)).toContain('kept-damaged')
    after.dispose()
    expect(await notesAfterReload()).toEqual(['a', 'd'])

    // Whoever has them brings them, another page or a file.
    const mended = open({ file })
    await mended.ready()
    await mended.flushed()
    expect([mended.tables.notes.getSnapshot().length, codes(mended)]).toEqual([
      4,
      expect.not.arrayContaining(['kept-damaged']),
    ])
    mended.dispose()
    expect(await notesAfterReload()).toHaveLength(4)
  })

  it('Y46: is not written to before the browser has begun a new log: by the keys of the device neither, nor with an own keeper', async () => {
    for (const options of [{}, { storage: createMemoryKeeper() }]) {
      doubtLog()
      const order: string[] = []
      const remove = vi.spyOn(indexedDB, 'deleteDatabase').mockImplementation(function (this: IDBFactory, name) {
        order.push(name)
        return IDBFactory.prototype.deleteDatabase.call(this, name) as IDBOpenDBRequest
      })
      const put = IDBObjectStore.prototype.put
      const puts = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...row
      ) {
        order.push('put')
        return put.apply(this, row)
      })
      const room = open(options)
      await room.ready()
      room.dispose()
      remove.mockRestore()
      puts.mockRestore()
      expect(order.slice(0, 2)).toEqual(['supermesh-fresh-log', 'put'])
    }
  })

  it('Y46: is one all the same where no log can be begun', async () => {
    doubtLog()
    const { open: really } = indexedDB
    vi.spyOn(indexedDB, 'open').mockImplementation((name, version) => {
      if (name === 'supermesh-fresh-log') throw new Error('no')
      return really.call(indexedDB, name, version)
    })
    const room = open()
    await room.ready()
    expect(codes(room)).not.toContain('not-kept')
    room.dispose()
  })

  describe('Y47: thrown away by the browser', () => {
    async function thrownAway(): Promise<Blob> {
      const room = open()
      await room.ready()
      write(room, 'a')
      await room.flushed()
      const file = await room.exportFile()
      room.dispose()
      await deleteDB(nameOf())
      return file
    }

    function stubStorage(): Map<string, string> {
      const marks = new Map<string, string>()
      const localStorage = {
        getItem: (key: string) => marks.get(key) ?? null,
        setItem: (key: string, mark: string) => void marks.set(key, mark),
        removeItem: (key: string) => void marks.delete(key),
      }
      vi.stubGlobal('localStorage', localStorage)
      return marks
    }

    it('says so, and no more when the room is forgotten or a file of it is opened', async () => {
      const marks = stubStorage()
      const file = await thrownAway()
      const after = open()
      await after.ready()
      expect(codes(after)).toContain('kept-lost')
      after.dispose()
      const filed = open({ file })
      await filed.ready()
      expect([codes(filed), filed.tables.notes.getSnapshot()]).toEqual([
        expect.not.arrayContaining(['kept-lost']),
        [{ id: 'a', stars: 0 }],
      ])
      await filed.flushed()
      filed.dispose()
      expect([...marks.keys()]).toEqual([nameOf()])
      await forgetRoom(link.room)
      expect([...marks.keys()]).toEqual([])
    })

    it('is a new room, and kept, where nothing can be marked', async () => {
      const no = () => {
        throw new Error('no')
      }
      vi.stubGlobal('localStorage', { getItem: no, setItem: no, removeItem: no })
      await thrownAway()
      const after = open()
      await after.ready()
      expect(codes(after)).not.toContain('kept-lost')
      write(after, 'b')
      await after.flushed()
      expect(statusOf(after).saved).toBe('disk')
      after.dispose()
      await forgetRoom(link.room)
    })

    it('says so until somebody is here who has something of before, and not for who is new, too', async () => {
      stubStorage()
      const file = await thrownAway()
      const [toAna, toCleo, toBen] = [pipe(), pipe(), pipe()]
      const cleo = open({ storage: 'memory', transport: toCleo.transport })
      const ben = open({ storage: 'memory', transport: toBen.transport, file })
      await ben.ready()
      // Later than all that Ben has: a clock has milliseconds.
      await vi.waitFor(() =>
        expect(Date.now()).toBeGreaterThan(ben.history()[Symbol.iterator]().next().value?.time ?? 0),
      )
      const ana = open({ transport: toAna.transport })
      await Promise.all([ana.ready(), cleo.ready()])
      connect(toAna, toCleo)
      write(cleo, 'new')
      await vi.waitFor(() => expect(ana.tables.notes.has('new')).toBe(true))
      await vi.waitFor(() => expect(statusOf(ana).agreeing).toBe(1), HEARTBEATS)
      expect(codes(ana)).toContain('kept-lost')
      connect(toAna, toBen)
      await vi.waitFor(() => expect(codes(ana)).not.toContain('kept-lost'), HEARTBEATS)
      expect(ana.tables.notes.has('a')).toBe(true)
      for (const room of [ana, ben, cleo]) room.dispose()
    })
  })

  it('Y22: has two tabs of the room open at once keeps what both write', async () => {
    const tabs = [open(), open()]
    await Promise.all(tabs.map(tab => tab.ready()))
    for (const [i, tab] of tabs.entries()) for (const n of [1, 2, 3]) write(tab, `${i}${n}`)
    await Promise.all(tabs.map(tab => tab.flushed()))
    for (const tab of tabs) tab.dispose()
    expect((await notesAfterReload()).toSorted()).toEqual(['01', '02', '03', '11', '12', '13'])
  })
})
