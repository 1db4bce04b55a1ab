/**
 * Frames and a snapshot in IndexedDB, one small database for each room. Several tabs may append at once: a frame's name is
 * its key, and the same bytes are put there whoever puts them.
 *
 * The database is opened by whoever needs it: a browser may close it under a page that lives for days, and a newer page
 * may want it for itself.
 */
import { deleteDB, type IDBPDatabase, type IDBPTransaction, openDB } from 'idb'
import { type Bytes, fromHex, toHex } from '../../base/bytes.ts'
import { SupermeshError } from '../../base/error.ts'
import { createEmitter } from '../../base/subscribe.ts'
import { covers, type Keeper, type KeptFrame, type KeptSnapshot } from '../keeper.ts'
import { readRow, readSnapshotRow, toRow, toSnapshotRow } from '../kept-row.ts'
import { patiently } from './patience.ts'
import { hold, whileNobodyHolds } from './room-lock.ts'

const FRAMES = 'frames'
/** Has one row, or none. */
const SNAPSHOT = 'snapshot'
const ONLY_ROW = 0
/** The first had no snapshot. */
const LAYOUT = 2
/** Until a database that does not answer counts as none. */
const OPENING_PATIENCE_MS = 5000

/** What may go wrong in a database that is all right. */
const LEAVES_OPEN: readonly string[] = ['quota', 'keeper-emptied']

const nameOf = (room: Bytes) => `supermesh-room-${toHex(room)}`

/**
 * Everything that is kept of a room goes, and what goes `along` with it: unless a page has the room open.
 * @returns false when one has; nothing has changed then
 */
export function deleteKept(room: Bytes, along: () => Promise<void>): Promise<boolean> {
  const name = nameOf(room)
  return whileNobodyHolds(name, async () => {
    await along()
    await deleteDB(name)
  })
}

/**
 * Its promises reject with SupermeshError `keeper-failed` where the browser offers no database (private windows, blocked
 * storage) or one that does not answer, and besides as {@link Keeper} says.
 */
export function createIndexedDbKeeper(room: Bytes): Keeper {
  const lost = createEmitter<void>()
  /** Frames whose rows are damaged, by key. */
  const damaged = new Map<string, FrameName>()
  let snapshotDamaged = false
  let database: Promise<IDBPDatabase> | null = null
  let held: Promise<void> | null = null
  let release = () => {}
  let wasOpen = false
  let emptied = false
  let disposed = false

  /** How often it was opened: what is heard of an earlier connection is old news. */
  let times = 0

  async function open(): Promise<IDBPDatabase> {
    if (disposed) throw failure('disposed')
    const time = ++times
    const letGo = () => {
      if (disposed || time !== times) return
      database = null
      lost.emit()
    }
    held ??= hold(nameOf(room)).then(end => {
      release = end
      if (disposed) release()
    })
    await patiently(held, OPENING_PATIENCE_MS)
    const opening = openDB(nameOf(room), LAYOUT, {
      upgrade(changing, before) {
        if (before < 1) changing.createObjectStore(FRAMES, { keyPath: ['author', 'sequence'] })
        changing.createObjectStore(SNAPSHOT)
        // It had this layout when it was open: it has been deleted since, also when an older page keeps the room again.
        emptied = wasOpen
        forgetDamage()
      },
      // A newer page wants to change the layout, or to delete it all: this one must not stand in its way.
      blocking(_current, _blocked, event) {
        ;(event.target as IDBDatabase).close()
        letGo()
      },
      terminated: letGo,
    })
    const opened = await patiently(opening, OPENING_PATIENCE_MS, late => late.close())
    wasOpen = true
    return opened
  }

  function forgetDamage(): void {
    damaged.clear()
    snapshotDamaged = false
  }

  /** Once, before anything is put into a database that is another one than it was. */
  function tellEmptied(): void {
    if (!emptied) return
    emptied = false
    throw new SupermeshError('keeper-emptied', 'What was kept here is gone.')
  }

  /** Does something with the database; opens it first when it is not open any more. */
  async function within<V>(use: (database: IDBPDatabase) => Promise<V>): Promise<V> {
    database ??= open()
    const opening = database
    try {
      const opened = await opening
      if (disposed) opened.close()
      return await use(opened)
    } catch (error) {
      const caught = failure(error)
      // The next one begins with a database that works, or with none.
      if (!LEAVES_OPEN.includes(caught.code) && database === opening) {
        database = null
        void opening.then(
          late => late.close(),
          () => undefined,
        )
      }
      throw caught
    }
  }

  return {
    durable: true,
    lost,
    get damaged() {
      return damaged.size + (snapshotDamaged ? 1 : 0)
    },
    load: () =>
      within(async opened => {
        const { keys, rows, row } = await readAll(opened)
        forgetDamage()
        const frames = rows.flatMap((each, i) => {
          const frame = readRow(each)
          if (!frame) damaged.set(...named(keys[i] as [ArrayBuffer, number]))
          return frame ?? []
        })
        const snapshot = readSnapshotRow(row)
        snapshotDamaged = row !== undefined && snapshot === null
        return { snapshot, frames }
      }),
    append: frames =>
      within(async opened => {
        tellEmptied()
        if (frames.length === 0) return
        await atomically(opened, transaction => putFrames(transaction, frames))
        for (const { author, sequence } of frames) damaged.delete(keyOf({ author, sequence }))
      }),
    replace: snapshot =>
      within(async opened => {
        tellEmptied()
        await atomically(opened, transaction => putSnapshot(transaction, snapshot))
        snapshotDamaged = false
        for (const [key, frame] of damaged) if (covers(snapshot, frame)) damaged.delete(key)
      }),
    dispose() {
      disposed = true
      release()
      void database?.then(
        opened => opened.close(),
        () => undefined,
      )
    },
  }
}

