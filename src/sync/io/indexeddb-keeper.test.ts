import 'fake-indexeddb/auto'
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb'
import { deleteDB, openDB } from 'idb'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { toHex } from '../../base/bytes.ts'
import { doubtLog } from '../../base/io/fresh-log.ts'
import type { Keeper } from '../keeper.ts'
import { byVersion, frame, snapshot } from '../kept-samples.ts'
import { createIndexedDbKeeper } from './indexeddb-keeper.ts'

const framesOf = async (keeper: Keeper) => (await keeper.load()).frames

describe('IndexedDB', () => {
  let rooms = 0
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

  async function snapshotRow(room: Uint8Array, change: (row: object) => unknown): Promise<void> {
    const database = await openDB(nameOf(room))
    await database.put('snapshot', change(await database.get('snapshot', 0)), 0)
    database.close()
  }

  /** A page of the first layout, which has the room open. */
  async function olderPage(room: Uint8Array) {
    const database = await openDB(nameOf(room), 1, {
      upgrade: fresh => void fresh.createObjectStore('frames', { keyPath: ['author', 'sequence'] }),
      blocking: () => database.close(),
    })
    return database
  }

  afterEach(() => {
    vi.useRealTimers()
    vi.restoreAllMocks()
    vi.unstubAllGlobals()
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

  it('Y22: lets the snapshot of another tab stay, whichever of them comes last', async () => {
    const room = await filled()
    const [one, two] = [createIndexedDbKeeper(room), createIndexedDbKeeper(room)]
    await Promise.all([one.load(), two.load()])
    await Promise.all([one.replace(snapshot(1, [1, 2])), two.replace(snapshot(2, [1, 1], [2, 1]))])
    expect(await two.load()).toEqual({ snapshot: Uint8Array.of(1), frames: [frame(2, 1, 2)] })
    one.dispose()
    two.dispose()
  })

  it('Y22: has a damaged row still when the snapshot that covers it is not put there', async () => {
    const room = await filled()
    await rows(room, row => ({ ...row, version: 99 }))
    const keeper = createIndexedDbKeeper(room)
    await keeper.replace(snapshot(1, [3, 1]))
    await keeper.load()
    await keeper.replace(snapshot(2, [1, 2], [2, 1]))
    expect(keeper.damaged).toBe(3)
    keeper.dispose()
  })

  it('Y22: calls nothing kept before the disk has it for good', async () => {
    const room = await filled()
    const keeper = createIndexedDbKeeper(room)
    await keeper.load()
    const asked = vi.spyOn(IDBDatabase.prototype, 'transaction')
    await keeper.append([frame(1, 3, 4)])
    await keeper.replace(snapshot(1, [1, 3]))
    expect(asked.mock.calls.map(call => call[2])).toEqual([{ durability: 'strict' }, { durability: 'strict' }])
    keeper.dispose()
  })

  it('Y46: keeps nothing before the browser has begun a new log, which a deleted database is the sign of', async () => {
    doubtLog()
    const done: string[] = []
    const remove = vi.spyOn(IDBFactory.prototype, 'deleteDatabase')
    remove.mockImplementation(function (this: IDBFactory, name: string) {
      remove.mockRestore()
      const request = this.deleteDatabase(name)
      request.addEventListener('success', () => done.push(name))
      return request
    })
    const keeper = createIndexedDbKeeper(newRoom())
    await keeper.append([frame(1, 1, 1)]).then(() => done.push('kept'))
    expect(done).toEqual(['supermesh-fresh-log', 'kept'])
    keeper.dispose()
  })

  it('Y47: has lost something where there is a mark and nothing else, be it damaged', async () => {
    const marks = new Map<string, string>()
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => marks.get(key) ?? null,
      setItem: (key: string, mark: string) => void marks.set(key, mark),
    })
    const lostAfter = async (room: ReturnType<typeof newRoom>) => {
      const keeper = createIndexedDbKeeper(room)
      const { thrownAway } = await keeper.load()
      keeper.dispose()
      return thrownAway
    }
    const onlySnapshot = newRoom()
    const keeper = createIndexedDbKeeper(onlySnapshot)
    await keeper.replace(snapshot(1, [1, 2]))
    keeper.dispose()
    const onlyDamage = await filled()
    await rows(onlyDamage, row => ({ ...row, version: 99 }))
    expect([...marks.keys()]).toEqual([onlySnapshot, onlyDamage].map(nameOf))
    expect(await Promise.all([onlySnapshot, onlyDamage, newRoom()].map(lostAfter))).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    // What was kept by a page that left no mark is marked when it is read.
    marks.clear()
    await lostAfter(onlySnapshot)
    for (const room of [onlySnapshot, onlyDamage]) await deleteDB(nameOf(room))
    expect([await lostAfter(onlySnapshot), await lostAfter(onlyDamage)]).toEqual([true, undefined])
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
    expect(byVersion(await framesOf(keeper))).toEqual([A[0], A[2]])
    expect(keeper.damaged).toBe(1)
    await keeper.append([frame(2, 1, 2)])
    expect([keeper.damaged, byVersion(await framesOf(keeper))]).toEqual([0, A])
    keeper.dispose()
  })

  it('Y23: leaves out and counts a snapshot that is damaged, until there is another', async () => {
    const room = newRoom()
    const keeper = createIndexedDbKeeper(room)
    await keeper.append([frame(2, 1, 2)])
    await keeper.replace(snapshot(1, [1, 2]))
    for (const damage of [{ bytes: Uint8Array.of(9) }, { reach: new Map() }, { bytes: 'none' }, { reach: 1 }]) {
      await snapshotRow(room, row => ({ ...row, ...damage }))
      expect(await keeper.load()).toEqual({ snapshot: null, frames: [frame(2, 1, 2)] })
      expect(keeper.damaged).toBe(1)
      await keeper.append([frame(2, 1, 2)])
      expect(keeper.damaged).toBe(1)
      await keeper.replace(snapshot(3, [1, 2]))
      expect([keeper.damaged, (await keeper.load()).snapshot]).toEqual([0, Uint8Array.of(3)])
    }
    keeper.dispose()
  })

  it('Y23: needs a damaged row no more that a snapshot covers', async () => {
    const room = await filled()
    await rows(room, row => ({ ...row, version: 99 }))
    const keeper = createIndexedDbKeeper(room)
    await keeper.load()
    await keeper.replace(snapshot(1, [1, 2]))
    expect(keeper.damaged).toBe(1)
    expect([await framesOf(keeper), keeper.damaged]).toEqual([[], 1])
    keeper.dispose()
  })

  it('Y23: reads rows that were kept before there were checksums', async () => {
    const room = await filled()
    await rows(room, ({ check, ...row }) => row)
    const keeper = createIndexedDbKeeper(room)
    expect([byVersion(await framesOf(keeper)), keeper.damaged]).toEqual([A, 0])
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
    expect(byVersion(await framesOf(keeper))).toEqual([frame(1, 1, 1), frame(1, 2, 2), frame(1, 3, 3)])
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

  it.each(['put', 'delete'] as const)(
    'Y28: keeps a snapshot and lets go of the old, or neither when it cannot %s',
    async way => {
      const keeper = createIndexedDbKeeper(await filled())
      await keeper.replace(snapshot(1, [2, 1]))
      const full = vi.spyOn(IDBObjectStore.prototype, way).mockImplementation(() => {
        throw new DOMException('full', 'QuotaExceededError')
      })
      await expect(keeper.replace(snapshot(2, [1, 2], [2, 1]))).rejects.toMatchObject({ code: 'quota' })
      full.mockRestore()
      const { frames, ...kept } = await keeper.load()
      expect([kept.snapshot, byVersion(frames)]).toEqual([Uint8Array.of(1), [frame(1, 1, 1), frame(1, 2, 3)]])
      keeper.dispose()
    },
  )

  it('Y28: lets go of what a snapshot covers by one range for each author', async () => {
    const keeper = createIndexedDbKeeper(newRoom())
    await keeper.append(Array.from({ length: 100 }, (_, i) => frame(1 + (i % 2), i + 1, i + 1)))
    const removed = vi.spyOn(IDBObjectStore.prototype, 'delete')
    await keeper.replace(snapshot(1, [1, 100], [2, 100]))
    expect(removed).toHaveBeenCalledTimes(2)
    expect(await framesOf(keeper)).toEqual([])
    keeper.dispose()
  })

  it('Y28: goes on with what a page kept that knew of no snapshots, also while that page is open', async () => {
    const room = newRoom()
    const old = await olderPage(room)
    await old.put('frames', frame(1, 1, 1))
    const keeper = createIndexedDbKeeper(room)
    expect(await keeper.load()).toEqual({ snapshot: null, frames: [frame(1, 1, 1)] })
    await keeper.replace(snapshot(1, [1, 1]))
    await keeper.append([frame(1, 2, 2)])
    expect(await keeper.load()).toEqual({ snapshot: Uint8Array.of(1), frames: [frame(1, 2, 2)] })
    keeper.dispose()
  })

  it('Y24: says that it is gone, though an older page keeps the room again meanwhile', async () => {
    const room = newRoom()
    const keeper = createIndexedDbKeeper(room)
    await keeper.replace(snapshot(1, [1, 1]))
    await deleteDB(nameOf(room))
    const old = await olderPage(room)
    await old.put('frames', frame(1, 2, 2))
    await expect(keeper.replace(snapshot(1, [1, 1]))).rejects.toMatchObject({ code: 'keeper-emptied' })
    await keeper.replace(snapshot(1, [1, 1]))
    expect(await keeper.load()).toEqual({ snapshot: Uint8Array.of(1), frames: [frame(1, 2, 2)] })
    keeper.dispose()
  })
})
