// The public surface of what several subpaths share, made by "npm run api".

import { Extension } from "@codemirror/state";

/**
 * The one error class of the kit: a developer's mistake or a broken environment, with a code to test for and details.
 *
 * What a stranger can cause is never thrown: it is refused as a value (see `protocol/refusal.ts`).
 */
type ErrorDetails = Readonly<Record<string, string | number | boolean | null | undefined>>;

declare class SupermeshError extends Error {
  readonly name = "SupermeshError";
  /** Stable, kebab-case; the message may change, the code may not. */
  readonly code: string;
  readonly details: ErrorDetails;
  constructor(code: string, message: string, details?: ErrorDetails);
}

type Unsubscribe = () => void;

interface Subscribable<T> {
  subscribe(listener: (value: T) => void): Unsubscribe;
}

/** A value that can be read at any time and watched; the same object until it changes. */
interface Observable<T> extends Subscribable<T> {
  getSnapshot(): T;
}

type Bytes = Uint8Array<ArrayBuffer>;

/** 32 lower-case hexadecimal digits: the id of the author that this peer writes as. New with each page load. */
type PeerId = string;

/** Why a link is no more. `connect-timeout`: it never opened. `offender`: the peer sent what no honest peer sends. */
type CloseReason = 'goodbye' | 'missed-heartbeats' | 'failed' | 'connect-timeout' | 'offender';

/** Why a message did not go, or may not have arrived. */
type SendFailure = 'not-connected' | 'message-too-large' | 'queue-full' | 'link-closed' | 'channel-refused';

type SendOutcome = 'queued' | {
  readonly failed: SendFailure;
};

interface SendOptions {
  /** A small message (at most 1 KiB) may overtake others that wait; a larger one queues as usual. */
  readonly urgent?: boolean;
}

type MeshEvent = {
  readonly type: 'peer-opened';
  readonly peer: PeerId;
} | {
  readonly type: 'peer-closed';
  readonly peer: PeerId;
  readonly reason: CloseReason;
} | {
  readonly type: 'message-arrived';
  readonly from: PeerId;
  readonly message: Bytes;
} /** Messages that `send` had called queued and that never left; one event however many there were. */ | {
  readonly type: 'send-failed';
  readonly to: PeerId;
  readonly reason: SendFailure;
};

interface SignalingStatus {
  readonly url: string;
  readonly state: 'connecting' | 'open' | 'retrying' | 'closed';
  /** Milliseconds from the moment of this snapshot to the next try; absent while `retrying` is under way. */
  readonly retryInMs?: number;
}

interface MeshProblem {
  readonly code: 'no-webrtc' | 'no-signaling' | 'signaling-down' | 'turn-needed';
  /** What is the matter, in plain English. */
  readonly sentence: string;
  /** What the reader can do about it. */
  readonly nextStep: string;
}

interface MeshStatus {
  readonly signaling: readonly SignalingStatus[];
  /** Peers with which a link is being opened. */
  readonly connecting: number;
  /** Peers with an open link. */
  readonly connected: number;
  readonly problem: MeshProblem | null;
}

/** How a room reaches other pages. A builder may bring another one than the mesh. */
interface Transport {
  readonly status: Observable<MeshStatus>;
  readonly events: Subscribable<MeshEvent>;
  /**
   * Queues a message, which must not be changed afterwards. Messages to one peer arrive in the order of `send`, the urgent
   * ones among themselves and the others among themselves.
   */
  send(to: PeerId, message: Bytes, options?: SendOptions): SendOutcome;
  /** Begins to look for others; idempotent. */
  open(): void;
  /** Ends one link because its peer misbehaves; it is not met again until this transport is opened anew. */
  expel(peer: PeerId): void;
  /** Replaces the signaling servers, where there are any; open links stay. */
  setSignaling(urls: readonly string[]): void;
  /** Says goodbye and ends for good; idempotent. */
  dispose(): void;
}

type JsonValue = null | boolean | number | string | readonly JsonValue[] | {
  readonly [key: string]: JsonValue;
};

type Scalar = string | number | boolean;

type FieldKind = 'register' | 'map' | 'text' | 'list' | 'counter' | 'set';

/** Strongest first. */
declare const RIGHTS: readonly ['own', 'run', 'edit', 'view'];

/** `own` changes rights, `run` executes code, `edit` writes, `view` reads; each includes those after it. */
type Right = (typeof RIGHTS)[number];

