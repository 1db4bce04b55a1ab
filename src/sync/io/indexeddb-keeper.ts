/**
 * Frames in IndexedDB, one small database for each room. Several tabs may append at once: a frame's name is its key, and
 * the same bytes are put there whoever puts them.
 *
 * The database is opened by whoever needs it: a browser may close it under a page that lives for days, and a newer page
 * may want it for itself.
 */
import { deleteDB, type IDBPDatabase, openDB } from 'idb'
import { type Bytes, fromHex, toHex } from '../../base/bytes.ts'
import { SupermeshError } from '../../base/error.ts'
import { createEmitter } from '../../base/subscribe.ts'
import { covers, type Keeper, type KeptFrame, type KeptSnapshot } from '../keeper.ts'
import { readRow, readSnapshotRow, toRow, toSnapshotRow } from '../kept-row.ts'
import { patiently } from './patience.ts'
import { hold, whileNobodyHolds } from './room-lock.ts'

const FRAMES = 'frames'
/** Of one row. */
const SNAPSHOT = 'snapshot'
const LAYOUT = 2
/** Key of the only row of its kind. */
const ONLY = 0
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
  /** Keys of damaged rows, as text. */
  const damaged = new Set<string>()
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
      upgrade(opened, before) {
        opened.createObjectStore(SNAPSHOT)
        if (before > 0) return
        opened.createObjectStore(FRAMES, { keyPath: ['author', 'sequence'] })
        emptied = wasOpen
        damaged.clear()
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
      return damaged.size
    },
    load: () =>
      within(async opened => {
        const transaction = opened.transaction([FRAMES, SNAPSHOT])
        const store = transaction.objectStore(FRAMES)
        const [keys, rows, row] = await Promise.all([
          ...([store.getAllKeys(), store.getAll()] as const),
          transaction.objectStore(SNAPSHOT).get(ONLY),
        ])
        damaged.clear()
        const snapshot = readSnapshotRow(row)
        if (row !== undefined && !snapshot) damaged.add(SNAPSHOT)
        const frames = rows.flatMap((each, i) => {
          const frame = readRow(each)
          if (!frame) damaged.add(textOf(keys[i] as [ArrayBuffer, number]))
          return frame ?? []
        })
        return { snapshot: snapshot?.bytes ?? null, frames }
      }),
    append: (frames, snapshot) =>
      within(async opened => {
        if (emptied) {
          emptied = false
          throw new SupermeshError('keeper-emptied', 'What was kept here is gone.')
        }
        if (frames.length === 0 && !snapshot) return
        await putAll(opened, frames, snapshot)
        if (snapshot) for (const key of damaged) if (key === SNAPSHOT || isIn(key, snapshot)) damaged.delete(key)
        for (const { author, sequence } of frames) damaged.delete(textOf([author, sequence]))
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

/** All of it, or nothing. */
async function putAll(
  database: IDBPDatabase,
  frames: readonly KeptFrame[],
  snapshot: KeptSnapshot | undefined,
): Promise<void> {
  const transaction = database.transaction([FRAMES, SNAPSHOT], 'readwrite', { durability: 'strict' })
  const answers: Promise<unknown>[] = [transaction.done]
  const store = transaction.objectStore(FRAMES)
  const stands = transaction.objectStore(SNAPSHOT)
  try {
    if (snapshot && covers(snapshot, readSnapshotRow(await stands.get(ONLY)))) {
      answers.push(stands.put(toSnapshotRow(snapshot), ONLY))
      for (const [id, last] of snapshot.reach) {
        answers.push(store.delete(IDBKeyRange.bound([fromHex(id), 0], [fromHex(id), last])))
      }
    }
    for (const frame of frames) answers.push(store.put(toRow(frame)))
  } catch (error) {
    // What could not even be asked for ends no transaction by itself: those before it would be kept.
    transaction.abort()
    await Promise.allSettled(answers)
    throw error
  }
  await Promise.all(answers)
}

const isIn = (key: string, { reach }: KeptSnapshot) => {
  const [id = '', sequence] = key.split('/')
  return Number(sequence) <= (reach.get(id) ?? 0)
}

const textOf = ([author, sequence]: readonly [ArrayBuffer | Bytes, number]) =>
  `${toHex(new Uint8Array(author))}/${sequence}`

function failure(error: unknown): SupermeshError {
  if (error instanceof SupermeshError && error.code !== 'no-answer') return error
  const name = error instanceof Error ? error.name : String(error)
  if (name === 'QuotaExceededError') return new SupermeshError('quota', 'This device has no room left for this page.')
  if (name === 'VersionError') return new SupermeshError('keeper-outdated', 'A newer page keeps this room.')
  return new SupermeshError('keeper-failed', 'This browser keeps nothing for this page.', { cause: name })
}
