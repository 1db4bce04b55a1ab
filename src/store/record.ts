/**
 * The types in which records are read and written, derived from a schema.
 */
import type { Unsubscribe } from '../base/subscribe.ts'
import type { FieldDefinition, Fields, TableDefinition, Tables } from './schema.ts'
import type { Splice } from './sequence.ts'
import type { Anchor, AnchorSide } from './text-view.ts'

interface Positions {
  readonly length: number
  /**
   * A position that survives edits.
   * @param index - 0 to `length`
   * @param side - whether it sticks to what stands `before` or `after` it
   * @throws SupermeshError `index-out-of-range`
   */
  anchor(index: number, side: AnchorSide): Anchor
  /** Where an anchor is now; `null` when it is not of this field. */
  indexOf(anchor: Anchor): number | null
}

export interface SequenceChange<C extends string | readonly unknown[]> {
  readonly splices: readonly Splice<C>[]
  /** Whether this page made it, by an edit, an undo or a redo. */
  readonly local: boolean
  /** A snapshot takes the place of all that was here, when a page has been away for long. */
  readonly kind: 'edit' | 'undo' | 'redo' | 'snapshot'
}

/** One change to a text: at `index`, `remove` UTF-16 units leave and `insert` comes. */
export interface TextEdit {
  readonly index: number
  readonly remove: number
  readonly insert: string
}

/** A text as it was at one moment. Indices are UTF-16 units. */
export interface TextValue extends Positions {
  /** Which text of the document this is: "table/record/field". */
  readonly path: string
  /** Whether this page's link lets it type here: see the table's rules. */
  readonly editable: boolean
  /** Found when first asked for. */
  toString(): string
  /** The text as it is now; `undefined` once its record is gone. */
  latest(): TextValue | undefined
  /** Hears of each change to the field, from now on. */
  subscribe(listener: (change: SequenceChange<string>) => void): Unsubscribe
  /** An edit of its own: the same as a `splice` in a transaction. */
  splice(index: number, remove: number, insert: string): void
  /** Several splices as one edit, one after the other: each index is in what those before it have left. */
  edit(edits: readonly TextEdit[]): void
}

export interface ListValue<T> extends Positions {
  toArray(): readonly T[]
}

export type ReadOf<F> =
  F extends FieldDefinition<infer Kind, infer T>
    ? Kind extends 'text'
      ? TextValue
      : Kind extends 'list'
        ? ListValue<T>
        : Kind extends 'map'
          ? ReadonlyMap<string, T>
          : Kind extends 'set'
            ? ReadonlySet<T>
            : T
    : never

/** A record as read: frozen, and the same object until it changes. */
export type ReadRecord<F extends Fields> = { readonly id: string } & { readonly [K in keyof F]: ReadOf<F[K]> }

/** A record of a table, as read: `RecordOf<typeof board.todos>`. */
export type RecordOf<D> = D extends TableDefinition<infer F> ? ReadRecord<F> : never

export interface TextDraft {
  readonly length: number
  toString(): string
  /** @throws SupermeshError `index-out-of-range`, `inside-surrogate-pair`, `text-ill-formed` */
  splice(index: number, remove: number, insert: string): void
}

export interface ListDraft<T> {
  readonly length: number
  toArray(): readonly T[]
  /** At `index`, `remove` items leave and `insert` comes. @throws SupermeshError `index-out-of-range`, `value-wrong-type` */
  splice(index: number, remove: number, insert: readonly T[]): void
  push(...items: T[]): void
  /**
   * The item at `from` comes to stand at `to` among the others: it is the same item, so two people who move it at once do not
   * make two of it. @throws SupermeshError `index-out-of-range`
   */
  move(from: number, to: number): void
  /** Takes out every item that is the same by `===`, as ids are. */
  remove(item: T): void
}

export interface MapDraft<T> {
  get(key: string): T | undefined
  /** All of it, as it is by now. */
  toMap(): ReadonlyMap<string, T>
  /** @param key - at most 128 bytes. @throws SupermeshError `name-unsafe`, `value-not-json`, `value-wrong-type` */
  set(key: string, value: T): void
  delete(key: string): void
}

