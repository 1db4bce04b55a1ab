/**
 * Writing a patch: the shortest form of each part in the state that the author's patches have left. Grammar in
 * PROTOCOL.md ("Patches").
 */
import type { Writer } from './codec.ts'
import {
  type ElementId,
  type FieldPatch,
  type IdRange,
  type Insertion,
  kindOfKey,
  type MapPatch,
  type Move,
  type Operation,
  type Patch,
  type Removal,
  type SetPatch,
} from './patch.ts'
import {
  type Cursor,
  isNear,
  LEFT_EDGE,
  LEFT_OWN_LAST,
  LEFT_SHIFT,
  LEFT_SPELLED,
  MORE,
  MOVE,
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

type Content = Insertion<string | readonly unknown[]>['content']

export class PatchWriter {
  readonly #store: number
  readonly #vocabulary: Vocabulary

  constructor(store: number, vocabulary: Vocabulary) {
    this.#store = store
    this.#vocabulary = vocabulary
  }

  write(writer: Writer, patch: Patch, cursor: Cursor): void {
    for (const table of keysInOrder(patch)) {
      const records = patch[table] as Patch[string]
      for (const record of keysInOrder(records)) {
        const fields = records[record] as Patch[string][string]
        for (const key of keysInOrder(fields)) {
          this.#path(writer, table, record, key, cursor)
          this.#field(writer, key, fields[key] as FieldPatch, cursor)
        }
      }
    }
  }

  #path(writer: Writer, table: string, record: string, key: string, cursor: Cursor): void {
    const shared = table !== cursor.table ? 0 : record !== cursor.record ? 1 : key !== cursor.key ? 2 : 3
    writer.byte(shared)
    if (shared < 1) this.#name(writer, table)
    if (shared < 2) this.#name(writer, record)
    if (shared < 3) this.#name(writer, key)
    cursor.table = table
    cursor.record = record
    cursor.key = key
  }

  #name(writer: Writer, name: string): void {
    const { names } = this.#vocabulary
    const number = names.numberOf(name)
    writer.varuint(number)
    if (number > 0) return
    writer.string(name)
    names.add(name)
  }

  #field(writer: Writer, key: string, field: FieldPatch, cursor: Cursor): void {
    if ('value' in field) return writer.string(JSON.stringify(field.value))
    if ('changes' in field) return writeChanges(writer, field.changes)
    if ('add' in field) return writer.varuint(zigzag(field.add))
    if ('added' in field) return this.#set(writer, field, cursor)
    const isText = kindOfKey(key) === 'text'
    const { operations } = field
    for (let i = 0; i < operations.length; i++) {
      const operation = operations[i] as Operation<Content>
      const more = i + 1 < operations.length ? MORE : 0
      if (operation.type === 'insert') this.#insertion(writer, operation, more, isText, cursor)
      else if (operation.type === 'remove') this.#removal(writer, operation, more, cursor)
      else this.#move(writer, operation, more, cursor)
    }
  }

  #insertion(writer: Writer, insertion: Insertion<Content>, more: number, isText: boolean, cursor: Cursor): void {
    const { content } = insertion
    const isSingle = isText && content.length === 1 && (content as string).charCodeAt(0) < 0x80
    this.#origins(writer, insertion, more | (isSingle ? SINGLE : 0), cursor)
    if (isSingle) writer.byte((content as string).charCodeAt(0))
    else writer.string(isText ? (content as string) : JSON.stringify(content))
    cursor.passInsertion(this.#store, content.length, insertion.right)
  }

  #move(writer: Writer, move: Move, more: number, cursor: Cursor): void {
    this.#origins(writer, move, more | MOVE, cursor)
    this.#id(writer, move.of, cursor)
    cursor.passInsertion(this.#store, 1, move.right)
  }

  /** The flags, and the origins that they do not tell. */
  #origins(writer: Writer, { left, right }: Insertion<Content> | Move, flags: number, cursor: Cursor): void {
    const leftForm = this.#leftForm(left, cursor)
    const rightForm = sameElement(right, cursor.right) ? RIGHT_AS_BEFORE : right ? RIGHT_SPELLED : RIGHT_EDGE
    writer.byte(flags | (leftForm << LEFT_SHIFT) | (rightForm << RIGHT_SHIFT))
    if (left && leftForm === LEFT_SPELLED) this.#id(writer, left, cursor)
    else if (left) cursor.moveTo(left)
    if (right && rightForm === RIGHT_SPELLED) this.#id(writer, right, cursor)
  }

  #leftForm(left: ElementId | null, { elements }: Cursor): number {
    if (!left) return LEFT_EDGE
    return left.store === this.#store && left.clock === elements - 1 ? LEFT_OWN_LAST : LEFT_SPELLED
  }

  #removal(writer: Writer, { ranges }: Removal, more: number, cursor: Cursor): void {
    const [first] = ranges
    if (first && ranges.length === 1 && first.length === 1) {
      writer.byte(REMOVAL | more | SINGLE)
      return this.#id(writer, first, cursor)
    }
    writer.byte(REMOVAL | more)
    this.#ranges(writer, ranges, cursor)
  }

  #set(writer: Writer, { added, removed }: SetPatch, cursor: Cursor): void {
    writer.varuint(added.length)
    for (const item of added) writer.string(JSON.stringify(item))
    if (added.length > 0) cursor.passInsertion(this.#store, added.length, cursor.right)
    this.#ranges(writer, removed, cursor)
  }

  #ranges(writer: Writer, ranges: readonly IdRange[], cursor: Cursor): void {
    writer.varuint(ranges.length)
    for (const range of ranges) {
      this.#id(writer, range, cursor)
      writer.varuint(range.length)
    }
  }

  #id(writer: Writer, id: ElementId, cursor: Cursor): void {
    const way = id.clock - cursor.clock
    if (id.store === cursor.store && isNear(way)) writer.varuint(2 * zigzag(way))
    else {
      this.#storeOf(writer, id.store)
      writer.varuint(id.clock)
    }
    cursor.moveTo(id)
  }

  #storeOf(writer: Writer, store: number): void {
    const { stores } = this.#vocabulary
    const number = stores.numberOf(store)
    if (store === this.#store) writer.varuint(2 * STORE_OWN + 1)
    else if (number > 0) writer.varuint(2 * (STORE_SPELLED + number) + 1)
    else {
      writer.varuint(2 * STORE_SPELLED + 1)
      writer.varuint(store)
      stores.add(store)
    }
  }
}

/** A whole number as one that is not negative. */
function zigzag(number: number): number {
  return number < 0 ? -2 * number - 1 : 2 * number
}

function writeChanges(writer: Writer, unordered: MapPatch['changes']): void {
  const changes = [...unordered].sort(([a], [b]) => (a < b ? -1 : 1))
  writer.varuint(changes.length)
  for (const [key, value] of changes) {
    writer.string(key)
    writer.byte(value === undefined ? 0 : 1)
    if (value !== undefined) writer.string(JSON.stringify(value))
  }
}

/** As the wire has names: by UTF-16 units, which an object with names like numbers would not keep. */
function keysInOrder(named: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(named).sort()
}
