// The public surface of supermesh, made by "npm run api".

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

/**
 * What changes can be watched: a listener set, and a value that keeps its identity until it changes.
 *
 * `subscribe` and `getSnapshot` have the form that React's `useSyncExternalStore` wants, so that a binding needs no
 * adapter. A listener that throws does not keep the others from hearing: its error is reported and goes on as an
 * uncaught one, where a developer will see it.
 */
type Unsubscribe = () => void;

interface Subscribable<T> {
  subscribe(listener: (value: T) => void): Unsubscribe;
}

/** A value that can be read at any time and watched; the same object until it changes. */
interface Observable<T> extends Subscribable<T> {
  getSnapshot(): T;
}

/**
 * Byte strings: comparing, joining and writing them as text.
 *
 * The platform's `Uint8Array` has no equality, no order and (in the browsers we support) no base64url; everything that
 * crosses a wire needs all three. Knows nothing of what the bytes mean.
 */
type Bytes = Uint8Array<ArrayBuffer>;

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
}

interface NewLinkOptions {
  /** 16 bytes that nobody can guess. */
  readonly random: Bytes;
  readonly signaling?: readonly string[];
}

/**
 * The owner's link of a new room.
 * @throws SupermeshError `bad-length` unless there are 16 random bytes; `bad-signaling` unless the servers are at most
 *   {@link HINTS_MAX} WebSocket addresses
 */
declare function newLink({
  random,
  signaling
}: NewLinkOptions): Link;

/**
 * The link to the same room that allows `right` and no more.
 * @throws SupermeshError `right-too-strong` when `link` does not include `right`
 */
declare function weakenLink(link: Link, right: Right): Link;

interface Person {
  /** 32 bytes, Ed25519; another one in every room, so that rooms cannot be matched by it. */
  readonly publicKey: Bytes;
  /** The public key as hexadecimal text. */
  readonly personId: string;
  sign(message: Bytes): Promise<Bytes>;
}

interface RecentRoom {
  /** The room's id as hexadecimal text. */
  readonly room: string;
  readonly title: string | null;
  /** Milliseconds since the Unix epoch. */
  readonly lastOpened: number;
}

interface Device {
  /** Where things are kept; turns to `memory` when the database fails. */
  readonly storage: 'indexeddb' | 'memory';
  /** The person of this device in `room`, created at the first call. */
  person(room: Bytes): Promise<Person>;
  /** Keeps the link and notes that its room was opened now. A title that is not given stays as it was. */
  rememberLink(link: Link, title?: string): Promise<void>;
  /**
   * The strongest link to `room` that is kept here.
   * @param agreeing - a link in hand: only links that prove to include it count, so a forged one is never preferred
   */
  strongestLink(room: Bytes, agreeing?: Link): Promise<Link | null>;
  /** Last opened first. */
  recentRooms(): Promise<readonly RecentRoom[]>;
  dispose(): void;
}

interface OpenDeviceOptions {
  readonly storage: 'indexeddb' | 'memory';
  /** Milliseconds since the Unix epoch. */
  readonly clock?: () => number;
  /** `null` keeps to plain JavaScript for new keys. */
  readonly subtle?: SubtleCrypto | null;
}

declare function openDevice({
  storage,
  clock,
  subtle
}: OpenDeviceOptions): Promise<Device>;

type LinkProblem = 'empty' | 'no-secret' | 'damaged' | 'newer-version';

type ParsedLink = {
  readonly ok: true;
  readonly link: Link;
} | {
  readonly ok: false;
  readonly problem: LinkProblem;
  readonly sentence: string;
};

/** The fragment for `link`, without `#`. */
declare function formatLink(link: Link): string;

/** Reads an address, a fragment with or without `#`; never throws. */
declare function parseLink(text: string): ParsedLink;

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

type Readers<T extends Tables> = { readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? TableReader<F> : never };

/** Table → record → field key → an update in the form of the field's kind. */
type Updates = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** Table → record → field key → a change in the form of the field's kind. */
type Changes = Updates;

/** Names an edit: its author and its place in the author's log. */
interface EditId {
  readonly store: number;
  readonly sequence: number;
}

interface StoreChange {
  /** The edit, and with it its author. */
  readonly edit: EditId;
  /** What happened to it. Undo and redo are not offered yet. */
  readonly kind: 'edit';
  readonly local: boolean;
  /** Table → record → field key → change; names of newer schemas included. */
  readonly changes: Changes;
}

/** What is not as it should be, in words for the person at the screen. */
interface Problem {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly sentence: string;
  readonly nextStep: string;
}

