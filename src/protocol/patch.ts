/**
 * The payload of an edit: what it does to each field of each record of each table. Grammar in PROTOCOL.md ("Patches").
 *
 * A patch says of itself what kind each field is, so that a replica can apply what a newer schema wrote. Versions and
 * the ids of inserted elements are not sent: they follow from the frame's place in its author's log, so nobody can
 * claim another's.
 */
import type { Bytes } from '../base/bytes.ts'
import { createWriter, malformed, type Reader, type Writer } from './codec.ts'
import { FRAME_MAX_BYTES, NAME_MAX_BYTES, PATCH_MAX_OPERATIONS, VALUE_MAX_BYTES, VALUE_MAX_DEPTH } from './limits.ts'
import { safeName } from './name.ts'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** One character (UTF-16 unit) of a text or one item of a list: `clock` counts all that its store ever inserted. */
export interface ElementId {
  readonly store: number
  readonly clock: number
}

/** When and by whom a value was written; the greater wins. */
export interface Stamp {
  readonly version: number
  readonly store: number
}

export interface IdRange extends ElementId {
  readonly length: number
}

export interface Insertion<Content> {
  readonly type: 'insert'
  /** Id of the first inserted element; the others follow it. */
  readonly id: ElementId
  /** The elements between which it was made, the removed ones included; `null` is the edge of the text. */
  readonly left: ElementId | null
  readonly right: ElementId | null
  readonly content: Content
}

export interface Removal {
  readonly type: 'remove'
  readonly ranges: readonly IdRange[]
}

export type Operation<Content> = Insertion<Content> | Removal

export type RegisterPatch = { readonly stamp: Stamp; readonly value: JsonValue }
/** `undefined` removes the key. */
export type MapPatch = {
  readonly stamp: Stamp
  readonly changes: readonly (readonly [string, JsonValue | undefined])[]
}
export type TextPatch = { readonly operations: readonly Operation<string>[] }
export type ListPatch = { readonly operations: readonly Operation<readonly JsonValue[]>[] }
export type FieldPatch = RegisterPatch | MapPatch | TextPatch | ListPatch

/** Table → record → field key → what is done to it. Names have passed {@link safeName}. */
export type Patch = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, FieldPatch>>>>>>

const KINDS = { r: 'register', m: 'map', t: 'text', l: 'list' } as const
export type FieldKind = (typeof KINDS)[keyof typeof KINDS]

/** A field is known by its kind and name together: a schema that changes a field's kind has made another field. */
export function fieldKey(kind: FieldKind, name: string): string {
  return `${kind[0]}.${name}`
}

/** `null` when `key` is no field key. */
export function kindOfKey(key: string): FieldKind | null {
  return key[1] === '.' && Object.hasOwn(KINDS, key[0] ?? '') ? KINDS[key[0] as keyof typeof KINDS] : null
}

/** Where in its author's log an edit stands, from which its ids follow. */
export interface Place extends Stamp {
  /** Elements that the store has inserted before this edit. */
  readonly clock: number
}

export function encodePatch(patch: Patch, author: number): Bytes {
  const stores = referencedStores(patch, author)
  const indexOf = new Map(stores.map((store, i) => [store, i + 1]))
  indexOf.set(author, 0)
  const writer = createWriter()
  writer.varuint(stores.length)
  for (const store of stores) writer.varuint(store)
  const writeId = (id: ElementId) => {
    writer.varuint((indexOf.get(id.store) ?? 0) + 1)
    writer.varuint(id.clock)
  }
  writeSorted(writer, patch, records =>
    writeSorted(writer, records, fields => {
      writeSorted(writer, fields, (field, key) => writeField(writer, kindOfKey(key), field, writeId))
    }),
  )
  return writer.finish()
}

function referencedStores(patch: Patch, author: number): number[] {
  const stores = new Set<number>()
  for (const records of Object.values(patch)) {
    for (const fields of Object.values(records)) {
      for (const field of Object.values(fields)) {
        if (!('operations' in field)) continue
        for (const operation of field.operations) {
          if (operation.type === 'remove') for (const range of operation.ranges) stores.add(range.store)
          else for (const origin of [operation.left, operation.right]) if (origin) stores.add(origin.store)
        }
      }
    }
  }
  stores.delete(author)
  return [...stores].sort((a, b) => a - b)
}

