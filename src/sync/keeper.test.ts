import 'fake-indexeddb/auto'
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb'
import { deleteDB, openDB } from 'idb'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toHex } from '../base/bytes.ts'
import { createIndexedDbKeeper } from './io/indexeddb-keeper.ts'
import { createMemoryKeeper, type Keeper, type KeptFrame, type KeptSnapshot } from './keeper.ts'

const frame = (author: number, sequence: number, version: number): KeptFrame => ({
  author: new Uint8Array(16).fill(author),
  sequence,
  version,
  bytes: Uint8Array.of(author, sequence),
})

const framesOf = async (keeper: Keeper) => (await keeper.load()).frames
const byName = (frames: readonly KeptFrame[]) => [...frames].sort((a, b) => a.version - b.version)

function describeKeeper(name: string, open: (room: number) => Promise<Keeper>): void {
  describe(`${name}, as every keeper`, () => {
    it('Y20: has nothing at first, and what was appended afterwards', async () => {
      const keeper = await open(1)
      expect(await framesOf(keeper)).toEqual([])
      await keeper.append([frame(1, 1, 1), frame(2, 1, 2)])
      await keeper.append([frame(1, 2, 3)])
      expect(byName(await framesOf(keeper))).toEqual([frame(1, 1, 1), frame(2, 1, 2), frame(1, 2, 3)])
      keeper.dispose()
    })

    it('Y21: keeps a frame once, whoever appends it', async () => {
      const keeper = await open(2)
      await Promise.all([keeper.append([frame(1, 1, 1)]), keeper.append([frame(1, 1, 1)])])
      expect(await framesOf(keeper)).toEqual([frame(1, 1, 1)])
      keeper.dispose()
    })

    it('Y28: has a snapshot in the place of the frames in it, and of an earlier one', async () => {
      const keeper = await open(3)
      expect((await keeper.load()).snapshot).toBeNull()
      await keeper.append([frame(1, 1, 1), frame(1, 2, 2), frame(2, 1, 3), frame(3, 1, 4), frame(3, 260, 5)])
      await keeper.append([frame(1, 3, 6)], snapshotOf(1, [1, 2], [3, 259]))
      expect((await keeper.load()).snapshot).toEqual(Uint8Array.of(1))
      expect(byName(await framesOf(keeper))).toEqual([frame(2, 1, 3), frame(3, 260, 5), frame(1, 3, 6)])
      await keeper.append([], snapshotOf(2, [1, 3], [2, 1], [3, 260]))
      expect(await keeper.load()).toEqual({ snapshot: Uint8Array.of(2), frames: [] })
      // Another page comes late with one that does not go as far.
      await keeper.append([frame(4, 1, 7)], snapshotOf(3, [1, 2], [2, 1], [3, 260], [4, 1]))
      expect(await keeper.load()).toEqual({ snapshot: Uint8Array.of(2), frames: [frame(4, 1, 7)] })
      keeper.dispose()
    })
  })
}

const snapshotOf = (byte: number, ...reach: readonly (readonly [number, number])[]): KeptSnapshot => ({
  bytes: Uint8Array.of(byte),
  reach: new Map(reach.map(([author, last]) => [toHex(new Uint8Array(16).fill(author)), last])),
})

describeKeeper('the memory', async () => createMemoryKeeper())
describeKeeper('IndexedDB', async room => createIndexedDbKeeper(new Uint8Array(16).fill(room)))

