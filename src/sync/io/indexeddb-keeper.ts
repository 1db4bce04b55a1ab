/**
 * Frames in IndexedDB, one small database for each room. Several tabs may append at once: a frame's name is its key.
 */
import { deleteDB, openDB } from 'idb'
import { type Bytes, toHex } from '../../base/bytes.ts'
import { SupermeshError } from '../../base/error.ts'
import type { Keeper, KeptFrame } from '../keeper.ts'

const FRAMES = 'frames'

const nameOf = (room: Bytes) => `supermesh-room-${toHex(room)}`

/** Everything that is kept of a room goes, when no page has it open any more. */
export async function deleteKept(room: Bytes): Promise<void> {
  await deleteDB(nameOf(room))
}

/** @throws SupermeshError `keeper-failed` when the browser offers no database here (private windows, blocked storage) */
export async function openIndexedDbKeeper(room: Bytes): Promise<Keeper> {
  const database = await openDB(nameOf(room), 1, {
    upgrade: opened => void opened.createObjectStore(FRAMES, { keyPath: ['author', 'sequence'] }),
    // A newer page wants to change the layout: this one must not stand in its way.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  }).catch(error => {
    throw failure(error)
  })
  return {
    durable: true,
    load: async () => (await database.getAll(FRAMES)) as KeptFrame[],
    async append(frames) {
      try {
        const transaction = database.transaction(FRAMES, 'readwrite', { durability: 'strict' })
        await Promise.all([...frames.map(frame => transaction.store.put(frame)), transaction.done])
      } catch (error) {
        throw failure(error)
      }
    },
    dispose: () => database.close(),
  }
}

function failure(error: unknown): SupermeshError {
  const name = error instanceof Error ? error.name : String(error)
  if (name === 'QuotaExceededError') return new SupermeshError('quota', 'This device has no room left for this page.')
  return new SupermeshError('keeper-failed', 'This browser keeps nothing for this page.', { cause: name })
}
