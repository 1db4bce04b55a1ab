/**
 * Whether an edit speaks only of what its author can have seen.
 *
 * Every element that an edit removes or inserts beside has to lie in the edit's declared causal past, and what it
 * inserts between has to have been neighbours there: the order of a sequence converges only for insertions that somebody
 * can have made. Judged by what happens to have arrived here, one replica would accept what another refuses; judged by
 * the past, all agree.
 */
import type { ElementId, FieldPatch, Insertion, Operation, Patch, Removal } from '../protocol/patch.ts'
import type { PatchRefusal } from '../protocol/refusal.ts'
import { createDraftedRuns, type DraftedRuns } from './drafted-runs.ts'
import type { SequenceMetadata } from './fields.ts'
import type { Sequence } from './sequence.ts'
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
        const field = fields[key] as FieldPatch
        if (!('operations' in field)) continue
        const metadata = knowledge.metadata(table, record, key) as SequenceMetadata<Content> | undefined
        const fault = faultOf(field.operations, metadata?.sequence, knowledge.seen)
        if (fault) return fault
      }
    }
  }
  return null
}

const NOTHING_DRAFTED: DraftedRuns = {
  has: () => false,
  runFrom: () => ({ inside: false, until: Number.POSITIVE_INFINITY }),
  insert: (_, neighbours) => neighbours(),
}

function faultOf(
  operations: readonly Operation<Content>[],
  sequence: Sequence<Content> | undefined,
  seen: Knowledge['seen'],
): PatchRefusal | null {
  // What a single operation speaks of was there before it.
  const drafted = operations.length > 1 ? createDraftedRuns() : NOTHING_DRAFTED
  for (const operation of operations) {
    const fault =
      operation.type === 'insert'
        ? insertionFault(operation, sequence, seen, drafted)
        : removalFault(operation, sequence, seen, drafted)
    if (fault) return fault
  }
  return null
}

function insertionFault(
  operation: Insertion<Content>,
  sequence: Sequence<Content> | undefined,
  seen: Knowledge['seen'],
  drafted: DraftedRuns,
): PatchRefusal | null {
  const { left, right } = operation
  for (let i = 0; i < 2; i++) {
    const id = i === 0 ? left : right
    if (id === null || drafted.has(id)) continue
    if (!seen(id) || !sequence?.has(id)) return 'origin-outside-past'
  }
  const neighbours = () => (sequence ? sequence.adjacent(left, right, seen) : true)
  return drafted.insert(operation, neighbours) ? null : 'origins-apart'
}

function removalFault(
  { ranges }: Removal,
  sequence: Sequence<Content> | undefined,
  seen: Knowledge['seen'],
  drafted: DraftedRuns,
): PatchRefusal | null {
  for (const { store, clock: first, length } of ranges) {
    for (let clock = first, end = first + length; clock < end; ) {
      const made = drafted.runFrom({ store, clock })
      const upTo = Math.min(end, made.until)
      const isThere = seen({ store, clock: upTo - 1 }) && sequence?.hasAll({ store, clock, length: upTo - clock })
      if (!made.inside && !isThere) return 'removal-outside-past'
      clock = upTo
    }
  }
  return null
}
