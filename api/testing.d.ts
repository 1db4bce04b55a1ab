// The public surface of supermesh/testing, made by "npm run api".

/**
 * Byte strings: comparing, joining and writing them as text.
 *
 * The platform's `Uint8Array` has no equality, no order and (in the browsers we support) no base64url; everything that
 * crosses a wire needs all three. Knows nothing of what the bytes mean.
 */
type Bytes = Uint8Array<ArrayBuffer>;

interface Dice {
  /** An integer from 0 to `below` - 1. */
  roll(below: number): number;
  /** True with probability `p`. */
  chance(p: number): boolean;
  pick<T>(items: readonly T[]): T;
  bytes(count: number): Bytes;
}

declare function createDice(seed: number): Dice;

interface FuzzReport {
  /** Thrown at honest replicas; `refused + applied + duplicates` says how each ended. */
  frames: number;
  refused: number;
  applied: number;
  duplicates: number;
  /** Refusal code → count. */
  readonly codes: Record<string, number>;
  /** Thrown out of a replica. */
  exceptions: number;
  /** Frames that a replica took in and neither ended nor keeps waiting: there must be none. */
  vanished: number;
  /** Properties that `Object.prototype` or its like gained. */
  pollution: number;
  /** Events whose handling took more than 100 ms of processor time. */
  stallsOver100ms: number;
  /** Whether all honest replicas were the same at the end of each round, internals included. */
  equal: boolean;
}

interface FuzzOptions {
  readonly frames: number;
  readonly seed: number;
  /** Frames in one round; each begins with new replicas. */
  readonly roundOf?: number;
}

declare function fuzz({
  frames,
  seed,
  roundOf
}: FuzzOptions): FuzzReport;

/**
 * Why a stranger's bytes were refused. Refusals are values: counted in the trace, never thrown and never dropped in
 * silence. The codes are listed in PROTOCOL.md.
 */

/** What the bytes themselves show. */
type EnvelopeRefusal = 'truncated' | 'trailing-bytes' | 'too-long' | 'number-out-of-range' | 'varint-not-minimal' | 'text-not-utf8' | 'message-unknown' | 'protocol-newer' | 'frame-too-large' | 'frame-empty' | 'too-many-entries' | 'too-many-heads' | 'heads-not-sorted' | 'entry-kind-unknown' | 'introduction-malformed' | 'seal-length' | 'state-malformed';

/** What an author's log shows. */
type LogRefusal = 'scope-not-followed' | 'author-ended' | 'sequence-overlaps' | 'head-is-own' | 'head-unknown' | 'introduction-missing' | 'introduction-repeated' | 'seal-invalid' | 'waiting-room-full' | 'entry-not-offered-yet';

/** What an entry would do to the document. */
type PatchRefusal = 'patch-empty' | 'patch-not-sorted' | 'patch-too-large' | 'name-unsafe' | 'field-kind-wrong' | 'value-not-json' | 'value-too-deep' | 'value-wrong-type' | 'operation-unknown' | 'operation-empty' | 'store-unknown' | 'store-unused' | 'origin-outside-past' | 'origins-apart' | 'removal-outside-past';

type RefusalCode = EnvelopeRefusal | LogRefusal | PatchRefusal;

/** How far a replica has an author's log: the last sequence that it holds, all before it included. */
interface Reach {
  readonly author: Bytes;
  readonly sequence: number;
}

/** Entries after `after`, up to `upTo`. */
interface Range {
  readonly author: Bytes;
  readonly after: number;
  readonly upTo: number;
}

/** A frame as a log keeps it. */
interface FrameBytes {
  readonly author: Bytes;
  readonly bytes: Bytes;
}

