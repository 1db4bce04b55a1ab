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

type Unsubscribe = () => void;

interface Subscribable<T> {
  subscribe(listener: (value: T) => void): Unsubscribe;
}

/** A value that can be read at any time and watched; the same object until it changes. */
interface Observable<T> extends Subscribable<T> {
  getSnapshot(): T;
}

interface Limits {
  /** What one transaction writes. */
  readonly transactionBytes: number;
  /** Fields, map keys, insertions and removed ranges in one transaction. */
  readonly transactionOperations: number;
  /** Insertions and removed ranges of texts and lists among them. */
  readonly transactionSplices: number;
  /** Nesting in one value. */
  readonly valueLevels: number;
  /** The name of a table or field, the id of a record. */
  readonly nameCharacters: number;
  /** A key of a map, in UTF-16 units. */
  readonly mapKeyCharacters: number;
  /** What a page says of itself, as JSON, in UTF-16 units. */
  readonly presenceCharacters: number;
  readonly channelNameBytes: number;
  /** A message on a channel, as JSON. */
  readonly messageBytes: number;
  /** As others see it, in UTF-16 units. */
  readonly personNameCharacters: number;
  /** Signaling servers that a link names. */
  readonly linkServers: number;
  /** Page loads that have written to a room, ever. */
  readonly sessions: number;
}

declare const LIMITS: Limits;

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

interface NewLinkOptions {
  /** Signaling servers at which the room can be met: `wss:` addresses, at most four. */
  readonly signaling?: readonly string[];
}

/**
 * The owner's link of a new room.
 * @throws SupermeshError `bad-signaling`
 */
declare function newLink(options?: NewLinkOptions): Link;

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

interface UndoOptions<S extends Schema = Schema> {
  /** Only edits that touch these; all tables by default. */
  readonly tables?: readonly (keyof S['tables'] & string)[];
  /** Edits that follow one another within so many milliseconds are one step. */
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
  /** @throws SupermeshError `not-yet` */
  undo(): void;
  /** @throws SupermeshError `not-yet` */
  redo(): void;
}

