// The public surface of supermesh/schema, made by "npm run api".

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

/** Strongest first. */
declare const RIGHTS: readonly ['own', 'run', 'edit', 'view'];

/** `own` changes rights, `run` executes code, `edit` writes, `view` reads; each includes those after it. */
type Right = (typeof RIGHTS)[number];

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

/**
 * A field's definition; `Type` is the type of its value, or of its items. `Initial` is `undefined` for a field that has to be
 * given when a record is created.
 */
interface FieldDefinition<Kind extends FieldKind, Type, Initial = unknown> {
  readonly kind: Kind;
  /** What a register holds when nothing was written; `undefined` makes it required at creation. */
  readonly initial: JsonValue | undefined;
  /** A value for which this is false is shown as `initial`: another version, or a stranger, may have written it. */
  readonly accepts: (value: JsonValue) => boolean;
  readonly since: number;
  /** Only in the types. */
  readonly type?: Type;
  /** Only in the types. */
  readonly start?: Initial;
}

type AnyField = FieldDefinition<FieldKind, unknown>;

type Fields = Readonly<Record<string, AnyField>>;

/** Who may do something to a record: whoever holds the right, or also the person who created it. */
type Rule = Right | `${Right} or author`;

/** Who may do what to the records of a table. */
interface TableRules {
  readonly create: Rule;
  readonly change: Rule;
  readonly remove: Rule;
}

interface TableDefinition<F extends Fields> {
  readonly fields: F;
  readonly rules: TableRules;
}

type Tables = Readonly<Record<string, TableDefinition<Fields>>>;

/** A table that knows where it belongs, so that it alone is enough to ask a room for its records. */
interface SchemaTable<F extends Fields> extends TableDefinition<F> {
  readonly name: string;
  /** The id of its schema. */
  readonly schema: string;
}

type SchemaTables<T extends Tables> = { readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? SchemaTable<F> : never };

/** What each page says of itself while it is open: plain values. */
type PresenceDefinition = Readonly<Record<string, FieldDefinition<'register', unknown>>>;

/** What a page says, as it is read: what it does not say, or what is not accepted, is the field's initial value. */
type PresenceOf<P extends PresenceDefinition> = { readonly [K in keyof P]: P[K] extends FieldDefinition<'register', infer T> ? T : never };

interface Schema<T extends Tables = Tables, P extends PresenceDefinition = PresenceDefinition> {
  readonly id: string;
  readonly version: number;
  readonly tables: T;
  readonly presence: P;
}

/** A text that people type in together. */
declare function text(options?: FieldOptions): FieldDefinition<'text', string>;

/** An ordered list; `item` is only its items' type: `list(ref('todos'))`, `list(value<number>())`. */
declare function list<T>(item: FieldDefinition<'register', T>, options?: FieldOptions): FieldDefinition<'list', T>;

/** Keys and values; each key is last-writer-wins. */
declare function map<T>(item: FieldDefinition<'register', T>, options?: FieldOptions): FieldDefinition<'map', T>;

/** A JSON value, last writer wins. Without `initial` it has to be given at creation. */
declare function value<T>(): FieldDefinition<'register', T, undefined>;

declare function value<T>(initial: undefined, options: ValueOptions): FieldDefinition<'register', T, undefined>;

declare function value<T>(initial: T, options?: ValueOptions): FieldDefinition<'register', T, T>;

declare function flag(initial?: boolean, options?: FieldOptions): FieldDefinition<'register', boolean, boolean>;

/** The id of a record of `table`. In a record it has to be given at creation. */
declare function ref(_table: string): FieldDefinition<'register', string, undefined>;

/**
 * @param rules - who may create, change and remove its records; whoever may edit, unless told otherwise. The own page
 *   keeps them; other pages do not check them yet.
 */
declare function table<F extends Fields>(fields: F, rules?: Partial<TableRules>): TableDefinition<F>;

interface SchemaOptions<P extends PresenceDefinition> {
  /** Counts up from 1 with each change to the schema. */
  readonly version: number;
  /** Plain values with an initial one each: `{ editing: value<string | null>(null) }`. */
  readonly presence?: P & WithInitial<P>;
}

/** `never` for a field without an initial value. */
type WithInitial<P extends PresenceDefinition> = { readonly [K in keyof P]: P[K] extends FieldDefinition<'register', unknown, infer Initial> ? [Initial] extends [undefined] ? never : P[K] : never };

