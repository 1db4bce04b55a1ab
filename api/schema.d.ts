// The public surface of supermesh/schema, made by "npm run api".

/**
 * What changes can be watched: a listener set, and a value that keeps its identity until it changes.
 *
 * `subscribe` and `getSnapshot` have the form that React's `useSyncExternalStore` wants, so that a binding needs no
 * adapter. A listener that throws does not keep the others from hearing: its error is reported and goes on as an
 * uncaught one, where a developer will see it.
 */
type Unsubscribe = () => void;

type JsonValue = null | boolean | number | string | readonly JsonValue[] | {
  readonly [key: string]: JsonValue;
};

declare const KINDS: {
  readonly r: 'register';
  readonly m: 'map';
  readonly t: 'text';
  readonly l: 'list';
};

type FieldKind = (typeof KINDS)[keyof typeof KINDS];

interface FieldOptions {
  /** The schema version in which the field first appeared. */
  readonly since?: number;
}

interface ValueOptions extends FieldOptions {
  /**
   * Whether what was written may be believed to be a `T`; whoever may edit may write any JSON. What is not accepted shows
   * as the initial value, or not at all in a list or a map. Without it everything is accepted.
   */
  readonly accepts?: (value: JsonValue) => boolean;
}

/** A field's definition; `Type` is the type of its value, or of its items. */
interface FieldDefinition<Kind extends FieldKind, Type> {
  readonly kind: Kind;
  /** What a register holds when nothing was written; `undefined` makes it required at creation. */
  readonly initial: JsonValue | undefined;
  /** A value for which this is false is shown as `initial`: another version, or a stranger, may have written it. */
  readonly accepts: (value: JsonValue) => boolean;
  readonly since: number;
  /** Only in the types. */
  readonly type?: Type;
}

type AnyField = FieldDefinition<FieldKind, unknown>;

type Fields = Readonly<Record<string, AnyField>>;

interface TableDefinition<F extends Fields> {
  readonly fields: F;
}

type Tables = Readonly<Record<string, TableDefinition<Fields>>>;

interface Schema<T extends Tables = Tables> {
  readonly id: string;
  readonly version: number;
  readonly tables: T;
}

/** A text that people type in together. */
declare function text(options?: FieldOptions): FieldDefinition<'text', string>;

/** An ordered list; `item` is only its items' type: `list(ref('todos'))`, `list(value<number>())`. */
declare function list<T>(item: FieldDefinition<'register', T>, options?: FieldOptions): FieldDefinition<'list', T>;

/** Keys and values; each key is last-writer-wins. */
declare function map<T>(item: FieldDefinition<'register', T>, options?: FieldOptions): FieldDefinition<'map', T>;

/** A JSON value, last writer wins. Without `initial` it has to be given at creation. */
declare function value<T>(initial?: T, options?: ValueOptions): FieldDefinition<'register', T>;

declare function flag(initial?: boolean, options?: FieldOptions): FieldDefinition<'register', boolean>;

/** The id of a record of `table`. */
declare function ref(_table: string): FieldDefinition<'register', string>;

declare function table<F extends Fields>(fields: F): TableDefinition<F>;

/**
 * @param id - unique for this kind of document, in reverse-domain form
 * @throws SupermeshError `name-unsafe` for a name that cannot be a table or field
 */
declare function defineSchema<const T extends Tables>(id: string, options: {
  version: number;
}, tables: T): Schema<T>;

/** What elements are made of: UTF-16 units of a string or items of an array. */
type Content = string | readonly unknown[];

/** A change as the owner of a view sees it: at `index`, `removed` leaves and `inserted` comes. */
interface Splice<C extends Content> {
  readonly index: number;
  readonly removed: C;
  readonly inserted: C;
}

/** An anchor names an element, not an index, so it survives edits. Opaque; safe to store and to send. */
type Anchor = string & {
  readonly __anchor: true;
};

/** Which neighbour an anchor sticks to: typing at the anchor goes before it (`after`) or behind it (`before`). */
type AnchorSide = 'before' | 'after';

