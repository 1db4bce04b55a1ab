/**
 * Schemas: what tables a document has, in plain typed objects with a version. No code generation.
 *
 * A schema is a view. What another version of it wrote is kept, relayed and applied whether or not this one names it.
 */
import { inWords, SupermeshError } from '../base/error.ts'
import { requireOptions } from '../base/require.ts'
import { type FieldKind, fieldKey, type JsonValue, type Scalar } from '../protocol/patch.ts'
import type { Right } from '../protocol/right.ts'
import { toJsonValue } from './json-value.ts'
import { requireItem, requireSound } from './schema-rules.ts'
import { isScalar } from './set-value.ts'

export interface FieldOptions {
  /** The schema version in which the field first appeared: 1, unless said. Such a field has an initial value. */
  readonly since?: number
}

export interface ValueOptions extends FieldOptions {
  /**
   * Whether what was written may be believed to be a `T`; whoever may edit may write any JSON. What is not accepted shows
   * as the initial value, or not at all in a list or a map. Without it everything is accepted.
   */
  readonly accepts?: (value: JsonValue) => boolean
}

/**
 * A field's definition; `Type` is the type of its value, or of its items. `Initial` is `undefined` for a field that has to be
 * given when a record is created.
 */
export interface FieldDefinition<Kind extends FieldKind, Type, Initial = unknown> {
  readonly kind: Kind
  /** What a register holds when nothing was written; `undefined` makes it required at creation. */
  readonly initial: JsonValue | undefined
  /** A value for which this is false is shown as `initial`: another version, or a stranger, may have written it. */
  readonly accepts: (value: JsonValue) => boolean
  readonly since: number
  /** The table whose ids it holds. */
  readonly refersTo?: string | undefined
  /** Only in the types. */
  readonly type?: Type
  /** Only in the types. */
  readonly start?: Initial
}

export type AnyField = FieldDefinition<FieldKind, unknown>
export type Fields = Readonly<Record<string, AnyField>>

/** Who may do something to a record: whoever holds the right, or also the person who created it. */
export type Rule = Right | `${Right} or author`

/** Who may do what to the records of a table. */
export interface TableRules {
  readonly create: Rule
  readonly change: Rule
  readonly remove: Rule
}

export interface TableDefinition<F extends Fields> {
  readonly fields: F
  readonly rules: TableRules
}

export type Tables = Readonly<Record<string, TableDefinition<Fields>>>

/** A table that knows where it belongs, so that it alone is enough to ask a room for its records. */
export interface SchemaTable<F extends Fields> extends TableDefinition<F> {
  readonly name: string
  /** The id of its schema. */
  readonly schema: string
}

export type SchemaTables<T extends Tables> = {
  readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? SchemaTable<F> : never
}

/** What each page says of itself while it is open: plain values. */
export type PresenceDefinition = Readonly<Record<string, FieldDefinition<'register', unknown>>>

/** What a page says, as it is read: what it does not say, or what is not accepted, is the field's initial value. */
export type PresenceOf<P extends PresenceDefinition> = {
  readonly [K in keyof P]: P[K] extends FieldDefinition<'register', infer T> ? T : never
}

export interface Schema<T extends Tables = Tables, P extends PresenceDefinition = PresenceDefinition> {
  readonly id: string
  readonly version: number
  readonly tables: T
  readonly presence: P
}

const anything = () => true

function sinceOf(options: FieldOptions): number {
  requireOptions(options, 'The options of a field', ['since', 'accepts'])
  return options.since ?? 1
}

/** A check of a builder's that throws, as one may of a value that it did not expect, has not accepted it. */
function guarded(accepts: (value: JsonValue) => boolean): (value: JsonValue) => boolean {
  return value => {
    try {
      return accepts(value)
    } catch {
      return false
    }
  }
}

const RULE = /^(?:own|run|edit|view)(?: or author)?$/
const isBoolean = (value: JsonValue) => typeof value === 'boolean'

/** A text that people type in together. */
export function text(options: FieldOptions = {}): FieldDefinition<'text', string> {
  return { kind: 'text', initial: undefined, accepts: anything, since: sinceOf(options) }
}

/** An ordered list; `item` is only its items' type: `list(ref('todos'))`, `list(value<number>())`. */
export function list<T>(item: FieldDefinition<'register', T>, options: FieldOptions = {}): FieldDefinition<'list', T> {
  requireItem('list', item)
  return { kind: 'list', initial: undefined, accepts: item.accepts, since: sinceOf(options), refersTo: item.refersTo }
}

/** Keys and values; each key is last-writer-wins. */
export function map<T>(item: FieldDefinition<'register', T>, options: FieldOptions = {}): FieldDefinition<'map', T> {
  requireItem('map', item)
  return { kind: 'map', initial: undefined, accepts: item.accepts, since: sinceOf(options), refersTo: item.refersTo }
}