interface Link {
  readonly right: Right;
  /** 16 bytes, the same for every right in the room. */
  readonly room: Bytes;
  /** 16 bytes, those of `right`. */
  readonly secret: Bytes;
  /** Signaling servers where others of the room can be met; optional, so that a link works on any host. */
  readonly signaling: readonly string[];
  /** Whether the room is so new that nobody else can know it: the link has been made here, and not been read. */
  readonly fresh?: true;
}

/**
 * The link to the same room that allows `right` and no more.
 * @throws SupermeshError `right-too-strong` when `link` does not include `right`, `option-invalid` when it is none
 */
declare function weakenLink(link: Link, right: Right): Link;

type LinkProblem = 'empty' | 'no-secret' | 'damaged' | 'newer-version';

type ParsedLink = {
  readonly ok: true;
  readonly link: Link;
} | {
  readonly ok: false;
  readonly problem: LinkProblem;
  readonly sentence: string;
};

/** The fragment for `link`, without `#`. @throws SupermeshError `option-invalid` for what is no link */
declare function formatLink(link: Link): string;

/** Reads an address, a fragment with or without `#`; never throws. */
declare function parseLink(text: string): ParsedLink;

interface FieldOptions {
  /** The schema version in which the field first appeared: 1, unless said. Such a field has an initial value. */
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
  /** The table whose ids it holds. */
  readonly refersTo?: string | undefined;
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

/** A number to which several people add at once: what all of them have added is its value. */
declare function counter(options?: FieldOptions): FieldDefinition<'counter', number>;

/**
 * Items that are there or not, without an order: `set(value<string>())`. When one adds an item while another removes it, it
 * stays.
 */
declare function set<T extends Scalar>(item: FieldDefinition<'register', T>, options?: FieldOptions): FieldDefinition<'set', T>;

/**
 * A JSON value, last writer wins. Without `initial` it has to be given at creation.
 * @throws SupermeshError `value-not-json`, and `value-wrong-type` for an initial value that is not accepted
 */
declare function value<T>(): FieldDefinition<'register', T, undefined>;

declare function value<T>(initial: undefined, options: ValueOptions): FieldDefinition<'register', T, undefined>;

declare function value<T>(initial: T, options?: ValueOptions): FieldDefinition<'register', T, T>;

/** Yes or no, last writer wins. */
declare function flag(initial?: boolean, options?: FieldOptions): FieldDefinition<'register', boolean, boolean>;

/** The id of a record of `table`. In a record it has to be given at creation. */
declare function ref(table: string): FieldDefinition<'register', string, undefined>;

/**
 * @param rules - who may create, change and remove its records; whoever may edit, unless told otherwise. The author of a
 *   record is who created it, or brought it back. The own page keeps them; other pages do not check them yet.
 * @throws SupermeshError `rule-invalid`, `option-invalid`
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
 *   `id`, `version`, `tables` or `presence` and for a field called `id`, `table-unknown` for a `ref` to a table that is not
 *   there, `field-required` for a field that has no initial value and needs one: of presence, or one that came with a later version;
 *   `version-invalid` for a version, or a field's `since`, that is none; `value-wrong-type` for what is no table or no field
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

interface Positions {
  readonly length: number;
  /**
   * A position that survives edits.
   * @param index - 0 to `length`
   * @param side - whether it sticks to what stands `before` or `after` it
   * @throws SupermeshError `index-out-of-range`
   */
  anchor(index: number, side: AnchorSide): Anchor;
  /** Where an anchor is now; `null` when it is not of this field. */
  indexOf(anchor: Anchor): number | null;
}

interface SequenceChange<C extends string | readonly unknown[]> {
  readonly splices: readonly Splice<C>[];
  /** Whether this page made it, by an edit, an undo or a redo. */
  readonly local: boolean;
  /** A snapshot takes the place of all that was here, when a page has been away for long. */
  readonly kind: 'edit' | 'undo' | 'redo' | 'snapshot';
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
  /** Whether this page's link lets it type here: see the table's rules. */
  readonly editable: boolean;
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

type ReadOf<F> = F extends FieldDefinition<infer Kind, infer T> ? Kind extends 'text' ? TextValue : Kind extends 'list' ? ListValue<T> : Kind extends 'map' ? ReadonlyMap<string, T> : Kind extends 'set' ? ReadonlySet<T> : T : never;

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
  /** At `index`, `remove` items leave and `insert` comes. @throws SupermeshError `index-out-of-range`, `value-wrong-type` */
  splice(index: number, remove: number, insert: readonly T[]): void;
  push(...items: T[]): void;
  /**
   * The item at `from` comes to stand at `to` among the others: it is the same item, so two people who move it at once do not
   * make two of it. @throws SupermeshError `index-out-of-range`
   */
  move(from: number, to: number): void;
  /** Takes out every item that is the same by `===`, as ids are. */
  remove(item: T): void;
}

