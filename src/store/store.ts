/**
 * The shared document as everybody above sees it: typed tables, transactions, one event for each edit.
 *
 * Knows nothing of logs, links or people. It is handed the edits of others in causal order, each once, and hands its own
 * out; that this is so is the business of `sync`.
 */
import type { Bytes } from '../base/bytes.ts'
import { SupermeshError } from '../base/error.ts'
import { createEmitter, type Subscribable } from '../base/subscribe.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import { type Changes, createDocument, type Updates } from './document.ts'
import { describeDocument, fingerprint } from './fingerprint.ts'
import type { Past } from './past.ts'
import { creatorOf, everythingPermitted, type Permits } from './permission.ts'
import type { Readers, TextDraft, TextEdit, Transaction } from './record.ts'
import type { Schema, Tables } from './schema.ts'
import { createLiveTable, type LiveTable } from './table-reader.ts'
import { createStaging, type Stage } from './transaction.ts'

/** Names an edit: its author and its place in the author's log. */
export interface StoreEditId {
  readonly store: number
  readonly sequence: number
}

export interface StoreChange {
  /** The edit, and with it its author. */
  readonly edit: StoreEditId
  /** What happened to it. Undo and redo are not offered yet. */
  readonly kind: 'edit'
  readonly local: boolean
  /** As it was given to `transact`. */
  readonly label?: string
  /** Table → record → field key → change; names of newer schemas included. */
  readonly changes: Changes
}

export interface RemoteEdit extends StoreEditId {
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
  /** Applies an edit by another author; nobody hears of it before {@link Store.announceDelivered}. */
  deliver(edit: RemoteEdit): RefusalCode | null
  /**
   * Tells what was delivered. Apart, so that whoever answers with an edit of his own does so when the whole frame is
   * applied and known as that edit's past.
   */
  announceDelivered(): void
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
  /** Takes an own edit into the log, at the place just asked for. May not throw. */
  readonly submit: (payload: Bytes) => void
  /** Throws when nothing more can be written, because the document has been closed. */
  readonly requireOpen?: () => void
  /** Whether the person here may do what a table's rule says; anything, without it. */
  readonly permits?: Permits
}

export function createStore<T extends Tables>(options: StoreOptions<T>): Store<T> {
  const { schema, storeId, permits = everythingPermitted } = options
  const document = createDocument(storeId)
  const changed = createEmitter<StoreChange>()
  const live = new Map<string, LiveTable>()
  /** Applied, not told yet: everybody hears of edits in the order in which they were applied. */
  const untold: StoreChange[] = []
  let telling = false
  const begin = createStaging(document, schema, options.mintId, permits)
  let stage: Stage<T> | null = null

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
    if (telling) return
    telling = true
    // In one go: taken one by one from the front, a whole history would be moved at each step.
    for (let told = untold.splice(0); told.length > 0; told = untold.splice(0)) {
      for (const change of told) {
        for (const [table, changes] of Object.entries(change.changes)) live.get(table)?.announce(changes, change.local)
        changed.emit(change)
      }
    }
    telling = false
  }

  function commit(updates: Updates, label: string | undefined): StoreEditId {
    const { sequence, version } = options.nextPlace()
    const edit = { store: storeId, sequence }
    const { payload, changes } = document.update(updates, edit.sequence, version)
    options.submit(payload)
    for (const [table, tableChanges] of Object.entries(changes)) live.get(table)?.invalidate(tableChanges)
    untold.push({ edit, kind: 'edit', local: true, changes, ...(label !== undefined && { label }) })
    tell()
    return edit
  }

  const store: Store<T> = {
    schema,
    tables: Object.fromEntries([...live].map(([name, table]) => [name, table.reader])) as Readers<T>,
    transact(write, { label } = {}) {
      options.requireOpen?.()
      if (stage) {
        const undo = stage.savepoint()
        try {
          refusePromise(write(stage.transaction))
        } catch (error) {
          // Whoever catches it goes on without what this one had written.
          undo()
          throw error
        }
        return null
      }
      const open = begin()
      stage = open
      let updates: Updates | null
      try {
        refusePromise(write(open.transaction))
        options.requireOpen?.()
        updates = open.finish()
      } finally {
        stage = null
        open.close()
      }
      return updates && commit(updates, label)
    },
    deliver(edit) {
      if (stage) {
        throw new SupermeshError('deliver-inside-transaction', 'An edit was delivered inside a transaction.')
      }
      const applied = document.apply(edit.payload, edit)
      if (!applied.ok) return applied.code
      const { store: author, sequence } = edit
      const id = { store: author, sequence }
      const change: StoreChange = { edit: id, kind: 'edit', local: false, changes: applied.value }
      for (const [table, changes] of Object.entries(change.changes)) live.get(table)?.invalidate(changes)
      untold.push(change)
      return null
    },
    announceDelivered: tell,
    changed,
    fingerprint: () => fingerprint(document),
    describe: () => describeDocument(document),
  }
  return store
}

/** For callers without types: a promise would end the transaction before its writes come. */
function refusePromise(result: unknown): void {
  if (typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function') {
    // It will go wrong, with nobody there to hear of it.
    Promise.resolve(result).catch(() => undefined)
    throw new SupermeshError('transaction-async', 'A transaction has to write at once: its callback may not be async.')
  }
}
