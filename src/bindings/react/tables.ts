/**
 * Questions to a table: each hook renders again when its own answer changes, and not otherwise.
 */
import { useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import type { Right } from '../../protocol/right.ts'
import type { InitialOf, ReadRecord, RegistersOf, TableDraft, TableReader, Transaction } from '../../store/record.ts'
import type { Fields, SchemaTable, Tables } from '../../store/schema.ts'
import { useRight, useRoomOf, useStatus } from './room-context.ts'
import { useSelection } from './selection.ts'

/**
 * What `select` makes of a table's records; all of them without it: `useQuery(board.todos, todos => todos.where({ done: false }))`.
 *
 * An array whose items are the same as before is the same array. `select` may change from one rendering to the next.
 */
export function useQuery<F extends Fields>(table: SchemaTable<F>): readonly ReadRecord<F>[]
export function useQuery<F extends Fields, R>(table: SchemaTable<F>, select: (records: TableReader<F>) => R): R
export function useQuery<F extends Fields>(
  table: SchemaTable<F>,
  select: (records: TableReader<F>) => unknown = records => records.getSnapshot(),
): unknown {
  const reader = useReader(table)
  return useSelection(reader, () => select(reader))
}

/** The ids of all records. The same array until a record is added or removed. */
export function useIds<F extends Fields>(table: SchemaTable<F>): readonly string[] {
  return useQuery(table, records => records.getSnapshot().map(({ id }) => id))
}

/**
 * The record, or `undefined` while there is none, and how to set its plain values. The same object until it changes.
 *
 * Setting does nothing when somebody has removed the record meanwhile.
 */
export function useRecord<F extends Fields>(
  table: SchemaTable<F>,
  id: string,
): readonly [ReadRecord<F> | undefined, (values: RegistersOf<F>) => void] {
  const room = useRoomOf(table.schema)
  const reader = useReader(table)
  const subscribe = useCallback((listener: () => void) => reader.subscribeTo(id, listener), [reader, id])
  const read = () => reader.get(id)
  const change = useCallback(
    (values: RegistersOf<F>) =>
      void room.transact(transaction => {
        const draft = draftOf(transaction, table)
        if (draft.has(id)) draft.update(id, values)
      }),
    [room, table, id],
  )
  return [useSyncExternalStore(subscribe, read, read), change]
}

/**
 * The record `id`, made when the room is known to lack it and the own link allows it. Two pages that make it at once make one record: `initial` may
 * therefore hold plain values only, since the beginnings of two texts would stand one behind the other.
 */
export function useGetOrCreate<F extends Fields>(
  table: SchemaTable<F>,
  id: string,
  initial: RegistersOf<F>,
): ReadRecord<F> | undefined {
  const room = useRoomOf(table.schema)
  const { phase, content } = useStatus()
  const reader = useReader(table)
  const [record] = useRecord(table, id)
  const [right] = table.rules.create.split(' or ') as [Right]
  const mayCreate = useRight(right)
  const isMissing = mayCreate && phase === 'open' && content === 'ready' && record === undefined
  const newest = useRef(initial)
  newest.current = initial

  useEffect(() => {
    if (!isMissing || reader.has(id)) return
    room.transact(transaction => void draftOf(transaction, table).create(newest.current as InitialOf<F>, { id }))
  }, [isMissing, reader, id, room, table])

  return record
}

function useReader<F extends Fields>({ schema, name }: SchemaTable<F>): TableReader<F> {
  return useRoomOf(schema).tables[name] as unknown as TableReader<F>
}

/** TypeScript cannot follow a table's name through the mapped type by itself. */
function draftOf<F extends Fields>(transaction: Transaction<Tables>, { name }: SchemaTable<F>): TableDraft<F> {
  return transaction[name] as unknown as TableDraft<F>
}