interface MapDraft<T> {
  get(key: string): T | undefined;
  /** All of it, as it is by now. */
  toMap(): ReadonlyMap<string, T>;
  /** @param key - at most 128 bytes. @throws SupermeshError `name-unsafe`, `value-not-json`, `value-wrong-type` */
  set(key: string, value: T): void;
  delete(key: string): void;
}

interface CounterDraft {
  /** What it will be. */
  readonly value: number;
  /** @param by - whole, and at most 2^31 or at least -2^31 in one transaction. @throws SupermeshError `number-out-of-range` */
  add(by: number): void;
}

interface SetDraft<T> {
  has(item: T): boolean;
  /** All of it, as it is by now. */
  toSet(): ReadonlySet<T>;
  /** @throws SupermeshError `value-wrong-type` */
  add(item: T): void;
  delete(item: T): void;
}

type DraftOf<F> = F extends FieldDefinition<infer Kind, infer T> ? Kind extends 'text' ? TextDraft : Kind extends 'list' ? ListDraft<T> : Kind extends 'map' ? MapDraft<T> : Kind extends 'counter' ? CounterDraft : Kind extends 'set' ? SetDraft<T> : T : never;

/** A record inside a transaction: what was staged shows at once. */
type RecordDraft<F extends Fields> = {
  readonly id: string;
} & { readonly [K in keyof F]: DraftOf<F[K]> };

type CreateOf<F> = F extends FieldDefinition<infer Kind, infer T> ? Kind extends 'text' ? string : Kind extends 'list' | 'set' ? readonly T[] : Kind extends 'map' ? Readonly<Record<string, T>> : T : never;

type RequiredNames<F extends Fields> = { [K in keyof F]: F[K] extends FieldDefinition<'register', unknown, infer Initial> ? [Initial] extends [undefined] ? K : never : never }[keyof F];

/** What a record is created with: fields without an initial value, and whatever else is not as it begins. */
type InitialOf<F extends Fields> = { readonly [K in keyof F]?: CreateOf<F[K]> } & { readonly [K in RequiredNames<F>]: CreateOf<F[K]> };

type RegisterNames<F extends Fields> = { [K in keyof F]: F[K] extends FieldDefinition<'register', unknown> ? K : never }[keyof F];

type RegistersOf<F extends Fields> = { readonly [K in RegisterNames<F>]?: CreateOf<F[K]> };

interface TableDraft<F extends Fields> {
  /**
   * Makes a record. With the id of one that was removed it brings that back, with what it held; with the id of one that is
   * there it sets what is given and leaves the rest.
   * @returns its id, minted unless given
   */
  create(initial: InitialOf<F>, options?: {
    readonly id?: string;
  }): string;
  /**
   * The record of that id; one is created with what `initialize` gives when there is none, and otherwise it is not called. Two who do
   * that apart have created it twice: the greatest value wins, and texts and lists have what both began with.
   * @throws as {@link TableDraft.create}
   */
  getOrCreate(id: string, initialize: () => InitialOf<F>): RecordDraft<F>;
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
  /** Those whose plain values are exactly these; another array at each call. */
  where(values: RegistersOf<F>): readonly ReadRecord<F>[];
  subscribe(listener: () => void): Unsubscribe;
  /** Hears only of one record. */
  subscribeTo(id: string, listener: () => void): Unsubscribe;
}

type Readers<T extends Tables> = { readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? TableReader<F> : never };

/** Names content by its hash. Opaque; safe to store. */
type BlobId = string & {
  readonly __blob: true;
};

interface BlobOptions {
  readonly signal?: AbortSignal;
  /** @param share - from 0 to 1 */
  readonly onProgress?: (share: number) => void;
}

/** Files beside the document, fetched when they are wanted. */
interface Blobs {
  /** @throws SupermeshError `not-yet` */
  put(content: Blob): Promise<BlobId>;
  /** @throws SupermeshError `not-yet` */
  get(id: BlobId, options?: BlobOptions): Promise<Blob>;
}

interface Job {
  readonly id: string;
  readonly body: JsonValue;
  /** The person who asked. */
  readonly by: string;
}

/** Work that one page does for all, at most once. */
interface Jobs {
  /** @throws SupermeshError `not-yet` */
  serve(name: string, work: (job: Job, options: {
    readonly signal: AbortSignal;
  }) => Promise<JsonValue>): () => void;
  /** @throws SupermeshError `not-yet` */
  request(name: string, body: JsonValue, options?: {
    readonly signal?: AbortSignal;
  }): Promise<JsonValue>;
}

