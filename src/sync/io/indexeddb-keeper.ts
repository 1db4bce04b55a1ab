/**
 * Frames and a snapshot in IndexedDB, one small database for each room. Several tabs may append at once: a frame's name is
 * its key, and the same bytes are put there whoever puts them.
 *
 * The database is opened by whoever needs it: a browser may close it under a page that lives for days, and a newer page
 * may want it for itself.
 */
import { deleteDB, type IDBPDatabase, openDB } from 'idb'
import { type Bytes, toHex } from '../../base/bytes.ts'
import { SupermeshError } from '../../base/error.ts'
import { doubtLog, freshLog } from '../../base/io/fresh-log.ts'
import { patiently } from '../../base/io/patience.ts'
import { createEmitter } from '../../base/subscribe.ts'
import { covers, type Keeper } from '../keeper.ts'
import { isMarked, mark, unmark } from './kept-mark.ts'
import { createTables, type FrameName, LAYOUT, putFrames, putSnapshot, readTables } from './kept-tables.ts'
import { hold, whileNobodyHolds } from './room-lock.ts'

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
    unmark(name)
  })
}

/**
 * Its promises reject with SupermeshError `keeper-failed` where the browser offers no database (private windows, blocked
 * storage) or one that does not answer, and besides as {@link Keeper} says.
 */
export function createIndexedDbKeeper(room: Bytes): Keeper {
  const name = nameOf(room)
  const lost = createEmitter<void>()
  /** Frames whose rows are damaged. */
  const damaged = new Map<string, FrameName>()
  let snapshotDamaged = false
  let database: Promise<IDBPDatabase> | null = null
  let held: Promise<void> | null = null
  let release = () => {}
  let wasOpen = false
  let emptied = false
  let marked = false
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
    held ??= hold(name).then(end => {
      release = end
      if (disposed) release()
    })
    await Promise.all([patiently(held, OPENING_PATIENCE_MS), freshLog()])
    const opening = openDB(name, LAYOUT, {
      upgrade(changing, before) {
        createTables(changing, before)
        // It had this layout when it was open: it has been deleted since, also when an older page keeps the room again.
        emptied = wasOpen
        marked = false
        damaged.clear()
        snapshotDamaged = false
      },
      // A newer page wants to change the layout, or to delete it all: this one must not stand in its way.
      blocking(_current, _blocked, event) {
        ;(event.target as IDBDatabase).close()
        letGo()
      },
      terminated() {
        doubtLog()
        letGo()
      },
    })
    const opened = await patiently(opening, OPENING_PATIENCE_MS, late => late.close())
    wasOpen = true
    return opened
  }

  function leaveMark(): void {
    if (!marked) marked = mark(name)
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
        const read = await readTables(opened)
        damaged.clear()
        for (const frame of read.damaged) damaged.set(keyOf(frame), frame)
        snapshotDamaged = read.snapshotDamaged
        const { frames, snapshot } = read
        const isEmpty = frames.length === 0 && !snapshot && read.damaged.length === 0 && !snapshotDamaged
        if (!isEmpty) leaveMark()
        const thrownAway = isEmpty && isMarked(name)
        return { snapshot: snapshot?.bytes ?? null, frames, ...(thrownAway && { thrownAway }) }
      }),
    append: frames =>
      within(async opened => {
        tellEmptied()
        if (frames.length === 0) return
        await putFrames(opened, frames)
        leaveMark()
        for (const frame of frames) damaged.delete(keyOf(frame))
      }),
    replace: snapshot =>
      within(async opened => {
        tellEmptied()
        if (!(await putSnapshot(opened, snapshot))) return
        leaveMark()
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

const keyOf = ({ author, sequence }: FrameName) => `${toHex(author)}/${sequence}`

function failure(error: unknown): SupermeshError {
  if (error instanceof SupermeshError && error.code !== 'no-answer') return error
  const cause = error instanceof Error ? error.name : String(error)
  if (cause === 'QuotaExceededError') return new SupermeshError('quota', 'This device has no room left for this page.')
  if (cause === 'VersionError') return new SupermeshError('keeper-outdated', 'A newer page keeps this room.')
  return new SupermeshError('keeper-failed', 'This browser keeps nothing for this page.', { cause })
}
