/**
 * A room, as everybody above it sees it. `io/open-room.ts` makes one of a real page; the simulated world makes others of
 * the same code.
 */
import type { Observable, Subscribable, Unsubscribe } from '../base/subscribe.ts'
import type { JsonValue } from '../protocol/patch.ts'
import type { Right } from '../protocol/right.ts'
import type { Link } from '../rights/index.ts'
import type { Readers, Transaction } from '../store/record.ts'
import type { PresenceOf, Schema } from '../store/schema.ts'
import type { Blobs, Jobs } from './not-yet.ts'
import type { Problem } from './problems.ts'
import type { UndoManager, UndoOptions } from './undo.ts'

export interface RoomStatus {
  /**
   * `opening` until the local copy is read; `failed` when the room cannot be opened at all: see `problems`; `closed` once it
   * was disposed of.
   */
  readonly phase: 'opening' | 'open' | 'failed' | 'closed'
  /** `connected` means at least one open link; `alone` that signaling is up and nobody answered yet. */
  readonly link: 'connected' | 'connecting' | 'alone' | 'offline'
  /** Open links. */
  readonly peers: number
  /** `waiting`: nothing was ever seen of this room and nobody is here to tell; `ready`: there is something to show. */
  readonly content: 'waiting' | 'ready'
  /** Where the own edits are: being written, on this device's disk, or only in this page's memory. */
  readonly saved: 'saving' | 'disk' | 'memory'
  /** How many own edits are neither on this device's disk nor with a peer yet: what would go with this page. */
  readonly unsaved: number
  /** How many peers held exactly the same at the last heartbeat. */
  readonly agreeing: number
  readonly problems: readonly Problem[]
}

/** Names an edit, for good and on every replica. Opaque; safe to store and to send. */
export type EditId = string & { readonly __edit: true }

/** What a transaction has done. */
export interface Edit {
  /** `null` while its transaction runs, and for good when it wrote nothing. */
  readonly id: EditId | null
  /**
   * Resolves when the edit outlives this page: it is on this device's disk, or a peer has it; with `nothing` when nothing
   * was written, or there is nowhere to keep it.
   * @throws the reason of `signal`; SupermeshError `room-disposed` when the room ends first
   */
  saved(options?: { readonly signal?: AbortSignal }): Promise<'disk' | 'peer' | 'nothing'>
}

export interface TransactOptions {
  /** What the person did, in a word or two, for an undo menu. Stays on this page. */
  readonly label?: string
}

/** An edit that was applied, by whomever; or a snapshot, which a page takes that lacks many of them. */
export interface RoomChange {
  /** `null` for a snapshot. */
  readonly edit: EditId | null
  readonly kind: 'edit' | 'undo' | 'redo' | 'snapshot'
  /** What was undone or redone; empty for an edit. */
  readonly of: readonly EditId[]
  readonly local: boolean
  /** The person who made it; `null` when that is not known. */
  readonly by: string | null
  /** Of own edits only. */
  readonly label?: string
  /** Table → ids of the records that it wrote to; tables of newer schemas included. */
  readonly records: Readonly<Record<string, readonly string[]>>
}

/** What the log tells of an edit, an undo or a redo. */
export interface PastEdit extends Omit<RoomChange, 'edit' | 'kind' | 'local' | 'label'> {
  readonly edit: EditId
  readonly kind: 'edit' | 'undo' | 'redo'
  /** By the author's clock, in ms since the Unix epoch. */
  readonly time: number
  /** Whether an edit is undone now. */
  readonly undone: boolean
}

/** One open page. */
export interface Peer<P = Readonly<Record<string, unknown>>> {
  /** 32 hexadecimal digits: the author of its edits. */
  readonly id: string
  readonly self: boolean
  readonly presence: P
}

/** One person on one device, however many pages are open. */
export interface Participant<P = Readonly<Record<string, unknown>>> {
  /** Stable for this room and device. */
  readonly id: string
  readonly name: string
  /** A CSS colour. */
  readonly colour: string
  readonly self: boolean
  /** That of the page which changed it last. */
  readonly presence: P
  readonly peers: readonly Peer<P>[]
}

export interface Me {
  /** 32 hexadecimal digits; new with each page load. */
  readonly peer: string
  readonly person: string
  readonly name: string
  /** A CSS colour. */
  readonly colour: string
  readonly right: Right
}

export interface OwnIdentity extends Observable<Me | null> {
  /** Whether the link in hand lets this page do so. */
  can(right: Right): boolean
}

/** What this page says of itself; latest wins, forgotten when it goes. */
export interface OwnPresence<P> extends Observable<P> {
  /**
   * Says it to everybody; what is not named stays.
   * @throws SupermeshError `field-unknown`, `value-not-json`, `value-wrong-type`, `presence-too-large`
   */
  set(fields: Partial<P>): void
}

export interface ChannelMessage<Body> {
  /** The page that sent it. */
  readonly from: string
  /** Its person; `null` while nobody's keys have vouched for the page. */
  readonly person: string | null
  /** As a stranger wrote it: check it before you believe it. */
  readonly body: Body
}