interface RoomStatus {
  /** `opening` until the local copy is read; `failed` when the room cannot be opened at all: see `problems`. */
  readonly phase: 'opening' | 'open' | 'failed';
  /** `connected` means at least one open link; `alone` that signaling is up and nobody answered yet. */
  readonly link: 'connected' | 'connecting' | 'alone' | 'offline';
  /** Open links. */
  readonly peers: number;
  /** `waiting`: nothing was ever seen of this room and nobody is here to tell; `ready`: there is something to show. */
  readonly content: 'waiting' | 'ready';
  /** Where the own edits are: being written, on this device's disk, or only in this page's memory. */
  readonly saved: 'saving' | 'disk' | 'memory';
  /** How many peers held exactly the same at the last heartbeat. */
  readonly agreeing: number;
  readonly problems: readonly Problem[];
}

/** What a page says of itself to the others while it is open; latest wins, forgotten when it goes. */
type Presence = Readonly<Record<string, JsonValue>>;

/** One open page. */
interface Peer {
  /** 32 hexadecimal digits: the author of its edits. */
  readonly id: string;
  readonly self: boolean;
  readonly presence: Presence;
}

/** One person on one device, however many pages are open. */
interface Participant {
  /** Stable for this room and device. */
  readonly id: string;
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly self: boolean;
  readonly peers: readonly Peer[];
}

interface Channel<Body extends JsonValue> {
  /** To one peer, never stored. The answer says whether it could be handed to the link. */
  send(to: string, body: Body): 'queued' | 'failed';
  subscribe(listener: (message: {
    readonly from: string;
    readonly body: Body;
  }) => void): Unsubscribe;
}

interface Me {
  /** 32 hexadecimal digits; new with each page load. */
  readonly peer: string;
  readonly person: string;
  readonly name: string;
  readonly colour: string;
  readonly right: Right;
}

/** Events for whoever debugs; nothing depends on them. */
type TraceEvent = {
  readonly type: string;
} & Readonly<Record<string, unknown>>;

interface Room<T extends Tables> {
  readonly schema: Schema<T>;
  readonly tables: Readers<T>;
  /** The strongest link that this device holds. */
  readonly link: Link;
  /** Throws `room-not-open` before {@link Room.ready}. */
  transact<R>(write: (transaction: Transaction<T>) => R extends PromiseLike<unknown> ? never : R): EditId | null;
  readonly changed: Subscribable<StoreChange>;
  readonly status: Observable<RoomStatus>;
  /** Known after {@link Room.ready}. */
  readonly me: Observable<Me | null>;
  rename(name: string): void;
  /** Everybody here, the own person first. */
  readonly people: Observable<readonly Participant[]>;
  /** Merges `fields` into what this page says of itself; `null` removes one. */
  setPresence(fields: Presence): void;
  channel<Body extends JsonValue>(name: string): Channel<Body>;
  /** Opens the room and resolves when the local copy is read. Nobody else need be here. */
  ready(options?: {
    readonly signal?: AbortSignal;
  }): Promise<void>;
  /** Resolves when all own edits so far are on disk (or in memory, where there is no disk). */
  flushed(): Promise<void>;
  setSignaling(urls: readonly string[]): void;
  /** A link for `right`, at most the own one, as a URL fragment without `#`. */
  invite(right: Right): string;
  readonly trace: Subscribable<TraceEvent>;
  fingerprint(): string;
  /** Says goodbye and ends; idempotent. */
  dispose(): void;
}

type Storage = 'indexeddb' | 'memory';

interface RoomOptions<T extends Tables> {
  readonly schema: Schema<T>;
  /** A link, or a text that holds one: a whole address, a fragment with or without `#`. */
  readonly link: Link | string;
  /** Signaling servers, besides those that the link names: absolute `ws:` or `wss:` addresses. */
  readonly signaling?: readonly string[];
  /** Where edits and keys are kept on this device. */
  readonly storage?: Storage;
  /** The own name; a made-up one otherwise. */
  readonly name?: string;
  /** STUN and TURN servers; none by default. */
  readonly iceServers?: readonly RTCIceServer[];
  /**
   * Writes what a new room begins with. To be given by the page that has just made the link, and by no other: a room
   * that is filled twice has everything twice.
   */
  readonly fill?: (transaction: Transaction<T>) => void;
}

/**
 * Opens a room. Nothing is touched until `ready()` is called or somebody subscribes.
 * @throws SupermeshError `link-empty`, `link-no-secret`, `link-damaged`, `link-newer-version` for a text that is no link
 */
declare function openRoom<T extends Tables>(options: RoomOptions<T>): Room<T>;

export {
  type Anchor,
  type AnchorSide,
  type Channel,
  type Device,
  type EditId,
  type Link,
  type ListValue,
  type Me,
  type Observable,
  type Participant,
  type Peer,
  type Presence,
  type Problem,
  type RecentRoom,
  type Right,
  type Room,
  type RoomOptions,
  type RoomStatus,
  type StoreChange,
  type Subscribable,
  SupermeshError,
  type TextValue,
  type TraceEvent,
  type Unsubscribe,
  formatLink,
  newLink,
  openDevice,
  openRoom,
  parseLink,
  weakenLink,
};
