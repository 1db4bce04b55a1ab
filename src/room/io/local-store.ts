/**
 * A document for one person, without network and without disk: for tests, and for pages that are not shared.
 */
import { toHex } from '../../base/bytes.ts'
import { createEmitter } from '../../base/subscribe.ts'
import { createStore } from '../../store/create-store.ts'
import type { Schema } from '../../store/schema.ts'
import { requireSchema } from '../../store/schema-rules.ts'
import type { LoggedEntry } from '../../sync/events.ts'
import { roomDisposed } from '../disposed.ts'
import type { EditId, RoomChange, SharedDocument } from '../room.ts'
import { toRoomJson } from '../to-json.ts'
import { createTransacting, type Ledger, toRoomChange } from '../transacting.ts'
import { createUndoManagers, type UndoOptions } from '../undo.ts'

const ONLY_AUTHOR = 1

/** A room's document without a room: open at once, and gone with the page. @throws SupermeshError `option-invalid` */
export function openLocalStore<S extends Schema>(schema: S): SharedDocument<S> {
  requireSchema(schema)
  const log: LoggedEntry[] = []
  let ended = false
  const name = toHex(crypto.getRandomValues(new Uint8Array(8)))
  const entries: Ledger<S['tables']>['entries'] = {
    at: (_store, sequence) => log[sequence - 1] ?? null,
    first: () => 1,
    backwards: () => log.toReversed(),
  }
  const store = createStore<S['tables']>({
    schema,
    storeId: ONLY_AUTHOR,
    mintId: () => toHex(crypto.getRandomValues(new Uint8Array(8))),
    nextPlace: () => ({ sequence: log.length + 1, version: log.length + 1 }),
    submit(kind, payload) {
      const place = log.length + 1
      log.push({ store: ONLY_AUTHOR, kind, payload, sequence: place, version: place, time: Date.now() })
    },
    entryAt: entries.at,
    requireOpen() {
      if (ended) throw roomDisposed()
    },
  })
  const ledger: Ledger<S['tables']> = {
    store,
    entries,
    self: { store: ONLY_AUTHOR, person: null, filled: false },
    editOf(id) {
      const [of, sequence] = typeof id === 'string' ? id.split('.') : []
      return of === name ? { store: ONLY_AUTHOR, sequence: Number(sequence) } : null
    },
    editId: ({ sequence }) => `${name}.${sequence}` as EditId,
    personOf: () => null,
    earlierPages: () => ({ all: false, entries: [] }),
    saved: async () => 'nothing',
  }
  const changed = createEmitter<RoomChange>()
  const end = store.changed.subscribe(change => changed.emit(toRoomChange(ledger, change)))
  const { transact, undo, redo, history } = createTransacting(() => ledger)
  const undoManager = createUndoManagers(schema, () => (ended ? null : ledger), changed)
  return {
    schema,
    tables: store.tables,
    ...{ transact, undo, redo, history, changed },
    undoManager: options => undoManager(options as UndoOptions),
    toJSON: () => toRoomJson(schema, store.tables),
    dispose() {
      ended = true
      end()
    },
  }
}
