/**
 * The shared document: what edits do to the tables, and what follows from all that an author has written before.
 *
 * Edits of others are checked whole, then applied whole. Knows nothing of schemas or logs.
 */
import type { Bytes } from '../base/bytes.ts'
import { type Decoded, decodeWith, malformed, type Reader, type Writer } from '../protocol/codec.ts'
import type { Patch } from '../protocol/patch.ts'
import { createPatchStream, type EncodedEdit, type PatchStream } from '../protocol/patch-stream.ts'
import type { StoreNumbers, Tail } from '../protocol/snapshot.ts'
import { ByStore } from './by-store.ts'
import type { Changes } from './changes.ts'
import { ClockList } from './clock-list.ts'
import { createTables, type DocumentTables } from './document-tables.ts'
import { type Knowledge, type Past, unknownId } from './past.ts'
import { type RestoredDocument, writeDocument } from './saved-document.ts'
import type { StagedField } from './staging.ts'
import { isStillThere } from './still-there.ts'

export interface Document
  extends Pick<DocumentTables, 'value' | 'metadata' | 'tableNames' | 'recordIds' | 'fieldKeys'> {
  /** Applies checked updates, in the order of the wire, as the own edit `sequence`; returns its payload and what changed. */
  update(staged: readonly StagedField[], sequence: number, version: number): { payload: Bytes; changes: Changes }
  /** Decodes, checks and applies an edit by another author; what is refused changes nothing. */
  apply(payload: Bytes, edit: RemotePatch): Decoded<Changes>
  /** What an applied edit says, read again. */
  patchOf(edit: AppliedEdit): Patch
  /** Takes back what an applied edit did, or takes that back. */
  setUndone(edit: AppliedEdit, undone: boolean): Changes
  /** Writes all of it, so that what `tail` has can be undone. */
  save(writer: Writer, stores: StoreNumbers, tail: Tail): void
  /**
   * Puts what was saved in the place of all that is here.
   * @returns what has changed by that, and by what was applied since then
   */
  restore(restored: RestoredDocument): () => Changes
}

/** An edit that this replica has applied. */
export interface AppliedEdit {
  readonly store: number
  readonly sequence: number
}

/** Where a patch of another author stands. */
export interface RemotePatch extends AppliedEdit {
  readonly version: number
  readonly past: Past
}

/** @param editAt - an edit that was applied; `null` for an entry that is none */
export function createDocument(
  storeId: number,
  editAt: (store: number, sequence: number) => EncodedEdit | null,
): Document {
  const clocks = new ByStore<ClockList>()
  /** What each store's author writes, in the order of its log. */
  const streams = new ByStore<PatchStream>()
  /** How many elements the own author has inserted, the edit that is being made included. */
  let ownClock = 0

  /** Whether what is here is somebody's word. */
  let cameBySnapshot = false

  const tables = createTables(storeId, count => {
    const id = { store: storeId, clock: ownClock }
    ownClock += count
    return id
  })

  function streamOf(store: number): PatchStream {
    let stream = streams.get(store)
    if (!stream) {
      stream = createPatchStream(store)
      streams.set(store, stream)
    }
    return stream
  }

  function clocksOf(store: number): ClockList {
    let list = clocks.get(store)
    if (!list) {
      list = new ClockList()
      clocks.set(store, list)
    }
    return list
  }

  /** The edit whose patch is being read. */
  let reading: RemotePatch = { store: storeId, sequence: 0, version: 0, past: () => 0 }
  const knowledge: Knowledge = {
    seen: ({ store, clock }) => clock < (clocks.get(store)?.at(reading.past(store)) ?? 0),
    metadata: (table, record, key) => document.metadata(table, record, key),
  }

  function readChecked(reader: Reader): Patch {
    const patch = streamOf(reading.store).read(reader, reading)
    const code = unknownId(patch, knowledge)
    return code ? malformed(code) : patch
  }

  const document: Document = {
    update(staged, sequence, version) {
      ownClock = streamOf(storeId).elements
      const { patch, changes } = tables.update(staged, version)
      clocksOf(storeId).tell(sequence, ownClock)
      return { payload: streamOf(storeId).write(patch, { sequence, version }), changes }
    },
    apply(payload, edit) {
      reading = edit
      const decoded = decodeWith(payload, readChecked)
      if (!decoded.ok) return decoded
      clocksOf(edit.store).tell(edit.sequence, streamOf(edit.store).elements)
      return { ok: true, value: tables.patch(decoded.value) }
    },
    patchOf({ store, sequence }) {
      const patch = streamOf(store).reread(sequence, at => editAt(store, at))
      if (patch) return patch
      // Whoever vouched for the snapshot has lied.
      if (cameBySnapshot) return {}
      throw new Error('An edit that was applied cannot be read again.')
    },
    setUndone(edit, undone) {
      const patch = document.patchOf(edit)
      if (cameBySnapshot && !isStillThere(patch, document.metadata)) return {}
      return undone ? tables.unpatch(patch) : tables.patch(patch)
    },
    save(writer, stores, tail) {
      const authors = new Map(
        stores.all.map(store => [store, { clocks: clocksOf(store), stream: streams.get(store) ?? null }] as const),
      )
      writeDocument(writer, { document, authors, stores, tail, editAt })
    },
    restore({ authors, tables: restored }) {
      cameBySnapshot = true
      clocks.clear()
      streams.clear()
      for (const [store, { clocks: list, stream }] of authors) {
        clocks.set(store, list)
        if (stream) streams.set(store, stream)
      }
      return tables.replace(restored)
    },
    value: tables.value,
    metadata: tables.metadata,
    tableNames: tables.tableNames,
    recordIds: tables.recordIds,
    fieldKeys: tables.fieldKeys,
  }
  return document
}
