/**
 * Transactions as rooms and local stores offer them: what they have done can be named, waited for and heard of.
 */
import { SupermeshError } from '../base/error.ts'
import { requireOptions, requireText } from '../base/require.ts'
import type { Transaction } from '../store/record.ts'
import type { Tables } from '../store/schema.ts'
import type { Store, StoreChange, StoreEditId } from '../store/store.ts'
import type { Entries } from '../sync/entries.ts'
import type { EarlierEntries } from './earlier-pages.ts'
import type { Edit, EditId, PastEdit, RoomChange, TransactOptions } from './room.ts'
import type { SafePlace } from './saving.ts'

/** A store, and what is known of its edits. */
export interface Ledger<T extends Tables> {
  readonly store: Store<T>
  readonly entries: Pick<Entries, 'at' | 'first' | 'backwards'>
  /** Who writes here; whether the document began with what a page filled in. */
  readonly self: { readonly store: number; readonly person: string | null; readonly filled: boolean }
  editId(edit: StoreEditId): EditId
  /** The edit of that name; `null` when it is none, or not here. */
  editOf(id: EditId): StoreEditId | null
  /** The person who writes as a store; `null` when that is not known. */
  personOf(store: number): string | null
  /** What the person did on earlier pages, as far as it was not asked for before. */
  earlierPages(): EarlierEntries
  /** Resolves when the own entry `sequence` outlives the page. */
  saved(sequence: number, signal?: AbortSignal): Promise<SafePlace | 'nothing'>
}

export interface Transacting<T extends Tables> {
  transact(write: (transaction: Transaction<T>) => unknown, options?: TransactOptions): Edit
  undo(edit: EditId): Edit
  redo(edit: EditId): Edit
  history(): Iterable<PastEdit>
}

/** @param ledger - throws when there is nothing to write to */
export function createTransacting<T extends Tables>(ledger: () => Ledger<T>): Transacting<T> {
  /** What the transaction whose callback is running will have done; a nested one joins it. */
  let running: Edit | null = null

  const takeBack =
    (kind: 'undo' | 'redo') =>
    (id: EditId): Edit => {
      const { store, editOf, editId, saved } = ledger()
      const edit = editOf(id)
      if (!edit) throw new SupermeshError('edit-unknown', 'There is no such edit here.', { edit: id })
      const made = store[kind]([edit])
      return {
        id: made && editId(made),
        saved: async ({ signal } = {}) => (made ? saved(made.sequence, signal) : 'nothing'),
      }
    }

  return {
    undo: takeBack('undo'),
    redo: takeBack('redo'),
    history() {
      const open = ledger()
      return { [Symbol.iterator]: () => pastEdits(open) }
    },
    transact(write, options = {}) {
      requireOptions(options, 'The options of a transaction', ['label'])
      if (options.label !== undefined) requireText(options.label, 'label')
      if (typeof write !== 'function') throw new SupermeshError('value-wrong-type', 'A transaction is a function.')
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
  const { edit, kind, of, local, label, changes } = change
  return {
    edit: edit && editId(edit),
    kind,
    of: of.map(editId),
    local,
    by: edit && personOf(edit.store),
    ...(label !== undefined && { label }),
    records: Object.fromEntries(Object.entries(changes).map(([table, records]) => [table, Object.keys(records)])),
  }
}

function* pastEdits<T extends Tables>({ store, entries, editId, personOf }: Ledger<T>): Generator<PastEdit> {
  for (const { store: author, sequence, time } of entries.backwards()) {
    const edit = { store: author, sequence }
    const said = store.explain(edit)
    if (!said) continue
    const records: Record<string, Set<string>> = {}
    const fields = said.kind === 'edit' ? said.fields : said.of.flatMap(each => store.explain(each)?.fields ?? [])
    for (const [table, record] of fields) {
      records[table] ??= new Set()
      records[table].add(record)
    }
    yield {
      edit: editId(edit),
      kind: said.kind,
      of: said.of.map(editId),
      by: personOf(author),
      time,
      undone: store.isUndone(edit),
      records: Object.fromEntries(Object.entries(records).map(([table, ids]) => [table, [...ids]])),
    }
  }
}
