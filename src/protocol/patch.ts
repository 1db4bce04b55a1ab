/**
 * The payload of an edit: what it does to each field of each record of each table. Grammar in PROTOCOL.md ("Patches").
 *
 * A patch says of itself what kind each field is, so that a replica can apply what a newer schema wrote. Versions and
 * the ids of inserted elements are not sent: they follow from the frame's place in its author's log, so nobody can
 * claim another's.
 */
import type { safeName } from './name.ts'

export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue }

/** One character (UTF-16 unit) of a text, one item of a list or of a set: `clock` counts all that its store ever inserted. */
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

/**
 * One item of a list comes to stand elsewhere: at a new element, a "slot", that is placed like an insertion. Of all slots of
 * an item, its first element among them, the one with the greatest (version, store, clock) shows it.
 */
export interface Move {
  readonly type: 'move'
  /** Id of the slot. */
  readonly id: ElementId
  readonly left: ElementId | null
  readonly right: ElementId | null
  /** The element as which the item was inserted. */
  readonly of: ElementId
  /** Of the edit. */
  readonly version: number
}

/** The elements that an insertion makes, or a removal hides. */
export function rangesOf(operation: Insertion<{ readonly length: number }> | Removal): readonly IdRange[] {
  return operation.type === 'remove' ? operation.ranges : [{ ...operation.id, length: operation.content.length }]
}

export type Operation<Content> = Insertion<Content> | Removal | Move

export type RegisterPatch = { readonly stamp: Stamp; readonly value: JsonValue }
/** `undefined` removes the key. */
export type MapPatch = {
  readonly stamp: Stamp
  readonly changes: readonly (readonly [string, JsonValue | undefined])[]
}
export type TextPatch = { readonly operations: readonly Operation<string>[] }
export type ListPatch = { readonly operations: readonly Operation<readonly JsonValue[]>[] }
/** How much is added to a counter; it may be less than nothing. */
export type CounterPatch = { readonly add: number }
export type Scalar = string | number | boolean
/** What is added to a set has ids of elements, from `id` on, by which a removal names what it has seen. */
export type SetPatch = {
  readonly id: ElementId
  readonly added: readonly Scalar[]
  readonly removed: readonly IdRange[]
}
export type FieldPatch = RegisterPatch | MapPatch | TextPatch | ListPatch | CounterPatch | SetPatch

/** Table → record → field key → what is done to it. Names have passed {@link safeName}. */
export type Patch = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, FieldPatch>>>>>>

export type FieldKind = 'register' | 'map' | 'text' | 'list' | 'counter' | 'set'

const KINDS: ReadonlyMap<string | undefined, FieldKind> = new Map(
  (['register', 'map', 'text', 'list', 'counter', 'set'] as const).map(kind => [kind[0], kind]),
)

/** A field is known by its kind and name together: a schema that changes a field's kind has made another field. */
export function fieldKey(kind: FieldKind, name: string): string {
  return `${kind[0]}.${name}`
}

/** `null` when `key` is no field key. */
export function kindOfKey(key: string): FieldKind | null {
  return key[1] === '.' ? (KINDS.get(key[0]) ?? null) : null
}

/** As the wire has names: by UTF-16 units, which an object with names like numbers would not keep. */
export function inOrder<T>(named: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1))
}
