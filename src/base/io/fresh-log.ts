/**
 * Has the browser begin a new log for its databases, so that nothing is written behind what a crash has torn.
 *
 * Chromium appends what is written to a log that it goes on with after a restart, also when that ends with half a record,
 * because the browser was killed while it wrote. Behind that half nothing can be read: at the start after the next one Chromium
 * throws away every database of the site (https://github.com/google/leveldb/issues/1287). Once a database is deleted, it puts all
 * that it has into a table and begins a new log.
 */
import { patiently } from './patience.ts'

const NAME = 'supermesh-fresh-log'
const PATIENCE_MS = 1000

let begun: Promise<void> | null = null

/**
 * To be awaited before anything is written: once for each page is enough.
 * @returns resolves when it is done, or cannot be done: no reason not to keep anything
 */
export function freshLog(): Promise<void> {
  begun ??= patiently(begin(), PATIENCE_MS).catch(() => undefined)
  return begun
}

/** The browser's disk has crashed under the page: the log may be torn again. */
export function doubtLog(): void {
  begun = null
}

async function begin(): Promise<void> {
  const opened = await answered(indexedDB.open(NAME))
  // At once: another page may do the same at this moment.
  opened.close()
  await answered(indexedDB.deleteDatabase(NAME))
}

function answered(request: IDBOpenDBRequest): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