/** As the wire has names: by UTF-16 units, which an object with names like numbers would not keep. */
export function inOrder<T>(named: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1))
}

function writeSorted<T>(writer: Writer, named: Readonly<Record<string, T>>, write: (item: T, name: string) => void) {
  const entries = inOrder(named)
  writer.varuint(entries.length)
  for (const [name, item] of entries) {
    writer.string(name)
    write(item, name)
  }
}

function writeField(writer: Writer, kind: FieldKind | null, field: FieldPatch, writeId: (id: ElementId) => void) {
  if ('value' in field) {
    writer.string(JSON.stringify(field.value))
  } else if ('changes' in field) {
    const changes = [...field.changes].sort(([a], [b]) => (a < b ? -1 : 1))
    writer.varuint(changes.length)
    for (const [key, value] of changes) {
      writer.string(key)
      writer.byte(value === undefined ? 0 : 1)
      if (value !== undefined) writer.string(JSON.stringify(value))
    }
  } else {
    writer.varuint(field.operations.length)
    for (const operation of field.operations) {
      if (operation.type === 'insert') {
        writer.byte(1)
        for (const origin of [operation.left, operation.right]) {
          if (origin) writeId(origin)
          else writer.varuint(0)
        }
        writer.string(kind === 'text' ? (operation.content as string) : JSON.stringify(operation.content))
      } else {
        writer.byte(2)
        writer.varuint(operation.ranges.length)
        for (const range of operation.ranges) {
          writeId(range)
          writer.varuint(range.length)
        }
      }
    }
  }
}

/** Reads a patch to the end of `reader`; ids and stamps are filled in from `place`. Refuses through the reader. */
export function readPatch(reader: Reader, place: Place): Patch {
  const stores = [place.store]
  const storeCount = reader.varuint(PATCH_MAX_OPERATIONS)
  for (let i = 0; i < storeCount; i++) {
    const store = reader.varuint()
    if (store === place.store || (i > 0 && store <= (stores[i] ?? 0))) malformed('patch-not-sorted')
    stores.push(store)
  }
  const stamp: Stamp = { version: place.version, store: place.store }
  const named = new Set([1])
  let clock = place.clock
  let budget = PATCH_MAX_OPERATIONS
  const spend = (count: number) => {
    budget -= count
    if (budget < 0) malformed('patch-too-large')
  }
  const readId = (): ElementId | null => {
    const index = reader.varuint()
    if (index === 0) return null
    const store = stores[index - 1]
    if (store === undefined) malformed('store-unknown')
    named.add(index)
    return { store, clock: reader.varuint() }
  }
  const readOperation = <Content extends { readonly length: number }>(read: () => Content): Operation<Content> => {
    const type = reader.byte()
    if (type === 1) {
      const left = readId()
      const right = readId()
      const content = read()
      if (content.length === 0) malformed('operation-empty')
      const id = { store: place.store, clock }
      clock += content.length
      return { type: 'insert', id, left, right, content }
    }
    if (type !== 2) malformed('operation-unknown')
    const count = reader.varuint(PATCH_MAX_OPERATIONS)
    if (count === 0) malformed('operation-empty')
    spend(count)
    const ranges: IdRange[] = []
    for (let i = 0; i < count; i++) {
      const id = readId()
      const length = reader.varuint()
      if (!id || length === 0) malformed('operation-empty')
      const before = ranges.at(-1)
      if (before && !precedes(before, id)) malformed('patch-not-sorted')
      ranges.push({ ...id, length })
    }
    return { type: 'remove', ranges }
  }
  const readOperations = <Content extends { readonly length: number }>(read: () => Content) => {
    const count = reader.varuint(PATCH_MAX_OPERATIONS)
    if (count === 0) malformed('operation-empty')
    spend(count)
    const operations: Operation<Content>[] = []
    for (let i = 0; i < count; i++) operations.push(readOperation(read))
    return { operations }
  }
  const readField = (key: string): FieldPatch => {
    spend(1)
    switch (kindOfKey(key)) {
      case 'register':
        return { stamp, value: readJson(reader) }
      case 'map':
        return { stamp, changes: readMapChanges(reader, spend) }
      case 'text':
        return readOperations(() => reader.string(FRAME_MAX_BYTES))
      case 'list':
        return readOperations(() => {
          const items = readJson(reader)
          return Array.isArray(items) ? items : malformed('value-wrong-type')
        })
      case null:
        return malformed('field-kind-wrong')
    }
  }
  const patch = readNamed(reader, () =>
    readNamed(reader, () => readNamed(reader, readField, key => safeName(key.slice(2)))),
  )
  if (named.size <= storeCount) malformed('store-unused')
  return patch
}