/** What is not as it should be, in words for the person at the screen. */
interface Problem {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly sentence: string;
  readonly nextStep: string;
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

/** An edit that was applied, by whomever. */
interface RoomChange {
  readonly edit: EditId;
  /** What happened to it. Undo and redo are not offered yet. */
  readonly kind: 'edit';
  readonly local: boolean;
  /** The person who made it; `null` when that is not known. */
  readonly by: string | null;
  /** Of own edits only. */
  readonly label?: string;
  /** Table → ids of the records that it wrote to; tables of newer schemas included. */
  readonly records: Readonly<Record<string, readonly string[]>>;
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
  /** One event for each edit, in the order in which they were applied. */
  readonly changed: Subscribable<RoomChange>;
  /** @throws SupermeshError `not-yet` */
  undo(edit: EditId): Edit;
  /** @throws SupermeshError `not-yet` */
  redo(edit: EditId): Edit;
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
  rename(name: string): void;
  /** Everybody here, the own person first. */
  readonly people: Observable<readonly Participant<PresenceOf<S['presence']>>[]>;
  readonly presence: OwnPresence<PresenceOf<S['presence']>>;
  channel<Body>(name: string): Channel<Body>;
  readonly blobs: Blobs;
  readonly jobs: Jobs;
  /** What strangers sent and was not taken. */
  readonly refusals: Subscribable<Refusal>;
  /**
   * Opens the room and resolves when the local copy is read. Nobody else need be here.
   * @throws the reason of `signal`, which ends the wait and not the opening; SupermeshError `room-disposed`
   */
  ready(options?: {
    readonly signal?: AbortSignal;
  }): Promise<void>;
  /** Resolves when all own edits so far are on disk (or in memory, where there is no disk). */
  flushed(): Promise<void>;
  setSignaling(urls: readonly string[]): void;
  /**
   * A way in with `right`, at most the own one.
   * @param options - `page`: the address that the link is for, the page's own by default
   * @throws SupermeshError `right-too-strong`
   */
  invite(right: Right, options?: {
    readonly page?: string;
  }): Promise<Invitation>;
  /** The whole room as one file. @throws SupermeshError `not-yet` */
  exportFile(): Promise<Blob>;
  readonly trace: Subscribable<TraceEvent>;
  /** A digest of all that is stored, internals included: equal on replicas that have seen the same. */
  fingerprint(): string;
}

/** A room's document without a room: open at once, and gone with the page. */
declare function openLocalStore<S extends Schema>(schema: S): SharedDocument<S>;

interface KeptFrame {
  readonly author: Bytes;
  /** Of the first entry. With the author it names the frame. */
  readonly sequence: number;
  /** Of the last entry. In the order of versions, a frame comes after its causal past. */
  readonly version: number;
  readonly bytes: Bytes;
}

interface Keeper {
  /** Whether what is kept outlives the page. */
  readonly durable: boolean;
  load(): Promise<readonly KeptFrame[]>;
  /** Resolves when the frames are kept. @throws SupermeshError `quota`, `keeper-failed`; none is kept then */
  append(frames: readonly KeptFrame[]): Promise<void>;
  dispose(): void;
}

/** What an own transport needs to know. */
interface TransportContext {
  /** The id of this page. */
  readonly self: string;
  /** Names the room to those who hold its link, and says nothing of it to others. */
  readonly topic: string;
  readonly trace: (event: TraceEvent) => void;
}

interface RoomOptions<S extends Schema> {
  readonly schema: S;
  /** A link, or a text that holds one: a whole address, a fragment with or without `#`. */
  readonly link: Link | string;
  /** Signaling servers, besides those that the link names: absolute `ws:` or `wss:` addresses. */
  readonly signaling?: readonly string[];
  /** Where edits are kept on this device: by the browser (the default), not at all, or by an own keeper. */
  readonly storage?: 'indexeddb' | 'memory' | Keeper;
  /** How to reach other pages: WebRTC by signaling servers unless told otherwise. */
  readonly transport?: (context: TransportContext) => Transport;
  /** The own name; a made-up one otherwise. */
  readonly name?: string;
  /** STUN and TURN servers; none by default. */
  readonly iceServers?: readonly RTCIceServer[];
  /** A room as `exportFile` wrote it, to go on from. Not offered yet. */
  readonly file?: Blob;
  /** Writes what a new room begins with: one whose link `newLink` has just made. */
  readonly fill?: (transaction: Transaction<S['tables']>) => void;
}

/**
 * Opens a room. Nothing is touched until `ready()` is called or somebody subscribes.
 * @throws SupermeshError `link-empty`, `link-no-secret`, `link-damaged`, `link-newer-version` for a text that is no link;
 *   `not-yet` for a `file`
 */
declare function openRoom<S extends Schema>(options: RoomOptions<S>): Room<S>;

export {
  type Anchor,
  type AnchorSide,
  type BlobId,
  type Blobs,
  type Channel,
  type ChannelMessage,
  type Device,
  type Edit,
  type EditId,
  type ErrorDetails,
  type Invitation,
  type Job,
  type Jobs,
  type JsonValue,
  type Keeper,
  type KeptFrame,
  LIMITS,
  type Link,
  type ListValue,
  type Me,
  type MeshEvent,
  type MeshStatus,
  type NewLinkOptions,
  type Observable,
  type OwnIdentity,
  type OwnPresence,
  type Participant,
  type Peer,
  type Problem,
  type RecentRoom,
  type Refusal,
  type Right,
  type Room,
  type RoomChange,
  type RoomJson,
  type RoomOptions,
  type RoomStatus,
  type SendOutcome,
  type SharedDocument,
  type Subscribable,
  SupermeshError,
  type TextEdit,
  type TextValue,
  type TraceEvent,
  type TransactOptions,
  type Transport,
  type TransportContext,
  type UndoManager,
  type UndoOptions,
  type UndoState,
  type Unsubscribe,
  formatLink,
  newLink,
  openDevice,
  openLocalStore,
  openRoom,
  parseLink,
  weakenLink,
};
