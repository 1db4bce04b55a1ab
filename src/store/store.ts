/**
 * The shared document as everybody above sees it: typed tables, transactions, one event for each edit.
 *
 * Knows nothing of logs, links or people. It is handed the edits of others in causal order, each once, and hands its own
 * out; that this is so is the business of `sync`.
 */
import type { Bytes } from '../base/bytes.ts'
import type { Subscribable } from '../base/subscribe.ts'
import type { Writer } from '../protocol/codec.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import type { StoreNumbers, Tail } from '../protocol/snapshot.ts'
import type { Changes } from './changes.ts'
import type { ExplainedEntry } from './explain.ts'
import type { Past } from './past.ts'
import type { Permits } from './permission.ts'
import type { Readers, Transaction } from './record.ts'
import type { RestoredStore } from './saved-store.ts'
import type { Schema, Tables } from './schema.ts'
import type { AppliedEntry, StoreEditId } from './undoing.ts'

export type { AppliedEntry, StoreEditId } from './undoing.ts'

export type ChangeKind = 'edit' | 'undo' | 'redo'

export interface StoreChange {
  /** The edit, and with it its author; `null` for a snapshot, which is what many edits have come to. */
  readonly edit: StoreEditId | null
  readonly kind: ChangeKind | 'snapshot'
  /** What was undone or redone; empty for an edit. */
  readonly of: readonly StoreEditId[]
  readonly local: boolean
  /** As it was given to `transact`. */
  readonly label?: string
  /** Table → record → field key → change; names of newer schemas included. */
  readonly changes: Changes
}

/** An edit by another author, or its undo or redo of edits by anybody. */
export interface RemoteEdit extends StoreEditId {
  readonly kind: ChangeKind
  /** One more than the greatest version in the edit's causal past. */
  readonly version: number
  readonly past: Past
  readonly payload: Bytes
}

export interface Store<T extends Tables> {
  readonly schema: Schema<T>
  readonly tables: Readers<T>
  /**
   * Writes, all at once or not at all. A nested call joins the one around it.
   * @param options - `label` comes back in the event
   * @returns the edit, or `null` when nothing was written
   * @throws what `write` throws, after which nothing has happened
   */
  transact<R>(
    write: (transaction: Transaction<T>) => R extends PromiseLike<unknown> ? never : R,
    options?: { readonly label?: string },
  ): StoreEditId | null
  /**
   * Takes back edits, by whomever, as one event; what depends on them stays as far as it can be.
   * @returns the undo, or `null` when all of them are undone
   * @throws SupermeshError `edit-unknown`, `edit-forgotten`, `not-allowed`, `undo-inside-transaction`
   */
  undo(edits: readonly StoreEditId[], options?: { readonly label?: string }): StoreEditId | null
  /** Takes back one author's undo of each, the own one first. @returns `null` when none of them is undone */
  redo(edits: readonly StoreEditId[], options?: { readonly label?: string }): StoreEditId | null
  isUndone(edit: StoreEditId): boolean
  /** Stores whose work in records that an edit created would go with them, when it is undone. */
  takenAlong(edit: StoreEditId): ReadonlySet<number>
  /** What an entry that was applied did; `null` when there is no edit, undo or redo at that place. */
  explain(edit: StoreEditId): ExplainedEntry | null
  /** Applies an edit by another author; nobody hears of it before {@link Store.announceDelivered}. */
  deliver(edit: RemoteEdit): RefusalCode | null
  /**
   * Tells what was delivered. Apart, so that whoever answers with an edit of his own does so when the whole frame is
   * applied and known as that edit's past.
   */
  announceDelivered(): void
  /** Writes all of it for a snapshot, so that what `tail` has can be undone. */
  save(writer: Writer, stores: StoreNumbers, tail: Tail): void
  /**
   * Puts what was saved in the place of all that is here; nobody hears of it before {@link Store.announceDelivered}.
   * @param further - delivers edits that were here already: they are a part of the one change
   */
  restore(restored: RestoredStore, further: () => void): void
  readonly changed: Subscribable<StoreChange>
  fingerprint(): string
  /** What the fingerprint is made of, a line for each field that was ever written. */
  describe(): readonly string[]
}

export interface StoreOptions<T extends Tables> {
  readonly schema: Schema<T>
  /** The own author's store id. */
  readonly storeId: number
  /** Mints random record ids. */
  readonly mintId: () => string
  /** Where in the own log the next edit will stand. */
  readonly nextPlace: () => { readonly sequence: number; readonly version: number }
  /** Takes an own entry into the log, at the place just asked for. May not throw. */
  readonly submit: (kind: ChangeKind, payload: Bytes) => void
  /** An entry that was applied here, or submitted; `null` when there is none at that place. */
  readonly entryAt: (store: number, sequence: number) => AppliedEntry | null
  /** Whether an entry was applied of which nothing but its effect is here; none is, without it. */
  readonly isForgotten?: (edit: StoreEditId) => boolean
  /** Throws when nothing more can be written, because the document has been closed. */
  readonly requireOpen?: () => void
  /** Whether the person here may do what a table's rule says; anything, without it. */
  readonly permits?: Permits
}