/** A number to which several people add at once: what all of them have added is its value. */
export function counter(options: FieldOptions = {}): FieldDefinition<'counter', number> {
  return { kind: 'counter', initial: undefined, accepts: anything, since: sinceOf(options) }
}

/**
 * Items that are there or not, without an order: `set(value<string>())`. When one adds an item while another removes it, it
 * stays.
 */
export function set<T extends Scalar>(
  item: FieldDefinition<'register', T>,
  options: FieldOptions = {},
): FieldDefinition<'set', T> {
  requireItem('set', item)
  const accepts = (said: JsonValue) => isScalar(said) && item.accepts(said)
  return { kind: 'set', initial: undefined, accepts, since: sinceOf(options), refersTo: item.refersTo }
}

/**
 * A JSON value, last writer wins. Without `initial` it has to be given at creation.
 * @throws SupermeshError `value-not-json`, and `value-wrong-type` for an initial value that is not accepted
 */
export function value<T>(): FieldDefinition<'register', T, undefined>
export function value<T>(initial: undefined, options: ValueOptions): FieldDefinition<'register', T, undefined>
export function value<T>(initial: T, options?: ValueOptions): FieldDefinition<'register', T, T>
export function value<T>(initial?: T, options: ValueOptions = {}): FieldDefinition<'register', T> {
  const start = initial === undefined ? undefined : toJsonValue(initial)
  const since = sinceOf(options)
  const accepts = options.accepts ? guarded(options.accepts) : anything
  if (start !== undefined && !accepts(start)) {
    throw new SupermeshError('value-wrong-type', 'The initial value of a field is not one that it accepts.')
  }
  return { kind: 'register', initial: start, accepts, since }
}

/** Yes or no, last writer wins. */
export function flag(initial = false, options: FieldOptions = {}): FieldDefinition<'register', boolean, boolean> {
  return { kind: 'register', initial, accepts: isBoolean, since: sinceOf(options) }
}

/** The id of a record of `table`. In a record it has to be given at creation. */
export function ref(table: string): FieldDefinition<'register', string, undefined> {
  return { kind: 'register', initial: undefined, accepts: id => typeof id === 'string', since: 1, refersTo: table }
}

/**
 * @param rules - who may create, change and remove its records; whoever may edit, unless told otherwise. The author of a
 *   record is who created it, or brought it back. The own page keeps them; other pages do not check them yet.
 * @throws SupermeshError `rule-invalid`, `option-invalid`
 */
export function table<F extends Fields>(fields: F, rules: Partial<TableRules> = {}): TableDefinition<F> {
  requireOptions(rules, 'The rules of a table', ['create', 'change', 'remove'])
  const all: TableRules = { create: 'edit', change: 'edit', remove: 'edit', ...rules }
  for (const [verb, rule] of Object.entries(all)) {
    if (RULE.test(String(rule))) continue
    throw new SupermeshError('rule-invalid', `${inWords(rule)} is no rule of who may ${verb}.`, {
      verb,
      rule: String(rule),
    })
  }
  return { fields, rules: all }
}

/** The register that says whether a record is there; field names cannot begin with `_`. */
export const ALIVE = fieldKey('register', '_alive')

export interface SchemaOptions<P extends PresenceDefinition> {
  /** Counts up from 1 with each change to the schema. */
  readonly version: number
  /** Plain values with an initial one each: `{ editing: value<string | null>(null) }`. */
  readonly presence?: P & WithInitial<P>
}

/** `never` for a field without an initial value. */
type WithInitial<P extends PresenceDefinition> = {
  readonly [K in keyof P]: P[K] extends FieldDefinition<'register', unknown, infer Initial>
    ? [Initial] extends [undefined]
      ? never
      : P[K]
    : never
}

/**
 * A schema; each of its tables is also there by its own name.
 * @param id - unique for this kind of document, in reverse-domain form
 * @throws SupermeshError `name-unsafe` for a name that cannot be a table or field, `name-reserved` for a table called
 *   `id`, `version`, `tables` or `presence` and for a field called `id`, `table-unknown` for a `ref` to a table that is not
 *   there, `field-required` for a field that has no initial value and needs one: of presence, or one that came with a later version;
 *   `version-invalid` for a version, or a field's `since`, that is none; `value-wrong-type` for what is no table or no field
 */
export function defineSchema<const T extends Tables, const P extends PresenceDefinition = Record<never, never>>(
  id: string,
  options: SchemaOptions<P>,
  tables: T,
): Schema<SchemaTables<T>, P> & SchemaTables<T> {
  requireOptions(options, 'The options of a schema', ['version', 'presence'])
  const { version, presence = {} as P } = options
  requireSound({ id, version, tables, presence })
  const bound = Object.fromEntries(
    Object.entries(tables).map(([name, definition]) => [name, { ...definition, name, schema: id }]),
  ) as SchemaTables<T>
  return { ...bound, id, version, tables: bound, presence }
}