/** Every code that a problem of a room can have. Codes are stable, sentences are not. */
type ProblemCode = (typeof PROBLEMS)[keyof typeof PROBLEMS]['code'] | MeshProblem['code'] | `link-${LinkProblem}`;

interface Problem {
  readonly code: ProblemCode;
  readonly sentence: string;
  /** What the reader can do about it. */
  readonly nextStep: string;
}

declare const PROBLEMS: {
  readonly nobodyHere: {
    readonly code: 'nobody-here';
    readonly sentence: 'This page has not seen this room before, and nobody who has it is here.';
    readonly nextStep: 'Keep it open: it fills as soon as somebody who has the room comes.';
  };
  readonly apart: {
    readonly code: 'apart';
    readonly sentence: 'You and somebody here lack edits of each other that nobody here can give any more.';
    readonly nextStep: 'Keep this page open until somebody is here who was in the room earlier: it is completed then.';
  };
  readonly tooOld: {
    readonly code: 'too-old';
    readonly sentence: 'Somebody here uses a newer version of this page.';
    readonly nextStep: 'Reload this page to work with them.';
  };
  readonly otherProtocol: {
    readonly code: 'other-protocol';
    readonly sentence: 'Somebody here uses another version of this page, which cannot be understood.';
    readonly nextStep: 'Ask them to reload their page.';
  };
  readonly insecure: {
    readonly code: 'insecure-origin';
    readonly sentence: 'This address is not secure, so the browser offers no encryption to this page.';
    readonly nextStep: 'Open it by https, or on this computer by http://localhost.';
  };
  readonly notOpened: {
    readonly code: 'not-opened';
    readonly sentence: 'This page could not open the room.';
    readonly nextStep: 'Reload this page, or try another browser.';
  };
  readonly notFilled: {
    readonly code: 'not-filled';
    readonly sentence: 'This page could not write what the room begins with.';
    readonly nextStep: 'Tell whoever made this page: it is a mistake in it.';
  };
  readonly quota: {
    readonly code: 'quota';
    readonly sentence: 'This device has no room left, so new edits are only in this page and with the others.';
    readonly nextStep: 'Keep this page open, free some space, or export a copy.';
  };
  readonly notKept: {
    readonly code: 'not-kept';
    readonly sentence: 'This browser keeps nothing for this page, so the room lives only while somebody has it open.';
    readonly nextStep: 'Leave the private window, allow storage for this page, or export a copy before you close it.';
  };
  readonly keptByNewer: {
    readonly code: 'kept-by-newer';
    readonly sentence: 'A newer version of this page keeps this room now, so new edits are only in this page and with the others.';
    readonly nextStep: 'Reload this page, after the others have what you wrote or you have exported a copy.';
  };
  readonly keptDamaged: {
    readonly code: 'kept-damaged';
    readonly sentence: 'Part of what this device had kept of this room is damaged, and was left out.';
    readonly nextStep: 'Keep this page open until somebody is here who has the room: it is completed then.';
  };
  readonly keptLost: {
    readonly code: 'kept-lost';
    readonly sentence: 'This browser has thrown away what it had kept of this room.';
    readonly nextStep: 'Keep this page open until somebody is here who has the room, or open a file that was exported from it.';
  };
  readonly fileUnreadable: {
    readonly code: 'file-unreadable';
    readonly sentence: 'This file could not be read.';
    readonly nextStep: 'Choose it again; it may have been moved or changed meanwhile.';
  };
  readonly fileNotARoom: {
    readonly code: 'file-not-a-room';
    readonly sentence: 'This file is no room.';
    readonly nextStep: 'Choose a file that was exported from one.';
  };
  readonly fileNewer: {
    readonly code: 'file-newer-version';
    readonly sentence: 'This file was written by a newer version of this page.';
    readonly nextStep: 'Reload this page, or open the file where it was written.';
  };
  readonly fileOtherRoom: {
    readonly code: 'file-other-room';
    readonly sentence: 'This file is of another room than the link.';
    readonly nextStep: 'Open it with the link of the room that it was exported from.';
  };
  readonly fileDamaged: {
    readonly code: 'file-damaged';
    readonly sentence: 'This room file is damaged, and not all of it can be read.';
    readonly nextStep: 'Open another copy of it, or what can be read of this one.';
  };
  readonly fileRecovered: {
    readonly code: 'file-recovered';
    readonly sentence: 'The file of this room is damaged, and part of it could not be read.';
    readonly nextStep: 'Keep this page open, or open the file again, while somebody is here who has the room: it is completed then.';
  };
};

