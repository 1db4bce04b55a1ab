import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SupermeshError } from '../../base/error.ts'
import { newLink } from '../../rights/index.ts'
import { defineSchema, table, value } from '../../store/schema.ts'
import { openIndexedDbKeeper } from '../../sync/io/indexeddb-keeper.ts'
import { openRoom } from './open-room.ts'

const schema = defineSchema('test', { version: 1 }, { notes: table({ stars: value(0) }) })
const link = newLink()

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
    expect(codes(room)).toContain('not-opened')
    room.dispose()
  })
})
