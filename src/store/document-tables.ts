/**
 * The datastore's tables, driven by a context of our own, and what is in them.
 *
 * The datastore's own transaction machinery loses the second table of a remote transaction, restarts its clock on
 * restore and throws half way through what it does not know (see docs/decisions/002-own-context.md). So its `Table`s are
 * used without it: an edit is checked whole, then applied whole. Tables and fields that no schema of ours names are kept
 * and applied all the same, because a patch says what kind each field is; they show when their schema comes.
 *
 * The only file, with those of the fields, that knows @lumino/datastore. Knows nothing of schemas, logs or wires.
 */
import { type AnyField, type Record as LuminoRecord, type Schema, Table } from '@lumino/datastore'
import { type ElementId, type FieldKind, kindOfKey, type Patch } from '../protocol/patch.ts'
import { addChanges, type Changes, type GrowingChanges } from './changes.ts'
import { createField } from './fields.ts'
import { replaced } from './replaced-field.ts'
import type { RestoredTables } from './saved-document.ts'
import type { RestoredField } from './saved-field.ts'
import type { StagedField } from './staging.ts'

export interface DocumentTables {
  /** Applies checked updates, in the order of the wire; returns what others need to do the same. */
  update(staged: readonly StagedField[], version: number): { readonly patch: Patch; readonly changes: Changes }
  patch(patch: Patch): Changes
  /** Takes back what a patch did. */
  unpatch(patch: Patch): Changes
  /**
   * Tables, records and fields that are not among the `restored` are as if nothing had ever been written to them.
   * @returns what has changed by that, and by what was patched since then
   */
  replace(restored: RestoredTables): () => GrowingChanges
  value(table: string, record: string, key: string): unknown
  metadata(table: string, record: string, key: string): unknown
  tableNames(): readonly string[]
  recordIds(table: string): readonly string[]
  fieldKeys(table: string, record: string): readonly string[]
}

interface OpenTable {
  readonly table: Table<Schema>
  /** What the datastore makes records by. */
  readonly schema: { fields: Record<string, AnyField> }
  readonly fields: Record<string, AnyField>
}

type PatchArguments = Parameters<AnyField['applyPatch']>[0]
/** Has a field take what a patch says, or take it back. */
type Take = (field: AnyField, given: PatchArguments) => ReturnType<AnyField['applyPatch']>

type LiveRecord = LuminoRecord<Schema> & { readonly '@@metadata': Record<string, unknown> } & Record<string, unknown>