interface Positions {
  readonly length: number;
  /**
   * A position that survives edits.
   * @param index - 0 to `length`
   * @param side - whether it sticks to what stands `before` or `after` it
   */
  anchor(index: number, side: AnchorSide): Anchor;
  /** Where an anchor is now; `null` when it is not of this field. */
  indexOf(anchor: Anchor): number | null;
}

interface SequenceChange<C extends string | readonly unknown[]> {
  readonly splices: readonly Splice<C>[];
  readonly local: boolean;
}

/** A text as it was at one moment. Indices are UTF-16 units. */
interface TextValue extends Positions {
  /** Found when first asked for. */
  toString(): string;
  /** Hears of each change to the field, from now on. */
  subscribe(listener: (change: SequenceChange<string>) => void): Unsubscribe;
  /** An edit of its own: the same as a `splice` in a transaction. */
  splice(index: number, remove: number, insert: string): void;
}

interface ListValue<T> extends Positions {
  toArray(): readonly T[];
}

type ReadOf<F> = F extends FieldDefinition<infer Kind, infer T> ? Kind extends 'text' ? TextValue : Kind extends 'list' ? ListValue<T> : Kind extends 'map' ? ReadonlyMap<string, T> : T : never;

/** A record as read: frozen, and the same object until it changes. */
type RecordOf<F extends Fields> = {
  readonly id: string;
} & { readonly [K in keyof F]: ReadOf<F[K]> };

interface TextDraft {
  readonly length: number;
  toString(): string;
  /** @throws SupermeshError `index-out-of-range`, `inside-surrogate-pair`, `text-ill-formed` */
  splice(index: number, remove: number, insert: string): void;
}

interface ListDraft<T> {
  readonly length: number;
  toArray(): readonly T[];
  splice(index: number, remove: number, insert: readonly T[]): void;
  push(...items: T[]): void;
}

interface MapDraft<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
}

type DraftOf<F> = F extends FieldDefinition<infer Kind, infer T> ? Kind extends 'text' ? TextDraft : Kind extends 'list' ? ListDraft<T> : Kind extends 'map' ? MapDraft<T> : T : never;

/** A record inside a transaction: what was staged shows at once. */
type RecordDraft<F extends Fields> = {
  readonly id: string;
} & { readonly [K in keyof F]: DraftOf<F[K]> };

type CreateOf<F> = F extends FieldDefinition<infer Kind, infer T> ? Kind extends 'text' ? string : Kind extends 'list' ? readonly T[] : Kind extends 'map' ? Readonly<Record<string, T>> : T : never;

type InitialOf<F extends Fields> = { readonly [K in keyof F]?: CreateOf<F[K]> };

type RegisterNames<F extends Fields> = { [K in keyof F]: F[K] extends FieldDefinition<'register', unknown> ? K : never }[keyof F];

type RegistersOf<F extends Fields> = { readonly [K in RegisterNames<F>]?: CreateOf<F[K]> };

interface TableDraft<F extends Fields> {
  /**
   * Makes a record, or brings a removed one back.
   * @returns its id, minted unless given
   */
  create(initial: InitialOf<F>, options?: {
    readonly id?: string;
  }): string;
  has(id: string): boolean;
  /** @throws SupermeshError `record-missing` */
  get(id: string): RecordDraft<F>;
  /** Sets registers. @throws SupermeshError `record-missing` */
  update(id: string, values: RegistersOf<F>): void;
  /** Removes the record for everybody; what others edit in it meanwhile stays hidden. */
  remove(id: string): void;
}

type Transaction<T extends Tables> = { readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? TableDraft<F> : never };

interface TableReader<F extends Fields> {
  has(id: string): boolean;
  get(id: string): RecordOf<F> | undefined;
  /** All records, by id. The same array until the table changes. */
  getSnapshot(): readonly RecordOf<F>[];
  where(values: RegistersOf<F>): readonly RecordOf<F>[];
  subscribe(listener: () => void): Unsubscribe;
  /** Hears only of one record. */
  subscribeTo(id: string, listener: () => void): Unsubscribe;
}

export {
  type FieldDefinition,
  type RecordOf,
  type Schema,
  type TableDefinition,
  type TableReader,
  type Transaction,
  defineSchema,
  flag,
  list,
  map,
  ref,
  table,
  text,
  value,
};
