/**
 * Questions to a table: each hook renders again when its own answer changes, and not otherwise.
 */
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import type { InitialOf, RecordOf, RegistersOf, TableReader, Transaction } from '../../store/record.ts'
import type { Fields, Schema, TableDefinition, Tables } from '../../store/schema.ts'
import { useRoom, useStatus } from './room-context.ts'

type FieldsOf<D> = D extends TableDefinition<infer F> ? F : never

/** The record, or `undefined` while there is none. The same object until it changes. */
export function useRecord<F extends Fields>(table: TableReader<F>, id: string): RecordOf<F> | undefined {
  const subscribe = useCallback((listener: () => void) => table.subscribeTo(id, listener), [table, id])
  const read = () => table.get(id)
  return useSyncExternalStore(subscribe, read, read)
}

/** The ids of all records. The same array until a record is added or removed. */
export function useIds<F extends Fields>(table: TableReader<F>): readonly string[] {
  return useQuery(table, idsOf)
}

/**
 * What `select` makes of a table's records; all of them without it.
 *
 * An array whose items are the same as before is the same array, so filtering needs no memo. `select` may change from one
 * rendering to the next.
 */
export function useQuery<F extends Fields>(table: TableReader<F>): readonly RecordOf<F>[]
export function useQuery<F extends Fields, R>(table: TableReader<F>, select: (records: readonly RecordOf<F>[]) => R): R
export function useQuery<F extends Fields>(
  table: TableReader<F>,
  select: (records: readonly RecordOf<F>[]) => unknown = all,
): unknown {
  const last = useRef<{ records: unknown; select: unknown; answer: unknown } | null>(null)
  const read = () => {
    const records = table.getSnapshot()
    const before = last.current
    if (before?.records === records && before.select === select) return before.answer
    const fresh = select(records)
    const answer = before && sameItems(before.answer, fresh) ? before.answer : fresh
    last.current = { records, select, answer }
    return answer
  }
  return useSyncExternalStore(table.subscribe, read, read)
}

/** `room.transact`: one edit on every replica, or none when `write` throws. */
export function useTransact<T extends Tables>(
  schema: Schema<T>,
): (write: (transaction: Transaction<T>) => void) => void {
  const room = useRoom(schema)
  return useCallback(write => void room.transact(write), [room])
}

/** Sets fields of a record that hold plain values. */
export function useSet<T extends Tables, K extends keyof T & string>(
  schema: Schema<T>,
  table: K,
): (id: string, values: RegistersOf<FieldsOf<T[K]>>) => void {
  const room = useRoom(schema)
  return useCallback(
    (id, values) => void room.transact(transaction => draftOf(transaction, table).update(id, values)),
    [room, table],
  )
}

/**
 * The record `id`, made when the room is known to lack it. Two pages that make it at once make one record: `initial` may
 * therefore hold plain values only, since the beginnings of two texts would stand one behind the other.
 */
export function useGetOrCreate<T extends Tables, K extends keyof T & string>(
  schema: Schema<T>,
  table: K,
  id: string,
  initial: RegistersOf<FieldsOf<T[K]>>,
): RecordOf<FieldsOf<T[K]>> | undefined {
  const room = useRoom(schema)
  const { phase, content } = useStatus()
  const reader = room.tables[table] as unknown as TableReader<FieldsOf<T[K]>>
  const record = useRecord(reader, id)
  const isMissing = phase === 'open' && content === 'ready' && record === undefined
  const newest = useRef(initial)
  newest.current = initial

  useEffect(() => {
    if (!isMissing || reader.has(id)) return
    room.transact(
      transaction => void draftOf(transaction, table).create(newest.current as InitialOf<FieldsOf<T[K]>>, { id }),
    )
  }, [isMissing, reader, id, room, table])

  return record
}

/** TypeScript cannot follow a table's name through the mapped type by itself. */
function draftOf<T extends Tables, K extends keyof T & string>(transaction: Transaction<T>, table: K) {
  type Draft = {
    create(initial: InitialOf<FieldsOf<T[K]>>, options: { readonly id: string }): string
    update(id: string, values: RegistersOf<FieldsOf<T[K]>>): void
  }
  return transaction[table] as unknown as Draft
}

const all = <R>(records: readonly R[]) => records
const idsOf = (records: readonly { readonly id: string }[]) => records.map(({ id }) => id)

function sameItems(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (!Array.isArray(a) || !Array.isArray(b)) return false
  return a.length === b.length && a.every((item, i) => Object.is(item, b[i]))
}
