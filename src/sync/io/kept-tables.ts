/**
 * The tables in which a room is kept, and what is done with them at once: each function here is one transaction.
 */
import type { IDBPDatabase, IDBPTransaction } from 'idb'
import { fromHex } from '../../base/bytes.ts'
import { hasAllOf, type KeptFrame, type KeptSnapshot } from '../keeper.ts'
import { readRow, readSnapshotRow, toRow, toSnapshotRow } from '../kept-row.ts'

const FRAMES = 'frames'
/** Has one row, or none. */
const SNAPSHOT = 'snapshot'
const ONLY_ROW = 0

/** The first had no snapshot. */
export const LAYOUT = 2

/** What names a frame. */
export type FrameName = Pick<KeptFrame, 'author' | 'sequence'>

type Writing = IDBPTransaction<unknown, string[], 'readwrite'>

/** @param before - the layout that is there; 0 when there is none */
export function createTables(database: IDBPDatabase, before: number): void {
  if (before < 1) database.createObjectStore(FRAMES, { keyPath: ['author', 'sequence'] })
  database.createObjectStore(SNAPSHOT)
}

export interface ReadTables {
  readonly frames: readonly KeptFrame[]
  readonly snapshot: KeptSnapshot | null
  /** Frames whose rows are not as they were written. */
  readonly damaged: readonly FrameName[]
  readonly snapshotDamaged: boolean
}

/** All that is there at one time: a snapshot that comes meanwhile takes none of its frames away. */
export async function readTables(database: IDBPDatabase): Promise<ReadTables> {
  const transaction = database.transaction([FRAMES, SNAPSHOT])
  const store = transaction.objectStore(FRAMES)
  const [keys, rows, row] = await Promise.all([
    store.getAllKeys(),
    store.getAll(),
    transaction.objectStore(SNAPSHOT).get(ONLY_ROW),
  ])
  const damaged: FrameName[] = []
  const frames = rows.flatMap((each, i) => {
    const frame = readRow(each)
    if (!frame) damaged.push(named(keys[i] as [ArrayBuffer, number]))
    return frame ?? []
  })
  const snapshot = readSnapshotRow(row)
  return { frames, snapshot, damaged, snapshotDamaged: row !== undefined && snapshot === null }
}

const named = ([author, sequence]: readonly [ArrayBuffer, number]) => ({ author: new Uint8Array(author), sequence })

// What is written is asked for by async functions, so that one that throws at once leaves no other's answer unheard.

/** All of them, or none. */
export function putFrames(database: IDBPDatabase, frames: readonly KeptFrame[]): Promise<unknown> {
  return atomically(database, transaction => {
    const store = transaction.objectStore(FRAMES)
    return Promise.all(frames.map(async frame => store.put(toRow(frame))))
  })
}

/**
 * In the place of what it covers, or nothing has changed.
 * @returns false when the one that is there has something which this one has not; nothing has changed then
 */
export function putSnapshot(database: IDBPDatabase, snapshot: KeptSnapshot): Promise<boolean> {
  return atomically(database, async transaction => {
    const [frames, snapshots] = [transaction.objectStore(FRAMES), transaction.objectStore(SNAPSHOT)]
    const kept = readSnapshotRow(await snapshots.get(ONLY_ROW))
    if (kept && !hasAllOf(snapshot, kept)) return false
    const put = async () => snapshots.put(toSnapshotRow(snapshot), ONLY_ROW)
    await Promise.all([put(), ...[...snapshot.reach].map(async each => frames.delete(firstFrames(each)))])
    return true
  })
}

const firstFrames = ([id, last]: readonly [string, number]) => IDBKeyRange.bound([fromHex(id), 0], [fromHex(id), last])

async function atomically<V>(database: IDBPDatabase, write: (transaction: Writing) => Promise<V>): Promise<V> {
  const transaction = database.transaction([FRAMES, SNAPSHOT], 'readwrite', { durability: 'strict' })
  try {
    const [written] = await Promise.all([write(transaction), transaction.done])
    return written
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