/**
 * A schema; each of its tables is also there by its own name.
 * @param id - unique for this kind of document, in reverse-domain form
 * @throws SupermeshError `name-unsafe` for a name that cannot be a table or field, `name-reserved` for a table called
 *   `id`, `version`, `tables` or `presence`, `field-required` for a presence field without an initial value
 */
declare function defineSchema<const T extends Tables, const P extends PresenceDefinition = Record<never, never>>(id: string, options: SchemaOptions<P>, tables: T): Schema<SchemaTables<T>, P> & SchemaTables<T>;

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

interface TextCaret {
  /** The text that it is in: `TextValue.path`. */
  readonly text: string;
  /** Where the selection began, and where it is now; the same for a caret alone. */
  readonly anchor: Anchor;
  readonly head: Anchor;
}

/** For a schema's presence: `{ presence: { caret: caret() } }`. `null` when the person is in no text. */
declare function caret(): FieldDefinition<'register', TextCaret | null, TextCaret | null>;

type Unsubscribe = () => void;

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

/** One change to a text: at `index`, `remove` UTF-16 units leave and `insert` comes. */
interface TextEdit {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/** A text as it was at one moment. Indices are UTF-16 units. */
interface TextValue extends Positions {
  /** Which text of the document this is: "table/record/field". */
  readonly path: string;
  /** Found when first asked for. */
  toString(): string;
  /** The text as it is now; `undefined` once its record is gone. */
  latest(): TextValue | undefined;
  /** Hears of each change to the field, from now on. */
  subscribe(listener: (change: SequenceChange<string>) => void): Unsubscribe;
  /** An edit of its own: the same as a `splice` in a transaction. */
  splice(index: number, remove: number, insert: string): void;
  /** Several splices as one edit, one after the other: each index is in what those before it have left. */
  edit(edits: readonly TextEdit[]): void;
}

interface ListValue<T> extends Positions {
  toArray(): readonly T[];
}

type ReadOf<F> = F extends FieldDefinition<infer Kind, infer T> ? Kind extends 'text' ? TextValue : Kind extends 'list' ? ListValue<T> : Kind extends 'map' ? ReadonlyMap<string, T> : T : never;

/** A record as read: frozen, and the same object until it changes. */
type ReadRecord<F extends Fields> = {
  readonly id: string;
} & { readonly [K in keyof F]: ReadOf<F[K]> };

/** A record of a table, as read: `RecordOf<typeof board.todos>`. */
type RecordOf<D> = D extends TableDefinition<infer F> ? ReadRecord<F> : never;

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

type RequiredNames<F extends Fields> = { [K in keyof F]: F[K] extends FieldDefinition<'register', unknown, infer Initial> ? [Initial] extends [undefined] ? K : never : never }[keyof F];

/** What a record is created with: fields without an initial value, and whatever else is not as it begins. */
type InitialOf<F extends Fields> = { readonly [K in keyof F]?: CreateOf<F[K]> } & { readonly [K in RequiredNames<F>]: CreateOf<F[K]> };

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
  /** Sets plain values. @throws SupermeshError `record-missing` */
  update(id: string, values: RegistersOf<F>): void;
  /** Removes the record for everybody; what others edit in it meanwhile stays hidden. */
  remove(id: string): void;
}

type Transaction<T extends Tables> = { readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? TableDraft<F> : never };

interface TableReader<F extends Fields> {
  has(id: string): boolean;
  get(id: string): ReadRecord<F> | undefined;
  /** All records, by id. The same array until the table changes. */
  getSnapshot(): readonly ReadRecord<F>[];
  /** Those whose plain values are exactly these. */
  where(values: RegistersOf<F>): readonly ReadRecord<F>[];
  subscribe(listener: () => void): Unsubscribe;
  /** Hears only of one record. */
  subscribeTo(id: string, listener: () => void): Unsubscribe;
}

export {
  type FieldDefinition,
  type PresenceOf,
  type RecordOf,
  type Rule,
  type Schema,
  type SchemaTable,
  type TableDefinition,
  type TableReader,
  type TableRules,
  type TextCaret,
  type Transaction,
  caret,
  defineSchema,
  flag,
  list,
  map,
  ref,
  table,
  text,
  value,
};