interface UndoOptions<S extends Schema = Schema> {
  /** Only edits that touch nothing but these; all tables by default. */
  readonly tables?: readonly (keyof S['tables'] & string)[];
  /** Only edits that touch nothing but these records, of whichever table. */
  readonly records?: readonly string[];
  /** Edits of the same fields that follow one another within so many milliseconds are one step; 500 by default. */
  readonly mergeWithinMs?: number;
}

interface UndoState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** What the next undo takes back: the `label` of its edit, or an empty text. */
  readonly undoLabel: string;
  readonly redoLabel: string;
}

interface UndoManager extends Observable<UndoState> {
  /** Takes back the last step that is not taken back yet; nothing when there is none. @throws SupermeshError `not-allowed` */
  undo(): void;
  redo(): void;
}

interface RoomStatus {
  /**
   * `opening` until the local copy is read; `failed` when the room cannot be opened at all: see `problems`; `closed` once it
   * was disposed of.
   */
  readonly phase: 'opening' | 'open' | 'failed' | 'closed';
  /** `connected` means at least one open link; `alone` that signaling is up and nobody answered yet. */
  readonly link: 'connected' | 'connecting' | 'alone' | 'offline';
  /** Open links. */
  readonly peers: number;
  /** `waiting`: nothing was ever seen of this room and nobody is here to tell; `ready`: there is something to show. */
  readonly content: 'waiting' | 'ready';
  /** Where the own edits are: being written, on this device's disk, or only in this page's memory. */
  readonly saved: 'saving' | 'disk' | 'memory';
  /** How many own edits are neither on this device's disk nor with a peer yet: what would go with this page. */
  readonly unsaved: number;
  /** How many peers held exactly the same at the last heartbeat. */
  readonly agreeing: number;
  readonly problems: readonly Problem[];
}

/** Names an edit, for good and on every replica. Opaque; safe to store and to send. */
type EditId = string & {
  readonly __edit: true;
};

/** What a transaction has done. */
interface Edit {
  /** `null` while its transaction runs, and for good when it wrote nothing. */
  readonly id: EditId | null;
  /**
   * Resolves when the edit outlives this page: it is on this device's disk, or a peer has it; with `nothing` when nothing
   * was written, or there is nowhere to keep it.
   * @throws the reason of `signal`; SupermeshError `room-disposed` when the room ends first
   */
  saved(options?: {
    readonly signal?: AbortSignal;
  }): Promise<'disk' | 'peer' | 'nothing'>;
}

interface TransactOptions {
  /** What the person did, in a word or two, for an undo menu. Stays on this page. */
  readonly label?: string;
}

/** An edit that was applied, by whomever; or a snapshot, which a page takes that lacks many of them. */
interface RoomChange {
  /** `null` for a snapshot. */
  readonly edit: EditId | null;
  readonly kind: 'edit' | 'undo' | 'redo' | 'snapshot';
  /** What was undone or redone; empty for an edit. */
  readonly of: readonly EditId[];
  readonly local: boolean;
  /** The person who made it; `null` when that is not known. */
  readonly by: string | null;
  /** Of own edits only. */
  readonly label?: string;
  /** Table → ids of the records that it wrote to; tables of newer schemas included. */
  readonly records: Readonly<Record<string, readonly string[]>>;
}

/** What the log tells of an edit, an undo or a redo. */
interface PastEdit extends Omit<RoomChange, 'edit' | 'kind' | 'local' | 'label'> {
  readonly edit: EditId;
  readonly kind: 'edit' | 'undo' | 'redo';
  /** By the author's clock, in ms since the Unix epoch. */
  readonly time: number;
  /** Whether an edit is undone now. */
  readonly undone: boolean;
}

/** One open page. */
interface Peer<P = Readonly<Record<string, unknown>>> {
  /** 32 hexadecimal digits: the author of its edits. */
  readonly id: string;
  readonly self: boolean;
  readonly presence: P;
}

/** One person on one device, however many pages are open. */
interface Participant<P = Readonly<Record<string, unknown>>> {
  /** Stable for this room and device. */
  readonly id: string;
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly self: boolean;
  /** That of the page which changed it last. */
  readonly presence: P;
  readonly peers: readonly Peer<P>[];
}

interface Me {
  /** 32 hexadecimal digits; new with each page load. */
  readonly peer: string;
  readonly person: string;
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly right: Right;
}