describe('IndexedDB', () => {
  let rooms = 3
  const newRoom = () => new Uint8Array(16).fill(++rooms)
  const nameOf = (room: Uint8Array) => `supermesh-room-${toHex(room)}`
  const A = [frame(1, 1, 1), frame(2, 1, 2), frame(1, 2, 3)]

  async function filled(room = newRoom()) {
    const keeper = createIndexedDbKeeper(room)
    await keeper.append(A)
    keeper.dispose()
    return room
  }

  /** As another page does it: a newer one, or somebody who looks at the disk. */
  async function rows(room: Uint8Array, change: (row: Record<string, unknown>) => unknown): Promise<void> {
    const database = await openDB(nameOf(room))
    for (const row of await database.getAll('frames')) await database.put('frames', change(row))
    database.close()
  }

  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
  })

  it('Y22: finds after a reload what was kept, in two tabs at once', async () => {
    const room = newRoom()
    const [one, two] = [createIndexedDbKeeper(room), createIndexedDbKeeper(room)]
    await Promise.all([one.append([frame(1, 1, 1), frame(3, 1, 2)]), two.append([frame(2, 1, 1), frame(3, 1, 2)])])
    one.dispose()
    two.dispose()
    const after = createIndexedDbKeeper(room)
    expect(await framesOf(after)).toHaveLength(3)
    after.dispose()
  })

  it('Y22: calls nothing kept before the disk has it for good', async () => {
    const room = await filled()
    const asked = vi.spyOn(IDBDatabase.prototype, 'transaction')
    const keeper = createIndexedDbKeeper(room)
    await keeper.append([frame(1, 3, 4)])
    expect(asked.mock.calls.map(call => call[2])).toEqual([{ durability: 'strict' }])
    keeper.dispose()
  })

  const damages: [string, (row: Record<string, unknown>) => unknown][] = [
    ['a flipped bit', row => ({ ...row, bytes: (row.bytes as Uint8Array).map((byte, i) => byte ^ +(i === 1)) })],
    ['a version that is another', row => ({ ...row, version: (row.version as number) + 1 })],
    ['bytes that are none', row => ({ ...row, bytes: 'none' })],
    ['a version that is none', row => ({ ...row, version: 0.5 })],
    ['a torn row', ({ author, sequence }) => ({ author, sequence })],
  ]
  it.each(damages)('Y23: leaves out and counts a row with %s, until it is mended', async (_, damage) => {
    const room = await filled()
    await rows(room, row => (row.version === 2 ? damage(row) : row))
    const keeper = createIndexedDbKeeper(room)
    expect(byName(await framesOf(keeper))).toEqual([A[0], A[2]])
    expect(keeper.damaged).toBe(1)
    await keeper.append([frame(2, 1, 2)])
    expect([keeper.damaged, byName(await framesOf(keeper))]).toEqual([0, A])
    keeper.dispose()
  })

  it('Y23: leaves out and counts a snapshot that is damaged, until there is another', async () => {
    const room = newRoom()
    const keeper = createIndexedDbKeeper(room)
    await keeper.append([frame(2, 1, 2)], snapshotOf(1, [1, 2]))
    const database = await openDB(nameOf(room))
    await database.put('snapshot', { ...(await database.get('snapshot', 0)), bytes: Uint8Array.of(9) }, 0)
    database.close()
    expect(await keeper.load()).toEqual({ snapshot: null, frames: [frame(2, 1, 2)] })
    expect(keeper.damaged).toBe(1)
    await keeper.append([], snapshotOf(3, [1, 2]))
    expect([keeper.damaged, (await keeper.load()).snapshot]).toEqual([0, Uint8Array.of(3)])
    keeper.dispose()
  })

  it('Y28: keeps a snapshot and lets go of the frames in it, or neither', async () => {
    const room = await filled()
    const keeper = createIndexedDbKeeper(room)
    const torn = { ...frame(9, 1, 1), bytes: (() => {}) as never }
    await expect(keeper.append([torn], snapshotOf(1, [1, 2]))).rejects.toMatchObject({ code: 'keeper-failed' })
    expect(await keeper.load()).toMatchObject({ snapshot: null, frames: { length: 3 } })
    keeper.dispose()
  })

  it('Y28: goes on with what a page kept that knew of no snapshots', async () => {
    const room = newRoom()
    const old = await openDB(nameOf(room), 1, {
      upgrade: fresh => void fresh.createObjectStore('frames', { keyPath: ['author', 'sequence'] }),
    })
    await old.put('frames', frame(1, 1, 1))
    old.close()
    const keeper = createIndexedDbKeeper(room)
    expect(await keeper.load()).toEqual({ snapshot: null, frames: [frame(1, 1, 1)] })
    await keeper.append([], snapshotOf(1, [1, 1]))
    expect(await keeper.load()).toEqual({ snapshot: Uint8Array.of(1), frames: [] })
    keeper.dispose()
  })

  it('Y23: reads rows that were kept before there were checksums', async () => {
    const room = await filled()
    await rows(room, ({ check, ...row }) => row)
    const keeper = createIndexedDbKeeper(room)
    expect([byName(await framesOf(keeper)), keeper.damaged]).toEqual([A, 0])
    keeper.dispose()
  })

  it('Y24: opens again what the browser has closed, in the middle of an append too', async () => {
    const room = newRoom()
    const opened: IDBDatabase[] = []
    const { open } = IDBFactory.prototype
    vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(function (this: IDBFactory, ...name) {
      const request = open.apply(this, name)
      request.addEventListener('success', () => opened.push(request.result))
      return request
    })
    const keeper = createIndexedDbKeeper(room)
    const lost = vi.fn()
    keeper.lost?.subscribe(lost)
    await keeper.append([frame(1, 1, 1)])
    const broken = keeper.append([frame(1, 2, 2)])
    await Promise.resolve()
    forceCloseDatabase(opened[0] as never)
    await broken.catch(error => expect(error).toMatchObject({ code: 'keeper-failed' }))
    await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(1))
    await keeper.append([frame(1, 2, 2), frame(1, 3, 3)])
    expect(byName(await framesOf(keeper))).toEqual([frame(1, 1, 1), frame(1, 2, 2), frame(1, 3, 3)])
    keeper.dispose()
  })

  it('Y24: lets another page delete everything, and says once that it is gone', async () => {
    const room = newRoom()
    const keeper = createIndexedDbKeeper(room)
    const lost = vi.fn()
    keeper.lost?.subscribe(lost)
    await keeper.append(A)
    await deleteDB(nameOf(room))
    expect(lost).toHaveBeenCalledTimes(1)
    await expect(keeper.append([frame(1, 3, 4)])).rejects.toMatchObject({ code: 'keeper-emptied' })
    await keeper.append([...A, frame(1, 3, 4)])
    expect(await framesOf(keeper)).toHaveLength(4)
    keeper.dispose()
  })

  it('Y25: lets a newer page change the layout, and leaves it alone from then on', async () => {
    const room = await filled()
    const keeper = createIndexedDbKeeper(room)
    await keeper.load()
    const newer = await openDB(nameOf(room), 99)
    await expect(keeper.append([frame(1, 3, 4)])).rejects.toMatchObject({ code: 'keeper-outdated' })
    await expect(createIndexedDbKeeper(room).load()).rejects.toMatchObject({ code: 'keeper-outdated' })
    expect(await newer.getAll('frames')).toHaveLength(3)
    newer.close()
    keeper.dispose()
  })

  it('Y25: gives up a database that does not open, or is blocked, and tries again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const open = vi.spyOn(IDBFactory.prototype, 'open')
    open.mockImplementationOnce(() => {
      throw new DOMException('private', 'SecurityError')
    })
    open.mockImplementationOnce(() => new EventTarget() as IDBOpenDBRequest)
    const keeper = createIndexedDbKeeper(newRoom())
    await expect(keeper.load()).rejects.toMatchObject({ code: 'keeper-failed', details: { cause: 'SecurityError' } })
    const blocked = expect(keeper.load()).rejects.toMatchObject({ code: 'keeper-failed' })
    await vi.advanceTimersByTimeAsync(5000)
    await blocked
    vi.useRealTimers()
    await keeper.append(A)
    expect(await framesOf(keeper)).toHaveLength(3)
    keeper.dispose()
  })

  it('Y25: is told that there is no room, and keeps nothing of that append', async () => {
    const keeper = createIndexedDbKeeper(newRoom())
    await keeper.append([frame(1, 1, 1)])
    const { put } = IDBObjectStore.prototype
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, row) {
      if (row.sequence === 3) throw new DOMException('full', 'QuotaExceededError')
      return put.call(this, row)
    })
    await expect(keeper.append([frame(1, 2, 2), frame(1, 3, 3)])).rejects.toMatchObject({ code: 'quota' })
    full.mockRestore()
    expect(await framesOf(keeper)).toEqual([frame(1, 1, 1)])
    keeper.dispose()
  })
})
