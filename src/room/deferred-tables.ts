/**
 * Tables that can be held, read and watched before the document is there: empty at first, then the real ones.
 *
 * Opening a room is synchronous, finding the own keys is not.
 */
import type { Unsubscribe } from '../base/subscribe.ts'
import type { Readers, TableReader } from '../store/record.ts'
import type { Fields, Schema, Tables } from '../store/schema.ts'

export interface DeferredTables<T extends Tables> {
  readonly tables: Readers<T>
  /** Puts the real tables in place; whoever watches hears of it. */
  resolve(tables: Readers<T>): void
}

const NOTHING: readonly never[] = Object.freeze([])

export function createDeferredTables<T extends Tables>(schema: Schema<T>): DeferredTables<T> {
  const readers = new Map<string, { reader: TableReader<Fields>; resolve(table: TableReader<Fields>): void }>()
  for (const name of Object.keys(schema.tables)) readers.set(name, createDeferredReader())
  return {
    tables: Object.fromEntries([...readers].map(([name, { reader }]) => [name, reader])) as Readers<T>,
    resolve(tables) {
      for (const [name, { resolve }] of readers) resolve(tables[name] as TableReader<Fields>)
    },
  }
}

function createDeferredReader() {
  let real: TableReader<Fields> | null = null
  const waiting = new Set<(table: TableReader<Fields>) => void>()

  /** Subscribes now or later; the returned function ends either. */
  function whenReal(attach: (table: TableReader<Fields>) => Unsubscribe): Unsubscribe {
    let end: Unsubscribe | null = null
    const start = (table: TableReader<Fields>) => {
      end = attach(table)
    }
    if (real) start(real)
    else waiting.add(start)
    return () => {
      waiting.delete(start)
      end?.()
    }
  }

  const reader: TableReader<Fields> = {
    has: id => real?.has(id) ?? false,
    get: id => real?.get(id),
    getSnapshot: () => real?.getSnapshot() ?? NOTHING,
    where: values => real?.where(values) ?? NOTHING,
    subscribe: listener =>
      whenReal(table => {
        listener()
        return table.subscribe(listener)
      }),
    subscribeTo: (id, listener) =>
      whenReal(table => {
        if (table.has(id)) listener()
        return table.subscribeTo(id, listener)
      }),
  }
  return {
    reader,
    resolve(table: TableReader<Fields>) {
      real = table
      const attach = [...waiting]
      waiting.clear()
      for (const start of attach) start(table)
    },
  }
}
