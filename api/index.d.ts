// The public surface of supermesh, made by "npm run api".

import { Anchor, AnchorSide, BlobId, Blobs, Bytes, Channel, ChannelMessage, CloseReason, Edit, EditId, ErrorDetails, Invitation, Job, Jobs, JsonValue, Link, LinkProblem, ListValue, Me, MeshEvent, MeshProblem, MeshStatus, Observable, OwnIdentity, OwnPresence, ParsedLink, Participant, Peer, Problem, ProblemCode, Refusal, Right, Room, RoomChange, RoomJson, RoomStatus, Schema, SendFailure, SendOptions, SendOutcome, SequenceChange, SharedDocument, SignalingStatus, Splice, Subscribable, SupermeshError, TextEdit, TextValue, TraceEvent, TransactOptions, Transaction, Transport, UndoManager, UndoOptions, UndoState, Unsubscribe, formatLink, parseLink, weakenLink } from "./shared.js";

interface Limits {
  /** What one transaction writes. */
  readonly transactionBytes: number;
  /** Fields, map keys, items of sets, insertions, moves and removed ranges in one transaction. */
  readonly transactionOperations: number;
  /** Insertions, removals and moves of texts and lists among them, a removal of many ranges counted once. */
  readonly transactionSplices: number;
  /** Nesting in one value. */
  readonly valueLevels: number;
  /** The name of a table or field, the id of a record. */
  readonly nameCharacters: number;
  readonly mapKeyBytes: number;
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

/** The bounds of every room; docs/limits.md is made of them. */
declare const LIMITS: Limits;

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
  /** What the person chose to be called in `room`; empty for nothing. */
  nameIn(room: Bytes): Promise<string>;
  rememberName(room: Bytes, name: string): Promise<void>;
  /** Last opened first. */
  recentRooms(): Promise<readonly RecentRoom[]>;
  /** Links to `room`, its title and the own name in it go; the person stays, who may have written there. */
  forgetRoom(room: Bytes): Promise<void>;
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
 * @throws SupermeshError `bad-signaling`, `option-invalid`
 */
declare function newLink(options?: NewLinkOptions): Link;

/**
 * What others hold stays with them. Without another way to its link there is none back.
 * @param room - `link.room`
 * @throws SupermeshError `room-open` while a page of this browser has it open, which goes on keeping it; nothing has changed; `option-invalid`
 */
declare function forgetRoom(room: Bytes): Promise<void>;

interface KeptFrame {
  readonly author: Bytes;
  /** Of the first entry. With the author it names the frame. */
  readonly sequence: number;
  /** Of the last entry. In the order of versions, a frame comes after its causal past. */
  readonly version: number;
  readonly bytes: Bytes;
}

/** What stands for the first frames of each author. */
interface KeptSnapshot {
  readonly bytes: Bytes;
  /** Until where, by the author's id in hexadecimal: the last sequence in it. It has a frame whole, or nothing of it. */
  readonly reach: ReadonlyMap<string, number>;
}

interface Kept {
  /** What the frames go on from; `null` when they begin at the beginning. */
  readonly snapshot: Bytes | null;
  /** In any order. The snapshot may cover some: another page kept them after it. */
  readonly frames: readonly KeptFrame[];
  /** Whether something was kept that is gone. Not known, without it. */
  readonly thrownAway?: boolean;
}

/** Where a room is kept: four methods and a word are enough. Anybody may bring another one than IndexedDB. */
interface Keeper {
  /** Whether what is kept outlives the page. */
  readonly durable: boolean;
  /**
   * How many kept frames are damaged, and the snapshot with them: `load` leaves them out, and keeping them again mends them,
   * as does a snapshot in their place. None, without it.
   */
  readonly damaged?: number;
  /** Tells when what is kept has been closed or taken away. The room appends then, nothing if need be, to find out. */
  readonly lost?: Subscribable<void>;
  /** Everything that was kept. */
  load(): Promise<Kept>;
  /**
   * Resolves when the frames are kept: where that is durable, when they are on the disk. None is kept when it throws, and
   * the room appends them again later.
   * @throws SupermeshError `quota`; `keeper-emptied`, once, when what was kept is gone; `keeper-outdated` when a newer
   *   page keeps the room in a way that this one does not know; `keeper-failed`
   */
  append(frames: readonly KeptFrame[]): Promise<void>;
  /**
   * Keeps a snapshot in the place of an earlier one and of all kept frames that it covers: those whose `sequence` is within
   * its author's reach. All of that has happened when it resolves, and nothing when it throws; the room asks for it again
   * later. A snapshot that has something which the new one has not stays, with all frames: another page may have put it there,
   * and what is in it is kept nowhere else.
   * @throws SupermeshError as `append`
   */
  replace(snapshot: KeptSnapshot): Promise<void>;
  dispose(): void;
}

/** A room's document without a room: open at once, and gone with the page. @throws SupermeshError `option-invalid` */
declare function openLocalStore<S extends Schema>(schema: S): SharedDocument<S>;

/** What an own transport needs to know. */
interface TransportContext {
  /** The id of this page. */
  readonly self: string;
  /** Names the room to those who hold its link, and says nothing of it to others. */
  readonly topic: string;
  readonly trace: (event: TraceEvent) => void;
}

/** @typeParam R - what `fill` gives: anything but a promise, for which it would be over too early */
interface RoomOptions<S extends Schema, R = unknown> {
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
  /**
   * This room as `exportFile` wrote it. What it holds is added to what is here, and checked as if a stranger had brought it.
   * `ready()` rejects, and nothing has changed, with `file-unreadable`, `file-not-a-room`, `file-newer-version`,
   * `file-other-room` or `file-damaged`, whose details say the `offset` of the damage and how many of its pieces are
   * `recovered` and `lost` (`null` when nothing in the file tells): its frames, and the snapshot that they go on from.
   */
  readonly file?: Blob | Uint8Array;
  /**
   * Takes what can be read of a damaged `file`; a problem says that not all is here. What goes on from a lost piece, as all does
   * that its author did later, waits for it as long as the page is open. The file stays as it is.
   */
  readonly recoverFile?: boolean;
  /** Writes what a new room begins with: one whose link `newLink` has just made. */
  readonly fill?: (transaction: Transaction<S['tables']>) => R extends PromiseLike<unknown> ? never : R;
}

/**
 * Opens a room. Nothing is touched until `ready()` is called or somebody subscribes.
 *
 * A text that is no link makes a room that cannot be opened: its `status` says `failed`, with a problem whose code is
 * `link-empty`, `link-no-secret`, `link-damaged` or `link-newer-version`.
 * @throws SupermeshError `bad-signaling`; `option-invalid` for what is none of its options
 */
declare function openRoom<S extends Schema, R = unknown>(options: RoomOptions<S, R>): Room<S>;

export {
  type Anchor,
  type AnchorSide,
  type BlobId,
  type Blobs,
  type Channel,
  type ChannelMessage,
  type CloseReason,
  type Device,
  type Edit,
  type EditId,
  type ErrorDetails,
  type Invitation,
  type Job,
  type Jobs,
  type JsonValue,
  type Keeper,
  type Kept,
  type KeptFrame,
  type KeptSnapshot,
  LIMITS,
  type Link,
  type LinkProblem,
  type ListValue,
  type Me,
  type MeshEvent,
  type MeshProblem,
  type MeshStatus,
  type NewLinkOptions,
  type Observable,
  type OwnIdentity,
  type OwnPresence,
  type ParsedLink,
  type Participant,
  type Peer,
  type Problem,
  type ProblemCode,
  type RecentRoom,
  type Refusal,
  type Right,
  type Room,
  type RoomChange,
  type RoomJson,
  type RoomOptions,
  type RoomStatus,
  type SendFailure,
  type SendOptions,
  type SendOutcome,
  type SequenceChange,
  type SharedDocument,
  type SignalingStatus,
  type Splice,
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
  forgetRoom,
  formatLink,
  newLink,
  openDevice,
  openLocalStore,
  openRoom,
  parseLink,
  weakenLink,
};
