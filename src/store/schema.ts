/**
 * Schemas: what tables a document has, in plain typed objects with a version. No code generation.
 *
 * A schema is a view. What another version of it wrote is kept, relayed and applied whether or not this one names it.
 */
import { SupermeshError } from '../base/error.ts'
import { safeName } from '../protocol/name.ts'
import { type FieldKind, fieldKey, type JsonValue } from '../protocol/patch.ts'
import { toJsonValue } from './json-value.ts'

export interface FieldOptions {
  /** The schema version in which the field first appeared. */
  readonly since?: number
}

export interface ValueOptions extends FieldOptions {
  /**
   * Whether what was written may be believed to be a `T`; whoever may edit may write any JSON. What is not accepted shows
   * as the initial value, or not at all in a list or a map. Without it everything is accepted.
   */
  readonly accepts?: (value: JsonValue) => boolean
}

/** A field's definition; `Type` is the type of its value, or of its items. */
export interface FieldDefinition<Kind extends FieldKind, Type> {
  readonly kind: Kind
  /** What a register holds when nothing was written; `undefined` makes it required at creation. */
  readonly initial: JsonValue | undefined
  /** A value for which this is false is shown as `initial`: another version, or a stranger, may have written it. */
  readonly accepts: (value: JsonValue) => boolean
  readonly since: number
  /** Only in the types. */
  readonly type?: Type
}

export type AnyField = FieldDefinition<FieldKind, unknown>
export type Fields = Readonly<Record<string, AnyField>>

export interface TableDefinition<F extends Fields> {
  readonly fields: F
}

export type Tables = Readonly<Record<string, TableDefinition<Fields>>>

export interface Schema<T extends Tables = Tables> {
  readonly id: string
  readonly version: number
  readonly tables: T
}

const anything = () => true
const isBoolean = (value: JsonValue) => typeof value === 'boolean'

/** A text that people type in together. */
export function text(options: FieldOptions = {}): FieldDefinition<'text', string> {
  return { kind: 'text', initial: undefined, accepts: anything, since: options.since ?? 1 }
}

/** An ordered list; `item` is only its items' type: `list(ref('todos'))`, `list(value<number>())`. */
export function list<T>(item: FieldDefinition<'register', T>, options: FieldOptions = {}): FieldDefinition<'list', T> {
  return { kind: 'list', initial: undefined, accepts: item.accepts, since: options.since ?? 1 }
}

/** Keys and values; each key is last-writer-wins. */
export function map<T>(item: FieldDefinition<'register', T>, options: FieldOptions = {}): FieldDefinition<'map', T> {
  return { kind: 'map', initial: undefined, accepts: item.accepts, since: options.since ?? 1 }
}

/** A JSON value, last writer wins. Without `initial` it has to be given at creation. */
export function value<T>(initial?: T, options: ValueOptions = {}): FieldDefinition<'register', T> {
  const start = initial === undefined ? undefined : toJsonValue(initial)
  return { kind: 'register', initial: start, accepts: options.accepts ?? anything, since: options.since ?? 1 }
}

export function flag(initial = false, options: FieldOptions = {}): FieldDefinition<'register', boolean> {
  return { kind: 'register', initial, accepts: isBoolean, since: options.since ?? 1 }
}

/** The id of a record of `table`. */
export function ref(_table: string): FieldDefinition<'register', string> {
  return { kind: 'register', initial: undefined, accepts: id => typeof id === 'string', since: 1 }
}

export function table<F extends Fields>(fields: F): TableDefinition<F> {
  return { fields }
}

/** The register that says whether a record is there; field names cannot begin with `_`. */
export const ALIVE = fieldKey('register', '_alive')

/**
 * @param id - unique for this kind of document, in reverse-domain form
 * @throws SupermeshError `name-unsafe` for a name that cannot be a table or field
 */
export function defineSchema<const T extends Tables>(id: string, options: { version: number }, tables: T): Schema<T> {
  for (const [name, definition] of Object.entries(tables)) {
    for (const each of [name, ...Object.keys(definition.fields)]) {
      if (!safeName(each) || each.startsWith('_')) {
        throw new SupermeshError('name-unsafe', `"${each}" cannot be the name of a table or field.`, { name: each })
      }
    }
  }
  return { id, version: options.version, tables }
}
