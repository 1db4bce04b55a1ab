/**
 * A document for one person, without network and without disk: for tests, and for pages that are not shared.
 */
import { toHex } from '../../base/bytes.ts'
import { createEmitter } from '../../base/subscribe.ts'
import type { Schema } from '../../store/schema.ts'
import { createStore } from '../../store/store.ts'
import { roomDisposed } from '../disposed.ts'
import type { EditId, RoomChange, SharedDocument } from '../room.ts'
import { toRoomJson } from '../to-json.ts'
import { createTransacting, type Ledger, toRoomChange } from '../transacting.ts'
import { createUndoManager, undoNotYet } from '../undo.ts'

const ONLY_AUTHOR = 1

/** A room's document without a room: open at once, and gone with the page. */
export function openLocalStore<S extends Schema>(schema: S): SharedDocument<S> {
  let edits = 0
  let ended = false
  const name = toHex(crypto.getRandomValues(new Uint8Array(8)))
  const store = createStore<S['tables']>({
    schema,
    storeId: ONLY_AUTHOR,
    mintId: () => toHex(crypto.getRandomValues(new Uint8Array(8))),
    nextPlace: () => ({ sequence: edits + 1, version: edits + 1 }),
    submit: () => void edits++,
    requireOpen() {
      if (ended) throw roomDisposed()
    },
  })
  const ledger: Ledger<S['tables']> = {
    store,
    editId: ({ sequence }) => `${name}.${sequence}` as EditId,
    personOf: () => null,
    saved: async () => 'nothing',
  }
  const changed = createEmitter<RoomChange>()
  const end = store.changed.subscribe(change => changed.emit(toRoomChange(ledger, change)))
  return {
    schema,
    tables: store.tables,
    transact: createTransacting(() => ledger).transact,
    changed,
    undo: undoNotYet,
    redo: undoNotYet,
    undoManager: createUndoManager,
    toJSON: () => toRoomJson(schema, store.tables),
    dispose() {
      ended = true
      end()
    },
  }
}
