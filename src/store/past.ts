/**
 * Whether an edit speaks only of what its author can have seen.
 *
 * Every element that an edit removes, moves or inserts beside has to lie in the edit's declared causal past, and what it
 * inserts between has to have been neighbours there: the order of a sequence converges only for insertions that somebody
 * can have made. Judged by what happens to have arrived here, one replica would accept what another refuses; judged by
 * the past, all agree.
 */
import type { ElementId, FieldPatch, IdRange, Operation, Patch } from '../protocol/patch.ts'
import type { PatchRefusal } from '../protocol/refusal.ts'
import { createDraftedRuns, type DraftedRuns } from './drafted-runs.ts'
import type { SequenceMetadata } from './fields.ts'
import type { Sequence } from './sequence.ts'
import type { SetMetadata } from './set-field.ts'
import type { Content } from './span.ts'

/** The last sequence of a store that the edit's author had seen when making it; 0 for none. */
export type Past = (store: number) => number

export interface Knowledge {
  /** Whether an element lies in the past of the edit, if it is anywhere. */
  seen(id: ElementId): boolean
  metadata(table: string, record: string, key: string): unknown
}

/** The first fault of `patch`, or `null`. */
export function unknownId(patch: Patch, knowledge: Knowledge): PatchRefusal | null {
  for (const table in patch) {
    const records = patch[table] as Patch[string]
    for (const record in records) {
      const fields = records[record] as Patch[string][string]
      for (const key in fields) {
        const fault = faultOf(fields[key] as FieldPatch, knowledge.metadata(table, record, key), knowledge.seen)
        if (fault) return fault
      }
    }
  }
  return null
}

function faultOf(field: FieldPatch, metadata: unknown, seen: Knowledge['seen']): PatchRefusal | null {
  if ('operations' in field) {
    return faultOfSequence(field.operations, (metadata as SequenceMetadata<Content> | undefined)?.sequence, seen)
  }
  if (!('removed' in field)) return null
  const wasAdded = (range: IdRange) =>
    seen({ store: range.store, clock: range.clock + range.length - 1 }) &&
    (metadata as SetMetadata | undefined)?.hasAll(range) === true
  return field.removed.every(wasAdded) ? null : 'removal-outside-past'
}

function faultOfSequence(
  operations: readonly Operation<Content>[],
  sequence: Sequence<Content> | undefined,
  seen: Knowledge['seen'],
): PatchRefusal | null {
  // What a single operation speaks of was there before it.
  const drafted = operations.length > 1 ? createDraftedRuns() : null
  const isThere = (id: ElementId | null) =>
    id === null || drafted?.has(id) === true || (seen(id) && sequence?.has(id) === true)
  for (const operation of operations) {
    if (operation.type === 'remove') {
      for (const range of operation.ranges) {
        if (!areItems(range, sequence, seen, drafted)) return 'removal-outside-past'
      }
      continue
    }
    const { left, right } = operation
    if (!isThere(left) || !isThere(right)) return 'origin-outside-past'
    if (operation.type === 'move' && !areItems({ ...operation.of, length: 1 }, sequence, seen, drafted)) {
      return 'move-outside-past'
    }
    const neighbours = () => (sequence ? sequence.adjacent(left, right, seen) : true)
    if (!(drafted ? drafted.insert(operation, neighbours) : neighbours())) return 'origins-apart'
  }
  return null
}

/** Whether all of a range were inserted, and none of it by a move. */
function areItems(
  range: IdRange,
  sequence: Sequence<Content> | undefined,
  seen: Knowledge['seen'],
  drafted: DraftedRuns | null,
): boolean {
  const { store, clock: first, length } = range
  const end = first + length
  const inPast = (part: IdRange) =>
    seen({ store, clock: part.clock + part.length - 1 }) && sequence?.hasAll(part) === true
  if (!drafted) return inPast(range)
  for (let clock = first; clock < end; ) {
    const made = drafted.runFrom({ store, clock })
    const upTo = Math.min(end, made.until)
    if (made.inside ? made.isSlot : !inPast({ store, clock, length: upTo - clock })) return false
    clock = upTo
  }
  return true
}
