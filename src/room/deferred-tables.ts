/**
 * Tables that can be held, read and watched before the document is there: empty at first, then the real ones.
 *
 * Opening a room is synchronous, finding the own keys is not.
 */
import { createEmitter, type Unsubscribe } from '../base/subscribe.ts'
import type { Readers, TableReader } from '../store/record.ts'
import type { Fields, Schema, Tables } from '../store/schema.ts'

export interface DeferredTables<T extends Tables> {
  readonly tables: Readers<T>
  /** Puts the real tables in place; whoever watches hears of it. */
  resolve(tables: Readers<T>): void
}

const NOTHING: readonly never[] = Object.freeze([])

/** @param wake - somebody looks: whatever makes the real tables may begin */
export function createDeferredTables<T extends Tables>(schema: Schema<T>, wake: () => void): DeferredTables<T> {
  const readers = new Map<string, ReturnType<typeof createDeferredReader>>()
  for (const name of Object.keys(schema.tables)) readers.set(name, createDeferredReader(wake))
  return {
    tables: Object.fromEntries([...readers].map(([name, { reader }]) => [name, reader])) as Readers<T>,
    resolve(tables) {
      for (const [name, { resolve }] of readers) resolve(tables[name] as TableReader<Fields>)
    },
  }
}

function createDeferredReader(wake: () => void) {
  let real: TableReader<Fields> | null = null
  const resolved = createEmitter<TableReader<Fields>>()

  /** Subscribes now, or when there is a table; whoever waited hears of it then. The returned function ends either. */
  function whenReal(
    attach: (table: TableReader<Fields>) => Unsubscribe,
    hear: (table: TableReader<Fields>) => void,
  ): Unsubscribe {
    wake()
    if (real) return attach(real)
    let ended = false
    let end = resolved.subscribe(table => {
      end()
      if (ended) return
      end = attach(table)
      hear(table)
    })
    return () => {
      ended = true
      end()
    }
  }

  const reader: TableReader<Fields> = {
    has: id => real?.has(id) ?? false,
    get: id => real?.get(id),
    getSnapshot: () => real?.getSnapshot() ?? NOTHING,
    where: values => real?.where(values) ?? NOTHING,
    subscribe: listener => whenReal(table => table.subscribe(listener), listener),
    subscribeTo: (id, listener) =>
      whenReal(
        table => table.subscribeTo(id, listener),
        table => table.has(id) && listener(),
      ),
  }
  return {
    reader,
    resolve(table: TableReader<Fields>) {
      real = table
      resolved.emit(table)
    },
  }
}