type Message = /** First on every link; nothing else is read before it. */{
  readonly type: 'hello';
  readonly protocol: number;
  readonly roomTag: Bytes; /** The sender's introduction, so that its person is known before it writes anything. */
  readonly introduction: Bytes;
} | {
  readonly type: 'frames';
  readonly scope: number;
  readonly frames: readonly FrameBytes[];
} /** Sent at each heartbeat: a short hash of the sender's vector, and who it is linked to. */ | {
  readonly type: 'digest';
  readonly scope: number;
  readonly digest: Bytes;
  readonly neighbours: readonly Bytes[];
} | {
  readonly type: 'vector';
  readonly scope: number;
  readonly vector: readonly Reach[];
} | {
  readonly type: 'want';
  readonly scope: number;
  readonly ranges: readonly Range[];
} /** An update in y-protocols' awareness encoding. */ | {
  readonly type: 'presence';
  readonly update: Bytes;
} /** A passing message on a named channel, from one peer to one peer; never stored. */ | {
  readonly type: 'direct';
  readonly channel: string;
  readonly body: Bytes;
};

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

/** The last sequence of a store that the edit's author had seen when making it; 0 for none. */
type Past = (store: number) => number;

/** Table → record → field key → an update in the form of the field's kind. */
type Updates = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;

/** Table → record → field key → a change in the form of the field's kind. */
type Changes = Updates;

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

interface RemoteEdit extends EditId {
  /** One more than the greatest version in the edit's causal past. */
  readonly version: number;
  readonly past: Past;
  readonly payload: Bytes;
}

interface Store<T extends Tables> {
  readonly schema: Schema<T>;
  readonly tables: Readers<T>;
  /**
   * Writes, all at once or not at all. A nested call joins the one around it.
   * @returns the edit, or `null` when nothing was written
   * @throws what `write` throws, after which nothing has happened
   */
  transact<R>(write: (transaction: Transaction<T>) => R extends PromiseLike<unknown> ? never : R): EditId | null;
  /** Applies an edit by another author; nobody hears of it before {@link Store.announceDelivered}. */
  deliver(edit: RemoteEdit): RefusalCode | null;
  /**
   * Tells what was delivered. Apart, so that whoever answers with an edit of his own does so when the whole frame is
   * applied and known as that edit's past.
   */
  announceDelivered(): void;
  readonly changed: Subscribable<StoreChange>;
  fingerprint(): string;
}

declare const ENTRY_KINDS: readonly ['edit', 'undo', 'redo', 'introduction', 'checkpoint'];

type EntryKind = (typeof ENTRY_KINDS)[number];

interface KeptFrame {
  readonly author: Bytes;
  /** Of the first entry. With the author it names the frame. */
  readonly sequence: number;
  /** Of the last entry. In the order of versions, a frame comes after its causal past. */
  readonly version: number;
  readonly bytes: Bytes;
}

/** A peer is the author of its session: 32 hexadecimal digits. */
type PeerId = string;

type SyncEvent = {
  readonly type: 'peer-joined';
  readonly peer: PeerId;
} | {
  readonly type: 'peer-left';
  readonly peer: PeerId;
} | {
  readonly type: 'message-arrived';
  readonly from: PeerId;
  readonly message: Message;
} /** Answers a `seal` effect. */ | {
  readonly type: 'sealed';
  readonly seal: Bytes;
} /** Answers an `open-seal` effect. */ | {
  readonly type: 'seal-opened';
  readonly author: Bytes;
  readonly sequence: number;
  readonly genuine: boolean;
} /** About once a second. */ | {
  readonly type: 'ticked';
} /** From the own keeper. */ | {
  readonly type: 'restored';
  readonly frames: readonly KeptFrame[];
};

/** `sequence` is that of the first entry. */
interface FrameName {
  readonly author: Bytes;
  readonly sequence: number;
}

