/**
 * The shared document: the datastore's tables, driven by a context of our own.
 *
 * The datastore's own transaction machinery loses the second table of a remote transaction, restarts its clock on
 * restore and throws half way through what it does not know (see docs/decisions/002-own-context.md). So its `Table`s are
 * used without it: an edit is checked whole, then applied whole. Tables and fields that no schema of ours names are kept
 * and applied all the same, because a patch says what kind each field is; they show when their schema comes.
 *
 * The only file, with those of the fields, that knows @lumino/datastore. Knows nothing of schemas, logs or wires.
 */
import { type AnyField, type Record as LuminoRecord, type Schema, Table } from '@lumino/datastore'
import type { Bytes } from '../base/bytes.ts'
import { type Decoded, decodeWith, malformed, type Reader, type Writer } from '../protocol/codec.ts'
import { type FieldKind, kindOfKey, type Patch } from '../protocol/patch.ts'
import { createPatchStream, type EncodedEdit, type PatchStream } from '../protocol/patch-stream.ts'
import type { StoreNumbers, Tail } from '../protocol/snapshot.ts'
import { ByStore } from './by-store.ts'
import { addChanges, type Changes, type GrowingChanges } from './changes.ts'
import { ClockList } from './clock-list.ts'
import { createField } from './fields.ts'
import { type Knowledge, type Past, unknownId } from './past.ts'
import { type Replaced, replaced } from './replaced-field.ts'
import { type RestoredDocument, type RestoredTables, writeDocument } from './saved-document.ts'
import type { RestoredField } from './saved-field.ts'
import type { StagedField } from './staging.ts'
import { isStillThere } from './still-there.ts'

export interface Document {
  /** Applies checked updates, in the order of the wire, as the own edit `sequence`; returns its payload and what changed. */
  update(staged: readonly StagedField[], sequence: number, version: number): { payload: Bytes; changes: Changes }
  /** Decodes, checks and applies an edit by another author; what is refused changes nothing. */
  apply(payload: Bytes, edit: RemotePatch): Decoded<Changes>
  /** What an applied edit says, read again. */
  patchOf(edit: AppliedEdit): Patch
  /** Takes back what an applied edit did, or takes that back. */
  setUndone(edit: AppliedEdit, undone: boolean): Changes
  /** Writes all of it, so that what `tail` has can be undone. */
  save(writer: Writer, stores: StoreNumbers, tail: Tail): void
  /** Puts what was saved in the place of all that is here. */
  restore(restored: RestoredDocument): GrowingChanges
  value(table: string, record: string, key: string): unknown
  metadata(table: string, record: string, key: string): unknown
  tableNames(): readonly string[]
  recordIds(table: string): readonly string[]
  fieldKeys(table: string, record: string): readonly string[]
}

/** An edit that this replica has applied. */
export interface AppliedEdit {
  readonly store: number
  readonly sequence: number
}

/** Where a patch of another author stands. */
export interface RemotePatch extends AppliedEdit {
  readonly version: number
  readonly past: Past
}

interface OpenTable {
  readonly table: Table<Schema>
  /** What the datastore makes records by. */
  readonly schema: { fields: Record<string, AnyField> }
  readonly fields: Record<string, AnyField>
}

type LiveRecord = LuminoRecord<Schema> & { readonly '@@metadata': Record<string, unknown> }

