/**
 * What is wrong with a schema that would not work: found where it is made, and not where it is used first.
 */
import { inWords, SupermeshError } from '../base/error.ts'
import { requireObject } from '../base/require.ts'
import { requireName } from '../protocol/name.ts'
import type { AnyField, Schema } from './schema.ts'

/** Names that a schema needs for itself. */
const RESERVED: ReadonlySet<string> = new Set<keyof Schema>(['id', 'version', 'tables', 'presence'])

/** For callers without types. @throws SupermeshError `option-invalid` for what `defineSchema` did not make */
export function requireSchema(schema: Schema): void {
  const { id, tables, presence } = Object(schema) as Partial<Schema>
  if (typeof id === 'string' && [tables, presence].every(part => part === Object(part))) return
  throw new SupermeshError('option-invalid', `A schema is what defineSchema makes, not ${inWords(schema)}.`)
}

/** @throws SupermeshError as `defineSchema` */
export function requireSound({ id, version, tables, presence }: Schema): void {
  if (typeof id !== 'string' || id === '') throw new SupermeshError('name-unsafe', 'A schema has an id.')
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new SupermeshError('version-invalid', 'A schema has a version that counts up from 1.', { version })
  }
  requireObject(tables, 'The tables of a schema')
  requireObject(presence, 'The presence fields of a schema')
  for (const [table, definition] of Object.entries(tables)) {
    requireOwnName(table)
    if (RESERVED.has(table)) {
      throw new SupermeshError('name-reserved', `No table can be called "${table}".`, { name: table })
    }
    if (typeof definition?.fields !== 'object' || definition.fields === null) {
      throw new SupermeshError('value-wrong-type', `"${table}" is no table: table({ … }) makes one.`, { table })
    }
    for (const [name, field] of Object.entries(definition.fields)) {
      requireField(`${table}.${name}`, name, field, version)
      if (field.refersTo === undefined || Object.hasOwn(tables, field.refersTo)) continue
      const sentence = `${table}.${name} refers to a table "${field.refersTo}", which is not there.`
      throw new SupermeshError('table-unknown', sentence, { table: field.refersTo, field: name })
    }
  }
  for (const [name, field] of Object.entries(presence)) {
    requireField(`The presence field ${name}`, name, field, version)
    if (field.initial === undefined) throw needsInitial(`The presence field "${name}"`, name)
  }
}

/** @throws SupermeshError `value-wrong-type` when the items of a list, a map or a set are no values */
export function requireItem(kind: string, item: AnyField): void {
  if (item?.kind === 'register') return
  throw new SupermeshError('value-wrong-type', `The items of a ${kind} are values: ${kind}(value()), ${kind}(ref(…)).`)
}

function requireField(path: string, name: string, field: AnyField, version: number): void {
  requireOwnName(name)
  if (name === 'id') throw new SupermeshError('name-reserved', 'No field can be called "id": every record has one.')
  if (typeof field?.accepts !== 'function') {
    throw new SupermeshError('value-wrong-type', `${path} is no field: value(), text() and the like make one.`, {
      field: name,
    })
  }
  const { kind, initial, since } = field
  // What it says of the version that it came with has to be so, or pages of two versions would not agree.
  if (!Number.isSafeInteger(since) || since < 1 || since > version) {
    const sentence = `${path} is there since version ${inWords(since)}, of a schema that has version ${version}.`
    throw new SupermeshError('version-invalid', sentence, { field: name, version })
  }
  if (since > 1 && kind === 'register' && initial === undefined) throw needsInitial(path, name)
}

const needsInitial = (path: string, field: string) =>
  new SupermeshError('field-required', `${path} needs an initial value: nobody has given it one before.`, { field })

function requireOwnName(name: string): void {
  requireName(name, 'the name of a table or field')
  if (!name.startsWith('_')) return
  throw new SupermeshError('name-unsafe', `No table or field can be called "${name}": "_" begins those of the kit.`, {
    name,
  })
}