type SyncEffect = {
  readonly type: 'send';
  readonly to: PeerId;
  readonly message: Message;
} | {
  readonly type: 'persist';
  readonly frames: readonly KeptFrame[];
} | {
  readonly type: 'seal';
  readonly hash: Bytes;
} | {
  readonly type: 'open-seal';
  readonly author: Bytes;
  readonly sequence: number;
  readonly introduction: Bytes;
  readonly hash: Bytes;
  readonly seal: Bytes;
} /** Counted in the trace. `from` is who brought it, while that is known; `frame` is `null` when it cannot be read. */ | {
  readonly type: 'refused';
  readonly code: RefusalCode;
  readonly from: PeerId | null;
  readonly frame: FrameName | null;
} | {
  readonly type: 'duplicate';
  readonly from: PeerId;
} | {
  readonly type: 'applied';
  readonly author: Bytes;
  readonly sequence: number;
} /** This replica and `peer` hold the same, as far as the last heartbeat said. */ | {
  readonly type: 'agreed';
  readonly peer: PeerId;
  readonly agreed: boolean;
};

/** The last sequence seen of each author, by author id. */
type Vector = ReadonlyMap<string, number>;

/** It may not be called back while it handles something: what reacts to a delivered entry has to wait for the end. */
interface Sync {
  handle(event: SyncEvent): SyncEffect[];
  /** Where the next own entry will stand. */
  nextPlace(): {
    readonly sequence: number;
    readonly version: number;
  };
  /** Takes an own entry, which is already applied, into the log. `now` in ms since the Unix epoch. */
  submit(kind: EntryKind, payload: Bytes, now: number): SyncEffect[];
  /** Applied entries by author id; own entries count once they are sealed. */
  vector(): Vector;
  /** Own entries that are not sealed, and so neither kept nor sent, yet. */
  readonly unsealed: number;
  /** Frames that wait for a seal, a predecessor or their causal past. */
  readonly waiting: number;
  /** All applied frames, in the order of application. */
  frames(): readonly FrameBytes[];
}

interface IntroducedAuthor {
  readonly author: Bytes;
  readonly store: number;
  readonly introduction: Bytes;
}

interface Replica<T extends Tables> {
  readonly store: Store<T>;
  readonly sync: Pick<Sync, 'vector' | 'unsealed' | 'waiting' | 'frames'>;
  /** Authors as their introductions come in, the own one included. */
  readonly introduced: Subscribable<IntroducedAuthor>;
  handle(event: SyncEvent): void;
}

interface ReplicaOptions<T extends Tables> {
  readonly schema: Schema<T>;
  readonly room: Bytes;
  readonly scope: number;
  readonly author: Bytes;
  /** The own first entry. It is written before the own first edit, and only then: who only reads leaves no trace. */
  readonly introduction: Bytes;
  readonly storeOf: (author: Bytes) => number;
  readonly mintId: () => string;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
  readonly perform: (effect: SyncEffect) => void;
  /** For worlds that break a rule on purpose. */
  readonly interpose?: {
    readonly place?: (place: ReturnType<Sync['nextPlace']>) => ReturnType<Sync['nextPlace']>;
    readonly deliver?: (deliver: Store<T>['deliver']) => Store<T>['deliver'];
  };
}

interface LabPeer<T extends Tables> {
  readonly name: string;
  readonly author: Bytes;
  /** The author in hexadecimal. */
  readonly id: string;
  readonly replica: Replica<T>;
  /** Everything it ever ordered, in order. */
  readonly effects: SyncEffect[];
  /** What its disk holds. */
  readonly kept: KeptFrame[];
  /** Messages that are on their way to it. */
  inbox: {
    readonly from: string;
    readonly message: Message;
  }[];
  /** Seals that it waits for, to make or to open. */
  seals: (() => void)[];
}

interface Lab<T extends Tables> {
  open(name: string, options?: {
    readonly restored?: readonly KeptFrame[];
  }): LabPeer<T>;
  link(a: LabPeer<T>, b: LabPeer<T>): void;
  unlink(a: LabPeer<T>, b: LabPeer<T>): void;
  /** A heartbeat of every peer. */
  tick(): void;
  /** Answers seals and delivers messages, first come first served, until nothing is left. */
  flush(): void;
}