function precedes(range: IdRange, id: ElementId): boolean {
  return range.store < id.store || (range.store === id.store && range.clock + range.length <= id.clock)
}

function readNamed<T>(reader: Reader, read: (name: string) => T, allowed = safeName): Record<string, T> {
  const count = reader.varuint(PATCH_MAX_OPERATIONS)
  if (count === 0) malformed('patch-empty')
  const named: Record<string, T> = {}
  let before: string | undefined
  for (let i = 0; i < count; i++) {
    const name = reader.string(NAME_MAX_BYTES)
    if (!allowed(name)) malformed('name-unsafe')
    if (before !== undefined && before >= name) malformed('patch-not-sorted')
    before = name
    named[name] = read(name)
  }
  return named
}

function readMapChanges(reader: Reader, spend: (count: number) => void): [string, JsonValue | undefined][] {
  const count = reader.varuint(PATCH_MAX_OPERATIONS)
  if (count === 0) malformed('operation-empty')
  spend(count)
  const changes: [string, JsonValue | undefined][] = []
  for (let i = 0; i < count; i++) {
    const key = reader.string(NAME_MAX_BYTES)
    const before = changes.at(-1)?.[0]
    if (before !== undefined && before >= key) malformed('patch-not-sorted')
    const present = reader.byte()
    if (present > 1) malformed('operation-unknown')
    changes.push([key, present === 1 ? readJson(reader) : undefined])
  }
  return changes
}

/** Accepts only what `JSON.stringify` writes, so that one value has one encoding. */
function readJson(reader: Reader): JsonValue {
  const text = reader.string(VALUE_MAX_BYTES)
  if (nesting(text) > VALUE_MAX_DEPTH) malformed('value-too-deep')
  let value: JsonValue
  try {
    value = JSON.parse(text, refuseProto) as JsonValue
  } catch (error) {
    if (error instanceof SyntaxError) malformed('value-not-json')
    throw error
  }
  if (JSON.stringify(value) !== text) malformed('value-not-json')
  return value
}

/** An own key `__proto__` is harmless in itself, but not in the hands of code that copies it by assignment. */
function refuseProto(key: string, value: JsonValue): JsonValue {
  return key === '__proto__' ? malformed('name-unsafe') : value
}

/** An upper bound of a JSON text's depth, found before a recursive parser sees it. */
function nesting(text: string): number {
  let depth = 0
  let deepest = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (quoted) {
      if (unit === 0x5c) i++
      else if (unit === 0x22) quoted = false
    } else if (unit === 0x22) quoted = true
    else if (unit === 0x5b || unit === 0x7b) deepest = Math.max(deepest, ++depth)
    else if (unit === 0x5d || unit === 0x7d) depth--
  }
  return deepest
}

/** How many elements a patch inserts: by so much its author's clock goes on. */
export function insertedElements(patch: Patch): number {
  let count = 0
  for (const records of Object.values(patch)) {
    for (const fields of Object.values(records)) {
      for (const field of Object.values(fields)) {
        if (!('operations' in field)) continue
        for (const operation of field.operations) if (operation.type === 'insert') count += operation.content.length
      }
    }
  }
  return count
}