/** @param nextId - takes the next `count` ids of the own store */
export function createTables(storeId: number, nextId: (count: number) => ElementId): DocumentTables {
  const context = { inTransaction: false, transactionId: '', version: 0, storeId, change: {}, patch: {} }
  const tables = new Map<string, OpenTable>()

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

  function fieldOf(fields: Record<string, AnyField>, key: string): AnyField {
    fields[key] ??= createField(kindOfKey(key) as FieldKind, nextId)
    return fields[key]
  }

  /** A record lacks a field until somebody writes it: the datastore would throw half way. */
  function prepare(field: AnyField, record: LiveRecord, key: string): void {
    const metadata = record['@@metadata']
    if (key in metadata) return
    metadata[key] = field.createMetadata()
    record[key] = field.createValue()
  }

  const recordOf = (table: string, id: string) => tables.get(table)?.table.get(id) as LiveRecord | undefined

  /** A new record has no fields: they are made when they are asked for. */
  function openRecord({ table, schema, fields }: OpenTable, id: string): LiveRecord {
    const here = table.get(id)
    if (here) return here as LiveRecord
    schema.fields = {}
    Table.patch(table, { [id]: {} })
    schema.fields = fields
    return table.get(id) as LiveRecord
  }

  function recordIds(table: string): string[] {
    const ids: string[] = []
    const records = tables.get(table)?.table.iter()
    for (let record = records?.next(); record; record = records?.next()) ids.push(record.$id)
    return ids
  }

  const fieldKeys = (table: string, record: string) => Object.keys(recordOf(table, record)?.['@@metadata'] ?? {}).sort()

  /** Puts a field in the place of what is there, which is returned; `null` when there was no such field. */
  function replaceField(name: string, id: string, key: string, field: RestoredField | undefined): RestoredField | null {
    const open = openTable(name)
    const own = fieldOf(open.fields, key)
    const record = openRecord(open, id)
    const metadata = record['@@metadata']
    const before = key in metadata ? { metadata: metadata[key], value: record[key] } : null
    const after = field ?? { metadata: own.createMetadata(), value: own.createValue() }
    Object.assign(metadata, { [key]: after.metadata })
    Object.assign(record, { [key]: after.value })
    return before
  }

  function replace(restored: RestoredTables): () => GrowingChanges {
    const replacements: { name: string; id: string; key: string; before: RestoredField | null }[] = []
    for (const name of new Set([...restored.keys(), ...tables.keys()])) {
      const records = restored.get(name)
      const open = openTable(name)
      for (const id of new Set([...(records?.keys() ?? []), ...recordIds(name)])) {
        const fields = records?.get(id)
        // All fields of a record may be blank.
        openRecord(open, id)
        for (const key of new Set([...(fields?.keys() ?? []), ...fieldKeys(name, id)])) {
          replacements.push({ name, id, key, before: replaceField(name, id, key, fields?.get(key)) })
        }
      }
    }
    return () => {
      const changes: GrowingChanges = {}
      for (const { name, id, key, before } of replacements) {
        const record = recordOf(name, id) as LiveRecord
        const after = { metadata: record['@@metadata'][key], value: record[key] }
        const { change, differs } = replaced(kindOfKey(key) as FieldKind, before, after)
        if (differs) addChanges(changes, { [name]: { [id]: { [key]: change } } })
      }
      return changes
    }
  }

  /** In place: the datastore's own patch copies a record for each edit in it, and each edit would pay for that. */
  function patchRecord(
    open: OpenTable,
    id: string,
    patches: Patch[string][string],
    take: Take,
  ): Changes[string][string] {
    const record = openRecord(open, id)
    const metadata = record['@@metadata']
    const changes: Record<string, unknown> = {}
    for (const key in patches) {
      const field = fieldOf(open.fields, key)
      prepare(field, record, key)
      const patch = patches[key] as unknown as PatchArguments['patch']
      const previous = record[key] as PatchArguments['previous']
      const { value, change } = take(field, { previous, patch, metadata: metadata[key] as PatchArguments['metadata'] })
      record[key] = value
      changes[key] = change
    }
    return changes
  }

  function patchWith(take: Take, patch: Patch): Changes {
    const changes: GrowingChanges = {}
    for (const name in patch) {
      const open = openTable(name)
      const records = patch[name] as Patch[string]
      changes[name] = {}
      for (const id in records) changes[name][id] = patchRecord(open, id, records[id] as Patch[string][string], take)
    }
    return changes
  }

  return {
    update(staged, version) {
      context.version = version
      context.change = {}
      context.patch = {}
      context.inTransaction = true
      for (let i = 0; i < staged.length; ) {
        const { table, record } = staged[i] as StagedField
        const open = openTable(table)
        const live = openRecord(open, record)
        const updates: Record<string, unknown> = {}
        for (let next = staged[i]; next?.record === record && next.table === table; next = staged[++i]) {
          prepare(fieldOf(open.fields, next.key), live, next.key)
          updates[next.key] = next.update
        }
        open.table.update({ [record]: updates } as Parameters<Table<Schema>['update']>[0])
      }
      context.inTransaction = false
      return { patch: context.patch as Patch, changes: context.change as Changes }
    },
    patch: patch => patchWith((field, given) => field.applyPatch(given), patch),
    unpatch: patch => patchWith((field, given) => field.unapplyPatch(given), patch),
    replace,
    value: (table, record, key) => recordOf(table, record)?.[key],
    metadata: (table, record, key) => recordOf(table, record)?.['@@metadata'][key],
    tableNames: () => [...tables.keys()].sort(),
    recordIds,
    fieldKeys,
  }
}
