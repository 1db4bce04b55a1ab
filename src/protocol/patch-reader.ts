/**
 * Reading a patch: every bound, name, order and form is checked on the way, so that what comes out is canonical.
 */
import { malformed, type Reader } from './codec.ts'
import { NAME_MAX_BYTES, PATCH_MAX_OPERATIONS, PATCH_MAX_SPLICES } from './limits.ts'
import { safeName } from './name.ts'
import {
  type ElementId,
  type FieldKind,
  type FieldPatch,
  type IdRange,
  type JsonValue,
  kindOfKey,
  type MapPatch,
  type Operation,
  type Patch,
  type Removal,
  type SetPatch,
  type Stamp,
} from './patch.ts'
import { readItems, readJson, readScalar, readStep, readText } from './patch-content.ts'
import {
  type Cursor,
  isNear,
  LEFT_OWN_LAST,
  LEFT_SHIFT,
  LEFT_SPELLED,
  MORE,
  MOVE,
  OPERATION_BITS,
  REMOVAL,
  RIGHT_AS_BEFORE,
  RIGHT_EDGE,
  RIGHT_SHIFT,
  RIGHT_SPELLED,
  SINGLE,
  STORE_OWN,
  STORE_SPELLED,
  sameElement,
  type Vocabulary,
} from './patch-state.ts'

type Content = string | readonly JsonValue[]

/** A class, because there is one for each log, and reading a keystroke makes nothing else. */
export class PatchReader {
  readonly #store: number
  readonly #vocabulary: Vocabulary
  /** What may still come in the patch. */
  #operations = 0
  #splices = 0
  /** Whether the patch is new: what is spelled in an old one is in the vocabulary already. */
  #isNew = true

  constructor(store: number, vocabulary: Vocabulary) {
    this.#store = store
    this.#vocabulary = vocabulary
  }

  /** Reads to the end of `reader`; ids and stamps are filled in. Refuses through the reader. */
  read(reader: Reader, stamp: Stamp, cursor: Cursor, isNew: boolean): Patch {
    this.#operations = PATCH_MAX_OPERATIONS
    this.#splices = PATCH_MAX_SPLICES
    this.#isNew = isNew
    const patch: Record<string, Record<string, Record<string, FieldPatch>>> = {}
    let isFirst = true
    do {
      const kind = this.#path(reader, cursor, isFirst)
      const { table, record, key } = cursor
      this.#spend(1)
      patch[table] ??= {}
      const records = patch[table]
      records[record] ??= {}
      const fields = records[record]
      fields[key] = this.#field(reader, kind, stamp, cursor)
      isFirst = false
    } while (reader.remaining > 0)
    return patch
  }

  #spend(count: number): void {
    this.#operations -= count
    if (this.#operations < 0) malformed('patch-too-large')
  }

  #spendSplices(count: number): void {
    this.#splices -= count
    if (this.#splices < 0) malformed('patch-too-large')
    this.#spend(count)
  }

