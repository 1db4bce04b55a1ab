/**
 * A room, as everybody above it sees it. `open-room.ts` makes one; the simulated world makes others of the same shape.
 */
import type { Observable, Subscribable, Unsubscribe } from '../base/subscribe.ts'
import type { JsonValue } from '../protocol/patch.ts'
import type { Link, Right } from '../rights/index.ts'
import type { Readers, Transaction } from '../store/record.ts'
import type { Schema, Tables } from '../store/schema.ts'
import type { EditId, StoreChange } from '../store/store.ts'

/** What is not as it should be, in words for the person at the screen. */
export interface Problem {
  /** Stable, kebab-case. */
  readonly code: string
  readonly sentence: string
  readonly nextStep: string
}

export interface RoomStatus {
  /** `opening` until the local copy is read; `failed` when the room cannot be opened at all: see `problems`. */
  readonly phase: 'opening' | 'open' | 'failed'
  /** `connected` means at least one open link; `alone` that signaling is up and nobody answered yet. */
  readonly link: 'connected' | 'connecting' | 'alone' | 'offline'
  /** Open links. */
  readonly peers: number
  /** `waiting`: nothing was ever seen of this room and nobody is here to tell; `ready`: there is something to show. */
  readonly content: 'waiting' | 'ready'
  /** Where the own edits are: being written, on this device's disk, or only in this page's memory. */
  readonly saved: 'saving' | 'disk' | 'memory'
  /** How many peers held exactly the same at the last heartbeat. */
  readonly agreeing: number
  readonly problems: readonly Problem[]
}

/** What a page says of itself to the others while it is open; latest wins, forgotten when it goes. */
export type Presence = Readonly<Record<string, JsonValue>>

/** One open page. */
export interface Peer {
  /** 32 hexadecimal digits: the author of its edits. */
  readonly id: string
  readonly self: boolean
  readonly presence: Presence
}

/** One person on one device, however many pages are open. */
export interface Participant {
  /** Stable for this room and device. */
  readonly id: string
  readonly name: string
  /** A CSS colour. */
  readonly colour: string
  readonly self: boolean
  readonly peers: readonly Peer[]
}

export interface Channel<Body extends JsonValue> {
  /** To one peer, never stored. The answer says whether it could be handed to the link. */
  send(to: string, body: Body): 'queued' | 'failed'
  subscribe(listener: (message: { readonly from: string; readonly body: Body }) => void): Unsubscribe
}

export interface Me {
  /** 32 hexadecimal digits; new with each page load. */
  readonly peer: string
  readonly person: string
  readonly name: string
  readonly colour: string
  readonly right: Right
}

/** Events for whoever debugs; nothing depends on them. */
export type TraceEvent = { readonly type: string } & Readonly<Record<string, unknown>>

export interface Room<T extends Tables> {
  readonly schema: Schema<T>
  readonly tables: Readers<T>
  /** The strongest link that this device holds. */
  readonly link: Link
  /** Throws `room-not-open` before {@link Room.ready}. */
  transact<R>(write: (transaction: Transaction<T>) => R extends PromiseLike<unknown> ? never : R): EditId | null
  readonly changed: Subscribable<StoreChange>
  readonly status: Observable<RoomStatus>
  /** Known after {@link Room.ready}. */
  readonly me: Observable<Me | null>
  rename(name: string): void
  /** Everybody here, the own person first. */
  readonly people: Observable<readonly Participant[]>
  /** Merges `fields` into what this page says of itself; `null` removes one. */
  setPresence(fields: Presence): void
  channel<Body extends JsonValue>(name: string): Channel<Body>
  /** Opens the room and resolves when the local copy is read. Nobody else need be here. */
  ready(options?: { readonly signal?: AbortSignal }): Promise<void>
  /** Resolves when all own edits so far are on disk (or in memory, where there is no disk). */
  flushed(): Promise<void>
  setSignaling(urls: readonly string[]): void
  /** A link for `right`, at most the own one, as a URL fragment without `#`. */
  invite(right: Right): string
  readonly trace: Subscribable<TraceEvent>
  fingerprint(): string
  /** Says goodbye and ends; idempotent. */
  dispose(): void
}
