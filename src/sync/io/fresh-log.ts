/**
 * Has the browser begin a new log for its databases, so that nothing is written behind what a crash has torn.
 *
 * Chromium appends what is written to a log that it goes on with after a restart, also when that ends with half a record,
 * because the browser was killed while it wrote. Behind that half nothing can be read: at the start after the next one Chromium
 * throws away every database of the site (https://github.com/google/leveldb/issues/1287). Once a database is deleted, it puts all
 * that it has into a table and begins a new log.
 */
import { deleteDB, openDB } from 'idb'
import { patiently } from './patience.ts'

const NAME = 'supermesh-fresh-log'
const PATIENCE_MS = 1000

/** Resolves when that is done, or cannot be done: no reason not to keep anything. */
export async function beginFreshLog(): Promise<void> {
  // Another page may do the same at this moment: whoever has it open lets go at once.
  const done = openDB(NAME, 1, { blocking: (_current, _blocked, event) => (event.target as IDBDatabase).close() }).then(
    opened => {
      opened.close()
      return deleteDB(NAME)
    },
  )
  await patiently(done, PATIENCE_MS).catch(() => undefined)
}