export interface CounterDraft {
  /** What it will be. */
  readonly value: number
  /** @param by - whole, and at most 2^31 or at least -2^31 in one transaction. @throws SupermeshError `number-out-of-range` */
  add(by: number): void
}

export interface SetDraft<T> {
  has(item: T): boolean
  /** All of it, as it is by now. */
  toSet(): ReadonlySet<T>
  /** @throws SupermeshError `value-wrong-type` */
  add(item: T): void
  delete(item: T): void
}

type DraftOf<F> =
  F extends FieldDefinition<infer Kind, infer T>
    ? Kind extends 'text'
      ? TextDraft
      : Kind extends 'list'
        ? ListDraft<T>
        : Kind extends 'map'
          ? MapDraft<T>
          : Kind extends 'counter'
            ? CounterDraft
            : Kind extends 'set'
              ? SetDraft<T>
              : T
    : never

/** A record inside a transaction: what was staged shows at once. */
export type RecordDraft<F extends Fields> = { readonly id: string } & { readonly [K in keyof F]: DraftOf<F[K]> }

type CreateOf<F> =
  F extends FieldDefinition<infer Kind, infer T>
    ? Kind extends 'text'
      ? string
      : Kind extends 'list' | 'set'
        ? readonly T[]
        : Kind extends 'map'
          ? Readonly<Record<string, T>>
          : T
    : never

type RequiredNames<F extends Fields> = {
  [K in keyof F]: F[K] extends FieldDefinition<'register', unknown, infer Initial>
    ? [Initial] extends [undefined]
      ? K
      : never
    : never
}[keyof F]

/** What a record is created with: fields without an initial value, and whatever else is not as it begins. */
export type InitialOf<F extends Fields> = { readonly [K in keyof F]?: CreateOf<F[K]> } & {
  readonly [K in RequiredNames<F>]: CreateOf<F[K]>
}
type RegisterNames<F extends Fields> = {
  [K in keyof F]: F[K] extends FieldDefinition<'register', unknown> ? K : never
}[keyof F]
export type RegistersOf<F extends Fields> = { readonly [K in RegisterNames<F>]?: CreateOf<F[K]> }

export interface TableDraft<F extends Fields> {
  /**
   * Makes a record. With the id of one that was removed it brings that back, with what it held; with the id of one that is
   * there it sets what is given and leaves the rest.
   * @returns its id, minted unless given
   */
  create(initial: InitialOf<F>, options?: { readonly id?: string }): string
  /**
   * The record of that id; one is created with what `initialize` gives when there is none, and otherwise it is not called. Two who do
   * that apart have created it twice: the greatest value wins, and texts and lists have what both began with.
   * @throws as {@link TableDraft.create}
   */
  getOrCreate(id: string, initialize: () => InitialOf<F>): RecordDraft<F>
  has(id: string): boolean
  /** @throws SupermeshError `record-missing` */
  get(id: string): RecordDraft<F>
  /** Sets plain values. @throws SupermeshError `record-missing` */
  update(id: string, values: RegistersOf<F>): void
  /** Removes the record for everybody; what others edit in it meanwhile stays hidden. */
  remove(id: string): void
}

export type Transaction<T extends Tables> = {
  readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? TableDraft<F> : never
}

export interface TableReader<F extends Fields> {
  has(id: string): boolean
  get(id: string): ReadRecord<F> | undefined
  /** All records, by id. The same array until the table changes. */
  getSnapshot(): readonly ReadRecord<F>[]
  /** Those whose plain values are exactly these; another array at each call. */
  where(values: RegistersOf<F>): readonly ReadRecord<F>[]
  subscribe(listener: () => void): Unsubscribe
  /** Hears only of one record. */
  subscribeTo(id: string, listener: () => void): Unsubscribe
}

export type Readers<T extends Tables> = {
  readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? TableReader<F> : never
}
