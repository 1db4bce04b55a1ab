/**
 * A store in a snapshot: its document, and which edits are undone. See PROTOCOL.md, "Snapshots".
 */
import type { Reader, Writer } from '../protocol/codec.ts'
import { readAll, writeAll } from '../protocol/columns.ts'
import { COUNT_MAX } from '../protocol/limits.ts'
import type { SavedLogEnds, StoreNumbers } from '../protocol/snapshot.ts'
import { type RestoredDocument, readDocument } from './saved-document.ts'

export interface RestoredStore {
  readonly document: RestoredDocument
  /** As `UndoVotes` describes them. */
  readonly votes: readonly (readonly number[])[]
}

export function writeVotes(writer: Writer, votes: RestoredStore['votes'], stores: StoreNumbers): void {
  writeAll(writer, votes, ([store = 0, sequence = 0, voter = 0, undone = 0, redone = 0]) => {
    writer.varuint(stores.numberOf(store))
    writer.varuint(sequence)
    writer.varuint(stores.numberOf(voter))
    writer.varuint(undone)
    writer.varuint(redone)
  })
}

/** Reads what a store's `save` wrote. Refuses through the reader. */
export function readStore(reader: Reader, stores: StoreNumbers, ends: readonly SavedLogEnds[]): RestoredStore {
  const document = readDocument(reader, stores, ends)
  const votes = readAll(reader, () => {
    const [store, sequence] = [stores.at(reader.varuint()), reader.varuint(COUNT_MAX)]
    return [store, sequence, stores.at(reader.varuint()), reader.varuint(COUNT_MAX), reader.varuint(COUNT_MAX)]
  })
  return { document, votes }
}