interface OwnIdentity extends Observable<Me | null> {
  /** Whether the link in hand lets this page do so. */
  can(right: Right): boolean;
}

/** What this page says of itself; latest wins, forgotten when it goes. */
interface OwnPresence<P> extends Observable<P> {
  /**
   * Says it to everybody; what is not named stays.
   * @throws SupermeshError `field-unknown`, `value-not-json`, `value-wrong-type`, `presence-too-large`
   */
  set(fields: Partial<P>): void;
}

interface ChannelMessage<Body> {
  /** The page that sent it. */
  readonly from: string;
  /** Its person; `null` while nobody's keys have vouched for the page. */
  readonly person: string | null;
  /** As a stranger wrote it: check it before you believe it. */
  readonly body: Body;
}

/** Messages that pass and are never stored. */
interface Channel<Body> {
  /**
   * @param options - `to`: a person (all of its pages) or one page; everybody else who is here, without it
   * @returns to how many pages it is on its way; 0 when nobody is there
   * @throws SupermeshError `value-not-json`, `message-too-large`
   */
  send(body: Body, options?: {
    readonly to?: string;
  }): number;
  subscribe(listener: (message: ChannelMessage<Body>) => void): Unsubscribe;
}

/** Something that a stranger sent and that was not taken. */
interface Refusal {
  /** Stable, kebab-case. */
  readonly code: string;
  /** The page that brought it, where that is known. */
  readonly from: string | null;
}

/** A way in, to be given away. */
interface Invitation {
  readonly right: Right;
  /** What stands behind the `#` of an address. */
  readonly fragment: string;
  /** The whole address. */
  readonly url: string;
  /** The address as a QR code: the text of an SVG document. */
  readonly qr: string;
  /** What the link allows, for the person who gives it away. */
  readonly sentence: string;
}

/** Events for whoever debugs; nothing depends on them. */
type TraceEvent = {
  readonly type: string;
} & Readonly<Record<string, unknown>>;

/** A room's content as plain values: table → record → field. */
interface RoomJson {
  readonly schema: string;
  readonly version: number;
  readonly tables: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, JsonValue>>>>>>;
}

/** The document and how to write it: what a room and a local store have in common. */
interface SharedDocument<S extends Schema> {
  readonly schema: S;
  readonly tables: Readers<S['tables']>;
  /**
   * Writes, all at once or not at all; a nested call joins the one around it and gives its edit.
   * @throws what `write` throws, after which nothing has happened; SupermeshError `room-not-open` before `ready()`,
   *   `not-allowed` for what the own link does not permit, and what the drafts say
   */
  transact<R>(write: (transaction: Transaction<S['tables']>) => R extends PromiseLike<unknown> ? never : R, options?: TransactOptions): Edit;
  /** One event for each edit or snapshot, in the order in which they were applied. */
  readonly changed: Subscribable<RoomChange>;
  /**
   * Takes back an edit, by whomever; what others wrote since stays. An edit without a name, when it is undone
   * already.
   * @throws SupermeshError `edit-unknown`; `edit-forgotten` when it is older than the history that this page came with; `not-allowed`,
   *   `undo-inside-transaction`
   */
  undo(edit: EditId): Edit;
  /** Takes back one undo of an edit: when two undid it at once, it stays undone. @throws as {@link SharedDocument.undo} */
  redo(edit: EditId): Edit;
  /** Who did what and when, the latest first, read from the log as it is asked for. */
  history(): Iterable<PastEdit>;
  /** Undo of what the own person did. @throws SupermeshError `table-unknown`, `option-invalid` */
  undoManager(options?: UndoOptions<S>): UndoManager;
  toJSON(): RoomJson;
  /** Ends it; idempotent. A room says goodbye. */
  dispose(): void;
}

