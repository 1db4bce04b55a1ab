/**
 * What an author's patches have in common, so that none repeats it: the names and stores spelled before, and the place
 * at which the author was last.
 *
 * The dictionaries only grow: what an old patch refers to is there for ever. The cursor is small and is copied.
 */
import { malformed, type Reader, type Writer } from './codec.ts'
import { readAll, writeAll } from './columns.ts'
import { COUNT_MAX, DICTIONARY_MAX, NAME_MAX_BYTES } from './limits.ts'
import { safeName } from './name.ts'
import { type ElementId, kindOfKey } from './patch.ts'

/** Items in the order in which they were first spelled, numbered from 1. */
export class Dictionary<T> {
  readonly #items: T[] = []
  readonly #numbers = new Map<T, number>()

  /** 0 when it is not there. */
  numberOf(item: T): number {
    return this.#numbers.get(item) ?? 0
  }

  get items(): readonly T[] {
    return this.#items
  }

  at(number: number): T | undefined {
    return this.#items[number - 1]
  }

  /** When it is full it stays as it is, and further items are spelled each time. */
  add(item: T): void {
    if (this.#items.length < DICTIONARY_MAX) this.#numbers.set(item, this.#items.push(item))
  }
}

export class Vocabulary {
  /** Of tables and records, and field keys. */
  readonly names = new Dictionary<string>()
  /** Without the author's own. */
  readonly stores = new Dictionary<number>()
}

/** Where an author was last. */
export class Cursor {
  /** The field written last; empty before the first. */
  table = ''
  record = ''
  key = ''
  /** The element named or inserted last. */
  store: number
  clock = 0
  /** The right origin of the last insertion. */
  right: ElementId | null = null
  /** How many elements the author has inserted. */
  elements = 0

  constructor(store: number) {
    this.store = store
  }

  moveTo({ store, clock }: ElementId): void {
    this.store = store
    this.clock = clock
  }

  /** Behind an insertion (or move) of `length` elements by the author, who is `own`. */
  passInsertion(own: number, length: number, right: ElementId | null): void {
    this.elements += length
    this.store = own
    this.clock = this.elements - 1
    this.right = right
  }

  copy(): Cursor {
    return Object.assign(new Cursor(this.store), this)
  }
}

export function writeVocabulary(writer: Writer, { names, stores }: Vocabulary): void {
  writeAll(writer, names.items, name => writer.string(name))
  writeAll(writer, stores.items, store => writer.varuint(store))
}

export function readVocabulary(reader: Reader): Vocabulary {
  const vocabulary = new Vocabulary()
  // A name need not be one that can be used: that is seen to where it is.
  readDictionary(reader, vocabulary.names, () => reader.string(NAME_MAX_BYTES))
  readDictionary(reader, vocabulary.stores, () => reader.varuint())
  return vocabulary
}

function readDictionary<T>(reader: Reader, dictionary: Dictionary<T>, read: () => T): void {
  for (const item of readAll(reader, read, DICTIONARY_MAX)) {
    if (dictionary.numberOf(item) > 0) malformed('name-repeated')
    dictionary.add(item)
  }
}

export function writeCursor(writer: Writer, { table, record, key, store, clock, right, elements }: Cursor): void {
  for (const name of [table, record, key]) writer.string(name)
  for (const number of [store, clock, elements]) writer.varuint(number)
  writeAll(writer, right ? [right.store, right.clock] : [], number => writer.varuint(number))
}

export function readCursor(reader: Reader): Cursor {
  const path = readPath(reader)
  const [store, clock, elements] = [reader.varuint(), reader.varuint(), reader.varuint(COUNT_MAX)]
  const [rightStore, rightClock] = readAll(reader, () => reader.varuint(), 2)
  const right = rightStore === undefined ? null : { store: rightStore, clock: rightClock ?? 0 }
  return Object.assign(new Cursor(store), { ...path, clock, elements, right })
}

/** What is no path is nowhere: a patch that was refused half way may have left anything, and its log ends with it. */
function readPath(reader: Reader): Pick<Cursor, 'table' | 'record' | 'key'> {
  const [table, record, key] = [0, 1, 2].map(() => reader.string(NAME_MAX_BYTES)) as [string, string, string]
  const isPath = [table, record, key.slice(2)].every(safeName) && kindOfKey(key) !== null
  return isPath ? { table, record, key } : { table: '', record: '', key: '' }
}

/** Whether an element's clock is told as the way from the last one's. A number on the wire has no room for longer ways. */
export function isNear(way: number): boolean {
  return way >= -(2 ** 50) && way < 2 ** 50
}

export function sameElement(a: ElementId | null, b: ElementId | null): boolean {
  return a === b || (a !== null && b !== null && a.store === b.store && a.clock === b.clock)
}

/** The first byte of an operation: bits, and two fields of two bits. */
export const REMOVAL = 1
/** Another operation on the field follows. */
export const MORE = 2
export const LEFT_SHIFT = 2
export const RIGHT_SHIFT = 4
/** One ASCII character inserted, or one element removed. */
export const SINGLE = 64
/** In a list, which has no characters: an item is moved. */
export const MOVE = SINGLE
export const OPERATION_BITS = 127

/** Left origins. */
export const LEFT_EDGE = 0
export const LEFT_OWN_LAST = 1
export const LEFT_SPELLED = 2
/** Right origins. */
export const RIGHT_AS_BEFORE = 0
export const RIGHT_EDGE = 1
export const RIGHT_SPELLED = 2

/** Stores in an id: 0 is the author's own, 1 is spelled here, from 2 those of the dictionary. */
export const STORE_OWN = 0
export const STORE_SPELLED = 1