declare function createLab<T extends Tables>(schema: Schema<T>): Lab<T>;

interface NetworkFaults {
  lost: number;
  duplicated: number;
  reordered: number;
}

interface NetworkOptions {
  /** Probability that a message is lost. Links are reliable in themselves: a loss stands for a link that broke. */
  readonly loss: number;
  readonly duplication: number;
  /** Probability that a message is held back, so that later ones overtake it. */
  readonly reordering: number;
  /** Virtual milliseconds of an ordinary delivery, at most. */
  readonly delay: number;
}

interface WorldPeer<T extends Tables> {
  /** Stays through crashes; the author does not. */
  readonly name: string;
  /** The author of this life, in hexadecimal. */
  readonly id: string;
  readonly replica: Replica<T>;
  readonly refusals: ReadonlyMap<RefusalCode, number>;
}

interface World<T extends Tables> {
  readonly dice: Dice;
  readonly time: number;
  readonly faults: NetworkFaults & {
    partitions: number;
    joins: number;
    crashes: number;
  };
  /** Those that are alive. */
  readonly peers: readonly WorldPeer<T>[];
  join(name: string): WorldPeer<T>;
  /** Ends a peer between two instructions; of its disk, a part of the last writes may be missing. */
  crash(name: string): void;
  /** Comes back from its disk, as another author. */
  restart(name: string): WorldPeer<T>;
  /** Splits the world: only names in one group hear each other. */
  partition(groups: readonly (readonly string[])[]): void;
  heal(): void;
  /** Lets virtual time pass. */
  pass(milliseconds: number): void;
  /** Heals, stops all faults and lets time pass until nothing is under way and all agree, or `patience` ms are over. */
  settle(patience?: number): boolean;
}

interface WorldOptions<T extends Tables> extends Partial<NetworkOptions> {
  readonly seed: number;
  readonly schema: Schema<T>;
  readonly interpose?: ReplicaOptions<T>['interpose'];
  /** Rewrites what reaches a peer; for worlds that break a rule on purpose. */
  readonly rewrite?: (message: Bytes) => Bytes;
  /** Takes every seal for genuine. */
  readonly trusting?: boolean;
}

/** Lossless and in order unless told otherwise. */
declare function createWorld<T extends Tables>(options: WorldOptions<T>): World<T>;

declare const lifeSchema: Schema<{
  readonly notes: TableDefinition<{
    title: FieldDefinition<"text", string>;
    stars: FieldDefinition<"register", number>;
    done: FieldDefinition<"register", boolean>;
    tags: FieldDefinition<"map", number>;
  }>;
  readonly orders: TableDefinition<{
    items: FieldDefinition<"list", string>;
    note: FieldDefinition<"register", string>;
  }>;
}>;

type LifeTables = typeof lifeSchema.tables;

/** Rules that can be broken on purpose, to show that the world would notice. */
declare const MUTANTS: readonly ['skip-dedupe', 'skip-causal-wait', 'forget-clock', 'one-table'];

type Mutant = (typeof MUTANTS)[number];

interface LifeReport {
  readonly seed: number;
  readonly operations: number;
  readonly diverged: boolean;
  readonly stuck: boolean;
  readonly faults: World<LifeTables>['faults'];
}

interface LifeOptions {
  readonly seed: number;
  readonly operations: number;
  readonly mutant?: Mutant;
}

declare function liveOnce({
  seed,
  operations,
  mutant
}: LifeOptions): LifeReport;

export {
  type Dice,
  type FuzzOptions,
  type FuzzReport,
  type Lab,
  type LabPeer,
  type LifeOptions,
  type LifeReport,
  MUTANTS,
  type Mutant,
  type NetworkFaults,
  type NetworkOptions,
  type World,
  type WorldOptions,
  type WorldPeer,
  createDice,
  createLab,
  createWorld,
  fuzz,
  liveOnce,
};