interface Room<S extends Schema = Schema> extends SharedDocument<S> {
  /** The strongest link that this device holds. */
  readonly link: Link;
  readonly status: Observable<RoomStatus>;
  /** Known after {@link Room.ready}. */
  readonly me: OwnIdentity;
  /** Calls the own person so, for everybody and from now on on this device; an empty name brings the made-up one back. */
  rename(name: string): void;
  /** Everybody here, the own person first. */
  readonly people: Observable<readonly Participant<PresenceOf<S['presence']>>[]>;
  readonly presence: OwnPresence<PresenceOf<S['presence']>>;
  /** The channel of this name: on every page the same. @throws SupermeshError `name-unsafe` */
  channel<Body>(name: string): Channel<Body>;
  readonly blobs: Blobs;
  readonly jobs: Jobs;
  /** What strangers sent and was not taken. */
  readonly refusals: Subscribable<Refusal>;
  /**
   * Opens the room and resolves when the local copy is read. Nobody else need be here, and what others hold may come later:
   * `status` says `content: 'waiting'` while nothing was ever seen.
   * @throws the reason of `signal`, which ends the wait and not the opening; SupermeshError `room-disposed`
   */
  ready(options?: {
    readonly signal?: AbortSignal;
  }): Promise<void>;
  /** Resolves when all own edits so far are on disk (or in memory, where there is no disk). */
  flushed(): Promise<void>;
  /** Replaces the signaling servers; open links stay. @throws SupermeshError `bad-signaling` */
  setSignaling(urls: readonly string[]): void;
  /**
   * A way in with `right`, at most the own one.
   * @param options - `page`: the address that the link is for, the page's own by default
   * @throws SupermeshError `right-too-strong`
   */
  invite(right: Right, options?: {
    readonly page?: string;
  }): Promise<Invitation>;
  /**
   * The whole room as one file, to be opened with a link to it: it holds neither a link nor a key. It is not encrypted:
   * whoever has it can read all that was ever written.
   * @throws SupermeshError `room-not-open` before `ready()`, `room-disposed`
   */
  exportFile(): Promise<Blob>;
  readonly trace: Subscribable<TraceEvent>;
  /** A digest of all that is stored, internals included: equal on replicas that have seen the same. */
  fingerprint(): string;
}

interface TextCaret {
  /** The text that it is in: `TextValue.path`. */
  readonly text: string;
  /** Where the selection began, and where it is now; the same for a caret alone. */
  readonly anchor: Anchor;
  readonly head: Anchor;
}

/** For a schema's presence: `{ presence: { caret: caret() } }`. `null` when the person is in no text. */
declare function caret(): FieldDefinition<'register', TextCaret | null, TextCaret | null>;

/** Where undo and redo go: a room's undo manager, or what `useUndo` gives. */
type UndoHands = Pick<UndoManager, 'undo' | 'redo'>;

interface CaretPresence {
  readonly caret: TextCaret | null;
}

/** What carets need of a room. */
interface CaretRoom {
  readonly people: Observable<readonly Participant<CaretPresence>[]>;
  readonly presence: OwnPresence<CaretPresence>;
}

type EditorUndo = UndoHands;

interface EditorExtensionOptions {
  /** A room whose schema has `presence: { caret: caret() }`: shows where the others are, and tells them where one is. */
  readonly presence?: CaretRoom;
  /** Where undo and redo go, instead of a history of the editor's own. */
  readonly undo?: EditorUndo;
}

/** @param text - the field that the editor shows, at whatever moment it was read */
declare function editorExtension(text: TextValue, {
  presence,
  undo
}?: EditorExtensionOptions): Extension;

/** A MIME bundle: media type to value; text as strings, binary as base64, JSON types as values. */
type MimeBundle = Readonly<Record<string, unknown>>;

/** What running code says while it runs; the shapes of nbformat's outputs, in camel case. */
type KernelEvent = {
  readonly type: 'stream';
  readonly name: 'stdout' | 'stderr';
  readonly text: string;
} | {
  readonly type: 'display_data' | 'execute_result';
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
  readonly executionCount?: number;
  readonly displayId?: string;
} | {
  readonly type: 'update_display_data';
  readonly displayId: string;
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
} | {
  readonly type: 'error';
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
} | {
  readonly type: 'clear_output';
  readonly wait: boolean;
} | {
  readonly type: 'input-request';
  readonly prompt: string;
  readonly password: boolean;
};

/** `starting` until the first answer, `dead` for ever; `busy` whoever asked. */
type KernelStatus = 'starting' | 'idle' | 'busy' | 'restarting' | 'dead';

interface KernelDescription {
  /** The kernel's id on its server. */
  readonly id: string;
  /** The client's session with it: a successor that connects with the same one receives what the server buffered. */
  readonly session: string;
  readonly name: string;
  readonly displayName: string;
  readonly language: string;
  readonly backend: 'embedded' | 'server';
}

interface ExecuteRequest {
  /** The id of this one attempt; the kernel's `msg_id` is derived from it, see {@link messageIdOf}. */
  readonly attempt: string;
  readonly source: string;
}

interface ExecuteResult {
  /** `aborted`: it was queued behind an error, a restart or a death, and never began. */
  readonly status: 'ok' | 'error' | 'aborted';
  readonly executionCount: number | null;
}

