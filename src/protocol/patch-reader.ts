/**
 * Reading a patch: every bound, name and order is checked on the way, so that what comes out is canonical.
 */
import { malformed, type Reader } from './codec.ts'
import { nesting } from './json-depth.ts'
import {
  FRAME_MAX_BYTES,
  NAME_MAX_BYTES,
  PATCH_MAX_OPERATIONS,
  PATCH_MAX_SPLICES,
  VALUE_MAX_BYTES,
  VALUE_MAX_DEPTH,
} from './limits.ts'
import { safeName } from './name.ts'
import {
  type ElementId,
  type FieldPatch,
  type IdRange,
  type JsonValue,
  kindOfKey,
  type Operation,
  type Patch,
  type Place,
  type Stamp,
} from './patch.ts'

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
  let spliceBudget = PATCH_MAX_SPLICES
  const spendSplices = (count: number) => {
    spliceBudget -= count
    if (spliceBudget < 0) malformed('patch-too-large')
    spend(count)
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
    spendSplices(count)
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
    spendSplices(count)
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
