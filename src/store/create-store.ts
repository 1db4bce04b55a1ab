/**
 * Puts a store together: the document, what is staged in a transaction, undo, and what is told of all that.
 */
import type { Bytes } from '../base/bytes.ts'
import { SupermeshError } from '../base/error.ts'
import { createEmitter } from '../base/subscribe.ts'
import type { Changes } from './changes.ts'
import { createDocument } from './document.ts'
import { explained } from './explain.ts'
import { describeDocument, fingerprint } from './fingerprint.ts'
import { creatorOf, everythingPermitted } from './permission.ts'
import type { Readers, TextDraft, TextEdit } from './record.ts'
import { writeVotes } from './saved-store.ts'
import type { Tables } from './schema.ts'
import type { ChangeKind, Store, StoreChange, StoreEditId, StoreOptions } from './store.ts'
import { createLiveTable, type LiveTable } from './table-reader.ts'
import { takenAlong } from './taken-along.ts'
import { createTransactions } from './transaction.ts'
import { createUndoing, editsIn } from './undoing.ts'

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
      for (const { index, remove, insert } of wellFormed(edits)) draft?.[field]?.splice(index, remove, insert)
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

/** For callers without types. */
function wellFormed(edits: readonly TextEdit[]): readonly TextEdit[] {
  if (Array.isArray(edits) && edits.every(edit => typeof edit === 'object' && edit !== null)) return edits
  throw new SupermeshError('value-wrong-type', 'Edits of a text are given as a list of { index, remove, insert }.')
}
