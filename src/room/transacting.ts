/**
 * Transactions as rooms and local stores offer them: what they have done can be named, waited for and heard of.
 */
import type { Transaction } from '../store/record.ts'
import type { Tables } from '../store/schema.ts'
import type { Store, StoreChange, StoreEditId } from '../store/store.ts'
import type { Edit, EditId, RoomChange, TransactOptions } from './room.ts'
import type { SafePlace } from './saving.ts'

/** A store, and what is known of its edits. */
export interface Ledger<T extends Tables> {
  readonly store: Store<T>
  editId(edit: StoreEditId): EditId
  /** The person who writes as a store; `null` when that is not known. */
  personOf(store: number): string | null
  /** Resolves when the own entry `sequence` outlives the page. */
  saved(sequence: number, signal?: AbortSignal): Promise<SafePlace | 'nothing'>
}

export interface Transacting<T extends Tables> {
  transact(write: (transaction: Transaction<T>) => unknown, options?: TransactOptions): Edit
}

/** @param ledger - throws when there is nothing to write to */
export function createTransacting<T extends Tables>(ledger: () => Ledger<T>): Transacting<T> {
  /** What the transaction whose callback is running will have done; a nested one joins it. */
  let running: Edit | null = null

  return {
    transact(write, options) {
      const { store, editId, saved } = ledger()
      // The store refuses a promise, for callers without types.
      const writeInto = write as (transaction: Transaction<T>) => undefined
      if (running) {
        store.transact(writeInto)
        return running
      }
      let sequence = 0
      let id: EditId | null = null
      const edit: Edit = {
        get id() {
          return id
        },
        saved: async ({ signal } = {}) => (sequence > 0 ? saved(sequence, signal) : 'nothing'),
      }
      const made = store.transact(transaction => {
        running = edit
        try {
          return writeInto(transaction)
        } finally {
          running = null
        }
      }, options)
      if (made) {
        sequence = made.sequence
        id = editId(made)
      }
      return edit
    },
  }
}

/** An edit as everybody above the room hears of it. */
export function toRoomChange<T extends Tables>({ editId, personOf }: Ledger<T>, change: StoreChange): RoomChange {
  const { edit, kind, local, label, changes } = change
  return {
    edit: editId(edit),
    kind,
    local,
    by: personOf(edit.store),
    ...(label !== undefined && { label }),
    records: Object.fromEntries(Object.entries(changes).map(([table, records]) => [table, Object.keys(records)])),
  }
}
