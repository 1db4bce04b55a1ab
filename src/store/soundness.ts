/**
 * Whether a snapshot by somebody else holds what it says: all its texts and lists can be made, and its last edits can be taken
 * back. What came so is on the own disk as it is: there it is believed.
 */
import { decodeWith } from '../protocol/codec.ts'
import { type FieldPatch, type Operation, rangesOf } from '../protocol/patch.ts'
import type { EncodedEdit } from '../protocol/patch-stream.ts'
import { DormantSequence } from './dormant-sequence.ts'
import type { RestoredDocument, RestoredTables } from './saved-document.ts'
import type { Sequence } from './sequence.ts'
import type { SetMetadata } from './set-field.ts'
import type { Content } from './span.ts'

/** Edits that can be taken back, by store and sequence. */
export type LastEdits = ReadonlyMap<number, ReadonlyMap<number, EncodedEdit>>

export function isSound({ authors, tables }: RestoredDocument, edits: LastEdits): boolean {
  const fields = [...tables.values()].flatMap(records => [...records.values()].flatMap(record => [...record.values()]))
  const areMade = fields.every(({ metadata }) => !(metadata instanceof DormantSequence) || metadata.isSound)
  return areMade && [...edits].every(([store, ofStore]) => canBeTakenBack(store, ofStore))

  function canBeTakenBack(store: number, ofStore: ReadonlyMap<number, EncodedEdit>): boolean {
    const stream = authors.get(store)?.stream
    return [...ofStore.keys()].every(sequence => {
      const read = decodeWith(new Uint8Array(0), () => stream?.reread(sequence, at => ofStore.get(at) ?? null))
      if (!read.ok || !read.value) return false
      return Object.entries(read.value).every(([table, records]) =>
        Object.entries(records).every(([record, patches]) =>
          Object.entries(patches).every(([key, patch]) => isDone(patch, metadataOf(tables, table, record, key))),
        ),
      )
    })
  }
}

const metadataOf = (tables: RestoredTables, table: string, record: string, key: string) =>
  tables.get(table)?.get(record)?.get(key)?.metadata

/** Whether all that an edit speaks of is there: nothing is made of what is not, when the edit is undone and redone. */
function isDone(patch: FieldPatch, metadata: unknown): boolean {
  if ('operations' in patch) {
    const { sequence } = (metadata ?? {}) as { readonly sequence?: Sequence<Content> }
    return patch.operations.every(operation => sequence !== undefined && isIn(sequence, operation))
  }
  if (!('added' in patch)) return true
  const ranges = [...patch.removed, ...(patch.added.length > 0 ? [{ ...patch.id, length: patch.added.length }] : [])]
  return ranges.every(range => (metadata as SetMetadata | undefined)?.hasAll(range) === true)
}

function isIn(sequence: Sequence<Content>, operation: Operation<Content>): boolean {
  if (operation.type === 'move') return sequence.hasMove(operation)
  return rangesOf(operation).every(range => sequence.keeps(range))
}