interface Kernel {
  readonly description: KernelDescription;
  readonly status: Observable<KernelStatus>;
  /**
   * Runs `source` after everything asked earlier. A restart or the death of the kernel ends it too: `error`, after an
   * `error` event that says why, when it had begun, else `aborted`. Late outputs (of a thread, say) still reach `onEvent`.
   */
  execute(request: ExecuteRequest, onEvent: (event: KernelEvent) => void): Promise<ExecuteResult>;
  /**
   * Raises KeyboardInterrupt in the code that runs; nothing when none does.
   * @throws SupermeshError `interrupt-needs-isolation`: only a restart can stop this code in this page
   */
  interrupt(): Promise<void>;
  /** A new, empty interpreter with the same id. @throws SupermeshError `restart-failed` */
  restart(): Promise<void>;
  /** Answers the open `input-request`; nothing when none is open. @throws SupermeshError `input-too-long` */
  reply(value: string): void;
  /** Completions at `cursor`, an offset in UTF-16 units. */
  complete(source: string, cursor: number): Promise<Completion>;
  /** What is known of the name at `cursor`, as a MIME bundle; `null` when nothing is. */
  inspect(source: string, cursor: number): Promise<MimeBundle | null>;
  /** Ends the interpreter itself, and with it this connection. */
  shutdown(): Promise<void>;
  /** Lets go: an embedded kernel ends, one on a server goes on for a successor. Idempotent. */
  dispose(): Promise<void>;
}

interface Completion {
  readonly matches: readonly string[];
  /** The span that a match replaces, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

interface OpenProgress {
  /** A few words for people, such as `Downloading Python`. */
  readonly stage: string;
  /** Bytes, when the stage is a download. */
  readonly loaded?: number;
  readonly total?: number;
}

interface OpenOptions {
  onProgress(progress: OpenProgress): void;
  readonly signal?: AbortSignal;
}

interface KernelBackend {
  /**
   * May be called again after it failed.
   * @throws SupermeshError `wrong-token`, `origin-refused`, `server-unreachable`, `mixed-content`, `server-refused`,
   *   `no-kernel-spec`, `kernel-lost`, `python-download-failed`, `python-start-failed`, `aborted`
   */
  open(options: OpenOptions): Promise<Kernel>;
}

/** The `msg_id` of an attempt's execute request: outputs are adopted by it, by us and by a successor. */
declare function messageIdOf(attempt: string): string;

export {
  Anchor,
  AnchorSide,
  BlobId,
  Blobs,
  Bytes,
  type CaretRoom,
  Channel,
  ChannelMessage,
  CloseReason,
  Completion,
  type CounterDraft,
  Edit,
  EditId,
  type EditorExtensionOptions,
  type EditorUndo,
  ErrorDetails,
  ExecuteRequest,
  ExecuteResult,
  type FieldDefinition,
  Fields,
  Invitation,
  Job,
  Jobs,
  JsonValue,
  Kernel,
  KernelBackend,
  KernelDescription,
  KernelEvent,
  KernelStatus,
  Link,
  LinkProblem,
  type ListDraft,
  ListValue,
  type MapDraft,
  Me,
  MeshEvent,
  MeshProblem,
  MeshStatus,
  MimeBundle,
  Observable,
  OpenOptions,
  OpenProgress,
  OwnIdentity,
  OwnPresence,
  ParsedLink,
  Participant,
  Peer,
  type PresenceOf,
  Problem,
  ProblemCode,
  ReadRecord,
  type RecordDraft,
  type RecordOf,
  Refusal,
  RegistersOf,
  Right,
  Room,
  RoomChange,
  RoomJson,
  RoomStatus,
  type Rule,
  type Schema,
  type SchemaTable,
  SchemaTables,
  SendFailure,
  SendOptions,
  SendOutcome,
  SequenceChange,
  type SetDraft,
  SharedDocument,
  SignalingStatus,
  Splice,
  Subscribable,
  SupermeshError,
  type TableDefinition,
  type TableDraft,
  type TableReader,
  type TableRules,
  type TextCaret,
  type TextDraft,
  TextEdit,
  TextValue,
  TraceEvent,
  TransactOptions,
  type Transaction,
  Transport,
  UndoHands,
  UndoManager,
  UndoOptions,
  UndoState,
  Unsubscribe,
  caret,
  counter,
  defineSchema,
  editorExtension,
  flag,
  formatLink,
  list,
  map,
  messageIdOf,
  parseLink,
  ref,
  set,
  table,
  text,
  value,
  weakenLink,
};
