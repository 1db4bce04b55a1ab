/**
 * The payload of an edit: what it does to each field of each record of each table. Grammar in PROTOCOL.md ("Patches").
 *
 * A patch says of itself what kind each field is, so that a replica can apply what a newer schema wrote. Versions and
 * the ids of inserted elements are not sent: they follow from the frame's place in its author's log, so nobody can
 * claim another's.
 */
import type { Bytes } from '../base/bytes.ts'
import { createWriter, type Writer } from './codec.ts'
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
