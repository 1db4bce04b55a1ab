/**
 * Fields while they are being written: what was staged shows at once. Registers and maps; what all kinds have in common.
 */
import { toUtf8 } from '../base/bytes.ts'
import { inWords, SupermeshError } from '../base/error.ts'
import { NAME_MAX_BYTES } from '../protocol/limits.ts'
import type { JsonValue } from '../protocol/patch.ts'
import type { Document } from './document.ts'
import { isSameValue, toJsonValue } from './json-value.ts'
import type { MapValue } from './map-value.ts'
import { acceptedMap } from './map-value.ts'
import type { Staging } from './staging.ts'
import { requireBelow } from './transaction-size.ts'

/** One field of one record. */
export interface Location {
  readonly document: Document
  readonly staging: Staging
  readonly table: string
  readonly record: string
  readonly key: string
  /** The field's name, for messages. */
  readonly field: string
  readonly accepts: (value: JsonValue) => boolean
  /** @throws SupermeshError `not-allowed` */
  readonly authorize: () => void
}

/** Every write to a field goes through here, or through {@link stageEntries}. */
export function stage({ staging, table, record, key, authorize }: Location, update: unknown): void {
  authorize()
  staging.set(table, record, key, update)
}

/** Adds to what is staged for a map or a set. */
export function stageEntries<V>(location: Location, entries: readonly (readonly [string, V])[]): void {
  const { staging, table, record, key, authorize } = location
  const staged = staging.get(table, record, key) as Map<string, V> | undefined
  requireBelow((staged?.size ?? 0) + entries.length, 'transactionOperations')
  if (!staged || !staging.isFresh(staged)) return stage(location, new Map([...(staged ?? []), ...entries]))
  authorize()
  for (const [name, update] of entries) staged.set(name, update)
}

/**
 * Whether a field shows already what is written to it. In a record that is made now nothing counts as there: what it held before
 * it was removed may be another's, who takes that back.
 */
export function isThere({ staging, table, record }: Location, shown: unknown, value: unknown): boolean {
  return !staging.created.has(`${table}/${record}`) && isSameValue(shown, value)
}

/** @param wanted - in words */
export function wrongType({ table, field }: Location, wanted: string): SupermeshError {
  const sentence = `The value for ${table}.${field} has the wrong type: it has to be ${wanted}.`
  return new SupermeshError('value-wrong-type', sentence, { table, field })
}

/** @throws SupermeshError `value-wrong-type` */
export function requireAccepted(location: Location, value: JsonValue): JsonValue {
  if (!location.accepts(value)) throw wrongType(location, 'one that the schema accepts')
  return value
}

/** What a register will hold, whether it is accepted or not; `undefined` when nothing was written. */
function registerHeld({ document, staging, table, record, key }: Location): unknown {
  const staged = staging.get(table, record, key)
  return staged === undefined ? document.value(table, record, key) : staged
}

/** What a register will hold, as it is read: see `accepts`. */
export function registerDraft(location: Location, initial: unknown): unknown {
  const held = registerHeld(location)
  return held !== undefined && location.accepts(held as JsonValue) ? held : initial
}

export function writeRegister(location: Location, initial: unknown, value: unknown): void {
  const json = requireAccepted(location, toJsonValue(value, location.field))
  location.authorize()
  const held = registerHeld(location)
  if (!isThere(location, held === undefined ? initial : held, json)) stage(location, json)
}

/** @throws SupermeshError `name-unsafe` */
function requireKey(name: string): void {
  const size = typeof name === 'string' && name.isWellFormed() ? toUtf8(name).length : Number.POSITIVE_INFINITY
  if (size <= NAME_MAX_BYTES) return
  const why = Number.isFinite(size) ? `it has ${size} bytes, of ${NAME_MAX_BYTES} at most` : 'it is no Unicode text'
  throw new SupermeshError('name-unsafe', `${inWords(name)} cannot be a key: ${why}.`, {
    key: name,
    limit: NAME_MAX_BYTES,
  })
}

export function mapDraft(location: Location) {
  const { document, staging, table, record, key } = location
  const staged = () => staging.get(table, record, key) as ReadonlyMap<string, JsonValue | undefined> | undefined
  /** Whether it is accepted or not. */
  const heldAt = (name: string) => {
    const updates = staged()
    return updates?.has(name)
      ? updates.get(name)
      : (document.value(table, record, key) as MapValue | undefined)?.get(name)
  }
  const put = (name: string, value: JsonValue | undefined) => {
    location.authorize()
    if (!isThere(location, heldAt(name), value)) stageEntries(location, [[name, value]])
  }
  return {
    get(name: string): unknown {
      const held = heldAt(name)
      return held !== undefined && location.accepts(held) ? held : undefined
    },
    set(name: string, value: unknown) {
      requireKey(name)
      put(name, requireAccepted(location, toJsonValue(value, name)))
    },
    delete(name: string) {
      requireKey(name)
      put(name, undefined)
    },
    toMap(): MapValue {
      const held = new Map((document.value(table, record, key) as MapValue | undefined) ?? [])
      for (const [name, value] of staged() ?? []) {
        if (value === undefined) held.delete(name)
        else held.set(name, value)
      }
      return acceptedMap(held, location.accepts)
    },
  }
}