/** Messages that pass and are never stored. */
export interface Channel<Body> {
  /**
   * @param options - `to`: a person (all of its pages) or one page; everybody else who is here, without it
   * @returns to how many pages it is on its way; 0 when nobody is there
   * @throws SupermeshError `value-not-json`, `message-too-large`
   */
  send(body: Body, options?: { readonly to?: string }): number
  subscribe(listener: (message: ChannelMessage<Body>) => void): Unsubscribe
}

/** Something that a stranger sent and that was not taken. */
export interface Refusal {
  /** Stable, kebab-case. */
  readonly code: string
  /** The page that brought it, where that is known. */
  readonly from: string | null
}

/** A way in, to be given away. */
export interface Invitation {
  readonly right: Right
  /** What stands behind the `#` of an address. */
  readonly fragment: string
  /** The whole address. */
  readonly url: string
  /** The address as a QR code: the text of an SVG document. */
  readonly qr: string
  /** What the link allows, for the person who gives it away. */
  readonly sentence: string
}

/** Events for whoever debugs; nothing depends on them. */
export type TraceEvent = { readonly type: string } & Readonly<Record<string, unknown>>

/** A room's content as plain values: table → record → field. */
export interface RoomJson {
  readonly schema: string
  readonly version: number
  readonly tables: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, JsonValue>>>>>>
}

/** The document and how to write it: what a room and a local store have in common. */
export interface SharedDocument<S extends Schema> {
  readonly schema: S
  readonly tables: Readers<S['tables']>
  /**
   * Writes, all at once or not at all; a nested call joins the one around it and gives its edit.
   * @throws what `write` throws, after which nothing has happened; SupermeshError `room-not-open` before `ready()`,
   *   `not-allowed` for what the own link does not permit, and what the drafts say
   */
  transact<R>(
    write: (transaction: Transaction<S['tables']>) => R extends PromiseLike<unknown> ? never : R,
    options?: TransactOptions,
  ): Edit
  /** One event for each edit or snapshot, in the order in which they were applied. */
  readonly changed: Subscribable<RoomChange>
  /**
   * Takes back an edit, by whomever; what others wrote since stays. An edit without a name, when it is undone
   * already.
   * @throws SupermeshError `edit-unknown`; `edit-forgotten` when it is older than the history that this page came with; `not-allowed`,
   *   `undo-inside-transaction`
   */
  undo(edit: EditId): Edit
  /** Takes back one undo of an edit: when two undid it at once, it stays undone. @throws as {@link SharedDocument.undo} */
  redo(edit: EditId): Edit
  /** Who did what and when, the latest first, read from the log as it is asked for. */
  history(): Iterable<PastEdit>
  /** Undo of what the own person did. @throws SupermeshError `table-unknown`, `option-invalid` */
  undoManager(options?: UndoOptions<S>): UndoManager
  toJSON(): RoomJson
  /** Ends it; idempotent. A room says goodbye. */
  dispose(): void
}

export interface Room<S extends Schema = Schema> extends SharedDocument<S> {
  /** The strongest link that this device holds. */
  readonly link: Link
  readonly status: Observable<RoomStatus>
  /** Known after {@link Room.ready}. */
  readonly me: OwnIdentity
  /** Calls the own person so, for everybody and from now on on this device; an empty name brings the made-up one back. */
  rename(name: string): void
  /** Everybody here, the own person first. */
  readonly people: Observable<readonly Participant<PresenceOf<S['presence']>>[]>
  readonly presence: OwnPresence<PresenceOf<S['presence']>>
  /** The channel of this name: on every page the same. @throws SupermeshError `name-unsafe` */
  channel<Body>(name: string): Channel<Body>
  readonly blobs: Blobs
  readonly jobs: Jobs
  /** What strangers sent and was not taken. */
  readonly refusals: Subscribable<Refusal>
  /**
   * Opens the room and resolves when the local copy is read. Nobody else need be here, and what others hold may come later:
   * `status` says `content: 'waiting'` while nothing was ever seen.
   * @throws the reason of `signal`, which ends the wait and not the opening; SupermeshError `room-disposed`
   */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Resolves when all own edits so far are on disk (or in memory, where there is no disk). */
  flushed(): Promise<void>
  /** Replaces the signaling servers; open links stay. @throws SupermeshError `bad-signaling` */
  setSignaling(urls: readonly string[]): void
  /**
   * A way in with `right`, at most the own one.
   * @param options - `page`: the address that the link is for, the page's own by default
   * @throws SupermeshError `right-too-strong`
   */
  invite(right: Right, options?: { readonly page?: string }): Promise<Invitation>
  /**
   * The whole room as one file, to be opened with a link to it: it holds neither a link nor a key. It is not encrypted:
   * whoever has it can read all that was ever written.
   * @throws SupermeshError `room-not-open` before `ready()`, `room-disposed`
   */
  exportFile(): Promise<Blob>
  readonly trace: Subscribable<TraceEvent>
  /** A digest of all that is stored, internals included: equal on replicas that have seen the same. */
  fingerprint(): string
}
