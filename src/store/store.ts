/**
 * The shared document as everybody above sees it: typed tables, transactions, one event for each edit.
 *
 * Knows nothing of logs, links or people. It is handed the edits of others in causal order, each once, and hands its own
 * out; that this is so is the business of `sync`.
 */
import type { Bytes } from '../base/bytes.ts'
import { SupermeshError } from '../base/error.ts'
import { createEmitter, type Subscribable } from '../base/subscribe.ts'
import type { Writer } from '../protocol/codec.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import type { StoreNumbers, Tail } from '../protocol/snapshot.ts'
import type { Changes } from './changes.ts'
import { createDocument } from './document.ts'
import { type ExplainedEntry, explained } from './explain.ts'
import { describeDocument, fingerprint } from './fingerprint.ts'
import type { Past } from './past.ts'
import { creatorOf, everythingPermitted, type Permits } from './permission.ts'
import type { Readers, TextDraft, TextEdit, Transaction } from './record.ts'
import { type RestoredStore, writeVotes } from './saved-store.ts'
import type { Schema, Tables } from './schema.ts'
import { createLiveTable, type LiveTable } from './table-reader.ts'
import { takenAlong } from './taken-along.ts'
import { createTransactions } from './transaction.ts'
import { type AppliedEntry, createUndoing, editsIn, type StoreEditId } from './undoing.ts'

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

export function createStore<T extends Tables>(options: StoreOptions<T>): Store<T> {
  const { schema, storeId, permits = everythingPermitted } = options
  const document = createDocument(storeId, (store, sequence) => {
    const entry = options.entryAt(store, sequence)
    return entry?.kind === 'edit' ? entry : null
  })
  const changed = createEmitter<StoreChange>()
  const live = new Map<string, LiveTable>()
  /** Applied, not told yet: everybody hears of edits in the order in which they were applied. */
  let untold: StoreChange[] = []
  /** Of own entries, by sequence. */
  const labels = new Map<number, string>()
  const labelOf = (edit: StoreEditId) => (edit.store === storeId ? labels.get(edit.sequence) : undefined)
  let telling = false
  /** A snapshot is taking the place of what was here: all of it is one change. */
  let replacing = false
  const transactions = createTransactions(document, schema, options.mintId, permits)
  const undoing = createUndoing({ ...options, document, permits })

  const editText = (table: string, record: string, field: string, edits: readonly TextEdit[]) =>
    store.transact(transaction => {
      const draft = transaction[table]?.get(record) as Record<string, TextDraft> | undefined
      for (const { index, remove, insert } of edits) draft?.[field]?.splice(index, remove, insert)
    })

  for (const [name, { fields, rules }] of Object.entries(schema.tables)) {
    const table = createLiveTable(document, name, fields, {
      edit: (record, field, edits) => void editText(name, record, field, edits),
      mayEdit: record => permits(rules.change, creatorOf(document, name, record)),
    })
    live.set(name, table)
  }

  /** A listener that writes comes back to here: its edit is told when the others have heard of this one. */
  function tell(): void {
    if (telling || untold.length === 0) return
    telling = true
    while (untold.length > 0) {
      // In one go: taken one by one from the front, a whole history would be moved at each step.
      const told = untold
      untold = []
      for (const change of told) {
        for (const table in change.changes) live.get(table)?.announce(change.changes[table] ?? {}, change)
        changed.emit(change)
      }
    }
    telling = false
  }

  /** Writes an own entry at the next place. */
  function commit(
    kind: ChangeKind,
    of: readonly StoreEditId[],
    label: string | undefined,
    write: (sequence: number, version: number) => { readonly payload: Bytes; readonly changes: Changes },
  ): StoreEditId {
    const { sequence, version } = options.nextPlace()
    const edit = { store: storeId, sequence }
    const { payload, changes } = write(sequence, version)
    options.submit(kind, payload)
    if (label !== undefined) labels.set(sequence, label)
    applied({ edit, kind, of, local: true, changes, ...(label !== undefined && { label }) })
    tell()
    return edit
  }

  function applied(change: StoreChange): void {
    if (replacing) return
    for (const table in change.changes) live.get(table)?.invalidate(change.changes[table] ?? {})
    untold.push(change)
  }

  const takeBack =
    (kind: 'undo' | 'redo'): Store<T>['undo'] =>
    (edits, { label } = {}) => {
      options.requireOpen?.()
      if (transactions.active())
        throw new SupermeshError('undo-inside-transaction', `A transaction cannot ${kind}: call it outside.`)
      const taken = undoing.choose(kind, edits, storeId)
      if (taken.length === 0) return null
      return commit(kind, editsIn(taken), label, sequence => ({
        payload: undoing.encode(kind, taken, storeId),
        changes: undoing.apply(kind, taken, { store: storeId, sequence }),
      }))
    }

  /** A line for each field that was ever written, and each edit that was undone. */
  const describe = () => [...describeDocument(document), ...undoing.describe()]

  const store: Store<T> = {
    schema,
    tables: Object.fromEntries([...live].map(([name, table]) => [name, table.reader])) as Readers<T>,
    transact(write, { label } = {}) {
      options.requireOpen?.()
      const written = transactions.run(() => {
        const result = write(transactions.transaction)
        options.requireOpen?.()
        return result
      })
      if (!written) return null
      return commit('edit', [], label, (sequence, version) => document.update(written, sequence, version))
    },
    undo: takeBack('undo'),
    redo: takeBack('redo'),
    isUndone: undoing.isUndone,
    takenAlong: edit => takenAlong(document, edit),
    explain: edit => explained(edit, { document, undoing, entryAt: options.entryAt, labelOf }),
    deliver(edit) {
      if (transactions.active()) {
        throw new SupermeshError('deliver-inside-transaction', 'An edit was delivered inside a transaction.')
      }
      const { kind } = edit
      const id = { store: edit.store, sequence: edit.sequence }
      if (kind === 'edit') {
        const done = document.apply(edit.payload, edit)
        if (!done.ok) return done.code
        applied({ edit: id, kind, of: NOTHING_TAKEN, local: false, changes: done.value })
      } else {
        const taken = undoing.read(kind, edit.payload, id, edit.past)
        if (!taken.ok) return taken.code
        const changes = undoing.apply(kind, taken.value, id)
        applied({ edit: id, kind, of: editsIn(taken.value), local: false, changes })
      }
      return null
    },
    announceDelivered: tell,
    save(writer, stores, tail) {
      document.save(writer, stores, tail)
      writeVotes(writer, undoing.votes.describe(), stores)
    },
    restore(restored, further) {
      undoing.votes.restore(restored.votes)
      const changesSince = document.restore(restored.document)
      replacing = true
      further()
      replacing = false
      applied({ edit: null, kind: 'snapshot', of: NOTHING_TAKEN, local: false, changes: changesSince() })
    },
    changed,
    fingerprint: () => fingerprint(describe()),
    describe,
  }
  return store
}

const NOTHING_TAKEN: readonly StoreEditId[] = []
