/**
 * A snapshot: the document as it is after some frames of each author, the last of those frames, and of all others what the
 * order of later ones hangs on. The layout is in PROTOCOL.md ("Snapshots").
 */
import { type Bytes, equalBytes, toHex } from '../base/bytes.ts'
import { createWriter, type Decoded, decodeWith, malformed, type Reader, type Writer } from '../protocol/codec.ts'
import {
  createStoreNumbers,
  type SavedLogEnds,
  SNAPSHOT_VERSION,
  type StoreNumbers,
  type Tail,
} from '../protocol/snapshot.ts'
import type { Vector } from './frame-list.ts'
import type { History } from './history.ts'
import type { AuthorLog } from './log.ts'
import { baseOf, logsInOrder, readHistory, type SavedHistory, tailOfHistory, writeHistory } from './saved-history.ts'

/** The document that the frames make, as a snapshot needs it. */
export interface DocumentPort {
  save(writer: Writer, stores: StoreNumbers, tail: Tail): void
  /** What `save` wrote of logs that end so, in the order of `stores`. Refuses through the reader. */
  read(reader: Reader, stores: StoreNumbers, ends: readonly SavedLogEnds[]): unknown
  /** Puts what was read in the place of all that is there; `further` delivers what belongs on top. */
  restore(read: unknown, further: () => void): void
}

type AppliedEdit = Tail['edits'][number]

/** Of which document a snapshot is. */
export interface SnapshotOf {
  readonly room: Bytes
  readonly scope: number
  readonly storeOf: (author: Bytes) => number
}

export interface Snapshot {
  readonly history: SavedHistory
  readonly document: unknown
}

/** The last sequence of each author, by author id. */
export const reachIn = ({ history }: Snapshot): Vector =>
  new Map(history.logs.map(log => [toHex(log.author), log.reach]))

/** @param horizon - how many of the last entries can still be undone by whoever has nothing but the snapshot */
export function writeSnapshot(of: SnapshotOf, history: History, document: DocumentPort, horizon: number): Bytes {
  const dropped = tailOfHistory(history, horizon)
  const writer = createWriter()
  writer.varuint(SNAPSHOT_VERSION)
  writer.bytes(of.room)
  writer.varuint(of.scope)
  writeHistory(writer, history, dropped)
  const stores = logsInOrder(history).map(({ store }) => store)
  document.save(writer, createStoreNumbers(stores), tailFrom(history, dropped))
  return writer.finish()
}

function tailFrom(history: History, dropped: ReadonlyMap<AuthorLog, number>): Tail {
  const byStore = new Map(history.begun().map(log => [log.store, log]))
  const placeBefore = (store: number) => {
    const log = byStore.get(store)
    const index = log ? (dropped.get(log) ?? log.frames.length) - 1 : -1
    return log && index >= 0 ? log.frames.placeAt(index) : null
  }
  const first = (store: number) => (placeBefore(store)?.last ?? 0) + 1
  const edits: AppliedEdit[] = []
  for (const { store, sequence, kind } of history.entries.backwards()) {
    if (sequence < first(store)) break
    if (kind === 'edit') edits.push({ store, sequence })
  }
  return { first, version: store => placeBefore(store)?.version ?? 0, edits }
}

/** What {@link writeSnapshot} wrote of the same document. */
export function readSnapshot(bytes: Bytes, of: SnapshotOf, document: DocumentPort): Decoded<Snapshot> {
  return decodeWith(bytes, reader => {
    if (reader.varuint() !== SNAPSHOT_VERSION) malformed('protocol-newer')
    if (!equalBytes(reader.bytes(of.room.length), of.room) || reader.varuint() !== of.scope)
      malformed('scope-not-followed')
    const history = readHistory(reader)
    const stores = createStoreNumbers(history.logs.map(({ author }) => of.storeOf(author)))
    if (new Set(stores.all).size < stores.all.length) malformed('store-repeated')
    const ends = history.logs.map(log => ({ first: baseOf(log) + 1, reach: log.reach }))
    return { history, document: document.read(reader, stores, ends) }
  })
}