type FrameName = Pick<KeptFrame, 'author' | 'sequence'>
type Writing = IDBPTransaction<unknown, string[], 'readwrite'>

/** All rows as they are at one time: a snapshot that comes meanwhile takes none of its frames away. */
async function readAll(database: IDBPDatabase) {
  const transaction = database.transaction([FRAMES, SNAPSHOT])
  const frames = transaction.objectStore(FRAMES)
  const [keys, rows, row] = await Promise.all([
    frames.getAllKeys(),
    frames.getAll(),
    transaction.objectStore(SNAPSHOT).get(ONLY_ROW),
  ])
  return { keys, rows, row }
}

/** All that `write` asks for is done, or nothing. */
async function atomically(database: IDBPDatabase, write: (transaction: Writing) => Promise<unknown>): Promise<void> {
  const transaction = database.transaction([FRAMES, SNAPSHOT], 'readwrite', { durability: 'strict' })
  try {
    await Promise.all([write(transaction), transaction.done])
  } catch (error) {
    // What could not even be asked for ends no transaction by itself: what was asked for before it would be kept.
    abort(transaction)
    await transaction.done.catch(() => undefined)
    throw error
  }
}

function abort(transaction: Writing): void {
  try {
    transaction.abort()
  } catch {
    // It has ended by itself.
  }
}

// Each is asked for by an async function, so that one that throws at once leaves no answer of another unheard.

function putFrames(transaction: Writing, frames: readonly KeptFrame[]): Promise<unknown> {
  const store = transaction.objectStore(FRAMES)
  return Promise.all(frames.map(async frame => store.put(toRow(frame))))
}

function putSnapshot(transaction: Writing, { bytes, reach }: KeptSnapshot): Promise<unknown> {
  const frames = transaction.objectStore(FRAMES)
  const covered = ([id, last]: readonly [string, number]) => IDBKeyRange.bound([fromHex(id), 0], [fromHex(id), last])
  const put = async () => transaction.objectStore(SNAPSHOT).put(toSnapshotRow(bytes), ONLY_ROW)
  return Promise.all([put(), ...[...reach].map(async each => frames.delete(covered(each)))])
}

const keyOf = ({ author, sequence }: FrameName) => `${toHex(author)}/${sequence}`

/** A frame by the key of its row. */
function named([author, sequence]: readonly [ArrayBuffer, number]): [string, FrameName] {
  const name = { author: new Uint8Array(author), sequence }
  return [keyOf(name), name]
}

function failure(error: unknown): SupermeshError {
  if (error instanceof SupermeshError && error.code !== 'no-answer') return error
  const name = error instanceof Error ? error.name : String(error)
  if (name === 'QuotaExceededError') return new SupermeshError('quota', 'This device has no room left for this page.')
  if (name === 'VersionError') return new SupermeshError('keeper-outdated', 'A newer page keeps this room.')
  return new SupermeshError('keeper-failed', 'This browser keeps nothing for this page.', { cause: name })
}