/** @param editAt - an edit that was applied; `null` for an entry that is none */
export function createDocument(
  storeId: number,
  editAt: (store: number, sequence: number) => EncodedEdit | null,
): Document {
  const context = { inTransaction: false, transactionId: '', version: 0, storeId, change: {}, patch: {} }
  const tables = new Map<string, OpenTable>()
  const clocks = new ByStore<ClockList>()
  /** What each store's author writes, in the order of its log. */
  const streams = new ByStore<PatchStream>()
  /** How many elements the own author has inserted, the edit that is being made included. */
  let ownClock = 0

  /** Whether what is here is somebody's word. */
  let cameBySnapshot = false

  function openTable(name: string): OpenTable {
    let open = tables.get(name)
    if (!open) {
      const fields: Record<string, AnyField> = {}
      const schema = { id: name, fields }
      open = { table: Table.create<Schema>(schema, context), schema, fields }
      tables.set(name, open)
    }
    return open
  }

  const nextId = (count: number) => {
    const id = { store: storeId, clock: ownClock }
    ownClock += count
    return id
  }

  function fieldOf(fields: Record<string, AnyField>, key: string): AnyField {
    fields[key] ??= createField(kindOfKey(key) as FieldKind, nextId)
    return fields[key]
  }

  /** Records made before a field was first heard of lack it: the datastore would throw half way. */
  function prepare(table: OpenTable, id: string, key: string): void {
    const field = fieldOf(table.fields, key)
    const live = table.table.get(id) as (LiveRecord & Record<string, unknown>) | undefined
    if (!live || key in live['@@metadata']) return
    live['@@metadata'][key] = field.createMetadata()
    live[key] = field.createValue()
  }

  function streamOf(store: number): PatchStream {
    let stream = streams.get(store)
    if (!stream) {
      stream = createPatchStream(store)
      streams.set(store, stream)
    }
    return stream
  }

  function clocksOf(store: number): ClockList {
    let list = clocks.get(store)
    if (!list) {
      list = new ClockList()
      clocks.set(store, list)
    }
    return list
  }

  const recordOf = (table: string, id: string) =>
    tables.get(table)?.table.get(id) as (LiveRecord & Record<string, unknown>) | undefined

  /** Puts a field in the place of what is there. */
  function replaceField(name: string, id: string, key: string, field: RestoredField | undefined): Replaced {
    const { fields } = openTable(name)
    const own = fieldOf(fields, key)
    const record = recordOf(name, id) as LiveRecord & Record<string, unknown>
    const metadata = record['@@metadata']
    const before = key in metadata ? { metadata: metadata[key], value: record[key] } : null
    const after = field ?? { metadata: own.createMetadata(), value: own.createValue() }
    const done = replaced(own.type as FieldKind, before, after)
    Object.assign(metadata, { [key]: after.metadata })
    Object.assign(record, { [key]: done.value })
    return done
  }

  /** A record without any field: those that it has not are made when they are asked for. */
  function makeEmptyRecord({ table, schema, fields }: OpenTable, id: string): void {
    schema.fields = {}
    Table.patch(table, { [id]: {} })
    schema.fields = fields
  }

  /** Tables, records and fields that are not among the `restored` are as if nothing had ever been written to them. */
  function replaceTables(restored: RestoredTables): GrowingChanges {
    const changes: GrowingChanges = {}
    for (const name of new Set([...restored.keys(), ...tables.keys()])) {
      const records = restored.get(name)
      const { table } = openTable(name)
      for (const id of new Set([...(records?.keys() ?? []), ...document.recordIds(name)])) {
        const fields = records?.get(id)
        if (!table.has(id)) makeEmptyRecord(openTable(name), id)
        for (const key of new Set([...(fields?.keys() ?? []), ...document.fieldKeys(name, id)])) {
          const { change, differs } = replaceField(name, id, key, fields?.get(key))
          if (differs) addChanges(changes, { [name]: { [id]: { [key]: change } } })
        }
      }
    }
    return changes
  }

  function patchWith(apply: typeof Table.patch, patch: Patch): Changes {
    const changes: Record<string, Changes[string]> = {}
    for (const name in patch) {
      const table = openTable(name)
      const records = patch[name] as Patch[string]
      for (const id in records) for (const key in records[id]) prepare(table, id, key)
      const data = records as unknown as Parameters<typeof Table.patch>[1]
      changes[name] = apply(table.table, data) as Changes[string]
    }
    return changes
  }

  /** The edit whose patch is being read. */
  let reading: RemotePatch = { store: storeId, sequence: 0, version: 0, past: () => 0 }
  const knowledge: Knowledge = {
    seen: ({ store, clock }) => clock < (clocks.get(store)?.at(reading.past(store)) ?? 0),
    metadata: (table, record, key) => document.metadata(table, record, key),
  }

  function readChecked(reader: Reader): Patch {
    const patch = streamOf(reading.store).read(reader, reading)
    const code = unknownId(patch, knowledge)
    return code ? malformed(code) : patch
  }

  const document: Document = {
    update(staged, sequence, version) {
      ownClock = streamOf(storeId).elements
      context.version = version
      context.change = {}
      context.patch = {}
      context.inTransaction = true
      // In the order of the wire, from which the others derive the ids of what is inserted.
      for (let i = 0; i < staged.length; ) {
        const { table, record } = staged[i] as StagedField
        const open = openTable(table)
        const updates: Record<string, unknown> = {}
        for (let next = staged[i]; next?.record === record && next.table === table; next = staged[++i]) {
          prepare(open, record, next.key)
          updates[next.key] = next.update
        }
        open.table.update({ [record]: updates } as Parameters<Table<Schema>['update']>[0])
      }
      context.inTransaction = false
      clocksOf(storeId).tell(sequence, ownClock)
      const payload = streamOf(storeId).write(context.patch as Patch, { sequence, version })
      return { payload, changes: context.change as Changes }
    },
    apply(payload, edit) {
      reading = edit
      const decoded = decodeWith(payload, readChecked)
      if (!decoded.ok) return decoded
      clocksOf(edit.store).tell(edit.sequence, streamOf(edit.store).elements)
      return { ok: true, value: patchWith(Table.patch, decoded.value) }
    },
    patchOf({ store, sequence }) {
      const patch = streamOf(store).reread(sequence, at => editAt(store, at))
      if (patch) return patch
      // Whoever vouched for the snapshot has lied.
      if (cameBySnapshot) return {}
      throw new Error('An edit that was applied cannot be read again.')
    },
    setUndone(edit, undone) {
      const patch = document.patchOf(edit)
      if (cameBySnapshot && !isStillThere(patch, document.metadata)) return {}
      return patchWith(undone ? Table.unpatch : Table.patch, patch)
    },
    save(writer, stores, tail) {
      const authors = new Map(
        stores.all.map(store => [store, { clocks: clocksOf(store), stream: streams.get(store) ?? null }] as const),
      )
      writeDocument(writer, { document, authors, stores, tail, editAt })
    },
    restore({ authors, tables: restored }) {
      cameBySnapshot = true
      clocks.clear()
      streams.clear()
      for (const [store, { clocks: list, stream }] of authors) {
        clocks.set(store, list)
        if (stream) streams.set(store, stream)
      }
      return replaceTables(restored)
    },
    value: (table, record, key) => recordOf(table, record)?.[key],
    metadata: (table, record, key) => recordOf(table, record)?.['@@metadata'][key],
    tableNames: () => [...tables.keys()].sort(),
    recordIds(table) {
      const ids: string[] = []
      const records = tables.get(table)?.table.iter()
      for (let record = records?.next(); record; record = records?.next()) ids.push(record.$id)
      return ids
    },
    fieldKeys: (table, record) => Object.keys(recordOf(table, record)?.['@@metadata'] ?? {}).sort(),
  }
  return document
}