  /** Moves the cursor to the next field. */
  #path(reader: Reader, cursor: Cursor, isFirst: boolean): FieldKind {
    if (isFirst && reader.remaining === 0) malformed('patch-empty')
    const shared = reader.byte()
    if (shared > 3 || (shared > 0 && cursor.key === '')) malformed('path-unknown')
    if (shared === 3 && !isFirst) malformed('patch-not-sorted')
    if (shared < 1) cursor.table = this.#component(reader, cursor.table, isFirst)
    if (shared < 2) cursor.record = this.#component(reader, shared === 1 ? cursor.record : '', isFirst)
    if (shared < 3) cursor.key = this.#name(reader, shared === 2 ? cursor.key : '', isFirst)
    const kind = kindOfKey(cursor.key)
    if (kind === null) malformed('field-kind-wrong')
    if (shared < 3 && !safeName(cursor.key.slice(2))) malformed('name-unsafe')
    return kind
  }

  #component(reader: Reader, before: string, isFirst: boolean): string {
    const name = this.#name(reader, before, isFirst)
    return safeName(name) ? name : malformed('name-unsafe')
  }

  /** @param before - what stood in its place and so is not shared; empty when it was elsewhere */
  #name(reader: Reader, before: string, isFirst: boolean): string {
    const number = reader.varuint()
    const name = number > 0 ? this.#vocabulary.names.at(number) : this.#spelledName(reader)
    if (name === undefined) malformed('name-unknown')
    if (before !== '' && name === before) malformed('not-shortest')
    if (!isFirst && name < before) malformed('patch-not-sorted')
    return name
  }

  #spelledName(reader: Reader): string {
    const { names } = this.#vocabulary
    const name = reader.string(NAME_MAX_BYTES)
    if (!this.#isNew) return name
    if (names.numberOf(name) > 0) malformed('name-repeated')
    names.add(name)
    return name
  }

  #field(reader: Reader, kind: FieldKind, stamp: Stamp, cursor: Cursor): FieldPatch {
    if (kind === 'register') return { stamp, value: readJson(reader) }
    if (kind === 'map') return { stamp, changes: this.#changes(reader) }
    if (kind === 'counter') return { add: readStep(reader) }
    if (kind === 'set') return this.#set(reader, cursor)
    let flags = reader.byte()
    // Mostly there is one: a list that grows has room for many.
    const operations = [this.#operation(reader, flags, kind, stamp, cursor)]
    while ((flags & MORE) !== 0) {
      flags = reader.byte()
      operations.push(this.#operation(reader, flags, kind, stamp, cursor))
    }
    return { operations } as FieldPatch
  }

  #operation(reader: Reader, flags: number, kind: FieldKind, stamp: Stamp, cursor: Cursor): Operation<Content> {
    if (flags > OPERATION_BITS) malformed('operation-unknown')
    this.#spendSplices(1)
    return (flags & REMOVAL) !== 0
      ? this.#removal(reader, flags, cursor)
      : this.#insertion(reader, flags, kind, stamp.version, cursor)
  }

  #insertion(
    reader: Reader,
    flags: number,
    kind: FieldKind,
    version: number,
    cursor: Cursor,
  ): Exclude<Operation<Content>, Removal> {
    const left = this.#left(reader, (flags >> LEFT_SHIFT) & 3, cursor)
    const right = this.#right(reader, (flags >> RIGHT_SHIFT) & 3, cursor)
    const id = { store: this.#store, clock: cursor.elements }
    if (kind === 'list' && (flags & MOVE) !== 0) {
      const of = this.#id(reader, cursor)
      cursor.passInsertion(this.#store, 1, right)
      return { type: 'move', id, left, right, of, version }
    }
    const content = kind === 'text' ? readText(reader, (flags & SINGLE) !== 0) : readItems(reader)
    cursor.passInsertion(this.#store, content.length, right)
    return { type: 'insert', id, left, right, content }
  }

  #left(reader: Reader, form: number, cursor: Cursor): ElementId | null {
    if (form > LEFT_SPELLED) malformed('operation-unknown')
    const ownLast = cursor.elements - 1
    if (form === LEFT_OWN_LAST) {
      if (ownLast < 0) malformed('origin-outside-past')
      const left = { store: this.#store, clock: ownLast }
      cursor.moveTo(left)
      return left
    }
    const left = form === LEFT_SPELLED ? this.#id(reader, cursor) : null
    if (left?.clock === ownLast && left.store === this.#store) malformed('not-shortest')
    return left
  }

  #right(reader: Reader, form: number, cursor: Cursor): ElementId | null {
    if (form > RIGHT_SPELLED) malformed('operation-unknown')
    if (form === RIGHT_AS_BEFORE) return cursor.right
    const right = form === RIGHT_EDGE ? null : this.#id(reader, cursor)
    return sameElement(right, cursor.right) ? malformed('not-shortest') : right
  }

  #removal(reader: Reader, flags: number, cursor: Cursor): Removal {
    if ((flags & ~(REMOVAL | MORE | SINGLE)) !== 0) malformed('operation-unknown')
    const isSingle = (flags & SINGLE) !== 0
    const count = isSingle ? 1 : reader.varuint(PATCH_MAX_OPERATIONS)
    if (count === 0) malformed('operation-empty')
    this.#spend(count)
    if (isSingle) {
      const { store, clock } = this.#id(reader, cursor)
      return { type: 'remove', ranges: [{ store, clock, length: 1 }] }
    }
    const ranges = this.#ranges(reader, count, cursor)
    if (count === 1 && ranges[0]?.length === 1) malformed('not-shortest')
    return { type: 'remove', ranges }
  }

  #ranges(reader: Reader, count: number, cursor: Cursor): readonly IdRange[] {
    const ranges: IdRange[] = []
    for (let i = 0; i < count; i++) {
      const { store, clock } = this.#id(reader, cursor)
      const length = reader.varuint()
      if (length === 0) malformed('operation-empty')
      const before = ranges[i - 1]
      if (before && !precedes(before, cursor)) malformed('patch-not-sorted')
      ranges.push({ store, clock, length })
    }
    return ranges
  }

  #set(reader: Reader, cursor: Cursor): SetPatch {
    const id = { store: this.#store, clock: cursor.elements }
    const count = reader.varuint(PATCH_MAX_OPERATIONS)
    this.#spend(count)
    const added = Array.from({ length: count }, () => readScalar(reader))
    if (count > 0) cursor.passInsertion(this.#store, count, cursor.right)
    const ranges = reader.varuint(PATCH_MAX_OPERATIONS)
    this.#spend(ranges)
    return { id, added, removed: this.#ranges(reader, ranges, cursor) }
  }

  #id(reader: Reader, cursor: Cursor): ElementId {
    const number = reader.varuint()
    const half = Math.floor(number / 2)
    let { store, clock } = cursor
    if (number % 2 === 0) {
      const way = half % 2 === 0 ? half / 2 : -(half + 1) / 2
      clock += way
      if (!isNear(way) || clock < 0 || clock > Number.MAX_SAFE_INTEGER) malformed('number-out-of-range')
    } else {
      store = this.#storeAt(reader, half)
      clock = reader.varuint()
      if (store === cursor.store && isNear(clock - cursor.clock)) malformed('not-shortest')
    }
    const id = { store, clock }
    cursor.moveTo(id)
    return id
  }

  #storeAt(reader: Reader, number: number): number {
    if (number === STORE_OWN) return this.#store
    const { stores } = this.#vocabulary
    if (number > STORE_SPELLED) return stores.at(number - STORE_SPELLED) ?? malformed('store-unknown')
    const store = reader.varuint()
    if (!this.#isNew) return store
    if (store === this.#store || stores.numberOf(store) > 0) malformed('store-repeated')
    stores.add(store)
    return store
  }

  #changes(reader: Reader): MapPatch['changes'] {
    const count = reader.varuint(PATCH_MAX_OPERATIONS)
    if (count === 0) malformed('operation-empty')
    this.#spend(count)
    const changes: [string, JsonValue | undefined][] = []
    for (let i = 0; i < count; i++) {
      const key = reader.string(NAME_MAX_BYTES)
      const before = changes[i - 1]?.[0]
      if (before !== undefined && before >= key) malformed('patch-not-sorted')
      const present = reader.byte()
      if (present > 1) malformed('operation-unknown')
      changes.push([key, present === 1 ? readJson(reader) : undefined])
    }
    return changes
  }
}

function precedes(range: IdRange, id: ElementId): boolean {
  return range.store < id.store || (range.store === id.store && range.clock + range.length <= id.clock)
}
