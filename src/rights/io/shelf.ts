/**
 * The small database of this device: named values on three shelves, in IndexedDB or, where there is none, in memory.
 *
 * Every change reads and writes in one transaction, so that two tabs that open a room at once agree on what is kept.
 * Knows nothing of what the values mean.
 */
import { openDB } from 'idb'
import { freshLog } from '../../base/io/fresh-log.ts'

export const SHELVES = ['persons', 'links', 'rooms'] as const
export type ShelfName = (typeof SHELVES)[number]

export interface Shelf {
  /** Sets what `change` makes of the present value, atomically, and returns it. */
  update(shelf: ShelfName, key: string, change: (present: unknown) => unknown): Promise<unknown>
  read(shelf: ShelfName, key: string): Promise<unknown>
  all(shelf: ShelfName): Promise<readonly unknown[]>
  remove(shelf: ShelfName, key: string): Promise<void>
  close(): void
}

export function createMemoryShelf(): Shelf {
  const values = new Map<string, unknown>()
  const nameOf = (shelf: ShelfName, key: string) => `${shelf} ${key}`
  return {
    async update(shelf, key, change) {
      const value = change(values.get(nameOf(shelf, key)))
      values.set(nameOf(shelf, key), value)
      return value
    },
    read: async (shelf, key) => values.get(nameOf(shelf, key)),
    all: async shelf => [...values].filter(([name]) => name.startsWith(`${shelf} `)).map(([, value]) => value),
    async remove(shelf, key) {
      values.delete(nameOf(shelf, key))
    },
    close() {},
  }
}

/** Rejects when the browser has no IndexedDB, or does not let the page use it. */
export async function openDatabaseShelf(name = 'supermesh-device'): Promise<Shelf> {
  await freshLog()
  const database = await openDB(name, 1, {
    upgrade(fresh) {
      for (const shelf of SHELVES) fresh.createObjectStore(shelf)
    },
    // A newer page in another tab waits for this one to let go.
    blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close(),
  })
  return {
    async update(shelf, key, change) {
      const { store, done } = database.transaction(shelf, 'readwrite')
      let value: unknown
      const written = store.get(key).then(present => {
        value = change(present)
        return store.put(value, key)
      })
      // Awaited together, so that neither is left as an unhandled rejection when the other fails.
      await Promise.all([written, done])
      return value
    },
    read: (shelf, key) => database.get(shelf, key),
    all: shelf => database.getAll(shelf),
    remove: (shelf, key) => database.delete(shelf, key),
    close: () => database.close(),
  }
}
