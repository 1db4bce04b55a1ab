/**
 * A room's content as plain values: an exit that needs nothing of ours to be read.
 */
import type { JsonValue } from '../protocol/patch.ts'
import type { ListValue, Readers, TextValue } from '../store/record.ts'
import type { AnyField, Fields, Schema, TableDefinition } from '../store/schema.ts'
import type { RoomJson } from './room.ts'

export function toRoomJson<S extends Schema>(schema: S, tables: Readers<S['tables']>): RoomJson {
  const content = Object.entries<TableDefinition<Fields>>(schema.tables).map(([name, { fields }]) => {
    const records = tables[name]?.getSnapshot() ?? []
    return [name, Object.fromEntries(records.map(record => [record.id, recordJson(fields, record)]))]
  })
  return { schema: schema.id, version: schema.version, tables: Object.fromEntries(content) }
}

function recordJson(fields: Fields, record: Readonly<Record<string, unknown>>): Readonly<Record<string, JsonValue>> {
  const values = Object.entries(fields).map(([name, field]) => [name, fieldJson(field, record[name])])
  // A required field that another version of the schema left out has no value.
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

function fieldJson({ kind }: AnyField, value: unknown): JsonValue | undefined {
  switch (kind) {
    case 'text':
      return (value as TextValue).toString()
    case 'list':
      return (value as ListValue<JsonValue>).toArray()
    case 'map':
      return Object.fromEntries(value as ReadonlyMap<string, JsonValue>)
    case 'set':
      return [...(value as ReadonlySet<JsonValue>)]
    case 'counter':
    case 'register':
      return value as JsonValue | undefined
  }
}
