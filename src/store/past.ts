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
import { createDraftedRuns } from './drafted-runs.ts'
import type { SequenceMetadata } from './fields.ts'
import type { SetMetadata } from './set-field.ts'
import type { Content } from './span.ts'

/** The last sequence of a store that the edit's author had seen when making it; 0 for none. */
export type Past = (store: number) => number

export interface Knowledge {
  readonly past: Past
  /** How many elements a store had inserted up to a sequence of its log. */
  clockAt(store: number, sequence: number): number
  metadata(table: string, record: string, key: string): unknown
}

/** The first fault of `patch`, or `null`. */
export function unknownId(patch: Patch, knowledge: Knowledge): PatchRefusal | null {
  for (const [table, records] of Object.entries(patch)) {
    for (const [record, fields] of Object.entries(records)) {
      for (const [key, field] of Object.entries(fields)) {
        const fault = faultOf(field, knowledge.metadata(table, record, key), knowledge)
        if (fault) return fault
      }
    }
  }
  return null
}

function faultOf(field: FieldPatch, metadata: unknown, knowledge: Knowledge): PatchRefusal | null {
  if ('operations' in field) {
    return faultOfSequence(field.operations, metadata as SequenceMetadata<Content> | undefined, knowledge)
  }
  if (!('removed' in field)) return null
  const { past, clockAt } = knowledge
  const wasAdded = (range: IdRange) =>
    range.clock + range.length <= clockAt(range.store, past(range.store)) &&
    (metadata as SetMetadata | undefined)?.hasAll(range) === true
  return field.removed.every(wasAdded) ? null : 'removal-outside-past'
}

function faultOfSequence(
  operations: readonly Operation<Content>[],
  metadata: SequenceMetadata<Content> | undefined,
  { past, clockAt }: Knowledge,
): PatchRefusal | null {
  const sequence = metadata?.sequence
  const drafted = createDraftedRuns()
  const seen = (id: ElementId) => id.clock < clockAt(id.store, past(id.store))
  const known = (id: ElementId | null) => id === null || drafted.has(id) || (seen(id) && sequence?.has(id) === true)
  /** Whether all of a range were inserted, and none of it by a move. */
  function areItems({ store, clock: first, length }: IdRange): boolean {
    const end = first + length
    for (let clock = first; clock < end; ) {
      const made = drafted.runFrom({ store, clock })
      const upTo = Math.min(end, made.until)
      const inPast = () => seen({ store, clock: upTo - 1 }) && sequence?.hasAll({ store, clock, length: upTo - clock })
      if (made.inside ? made.isSlot : !inPast()) return false
      clock = upTo
    }
    return true
  }
  for (const operation of operations) {
    if (operation.type === 'remove') {
      if (!operation.ranges.every(areItems)) return 'removal-outside-past'
      continue
    }
    const { left, right } = operation
    if (!known(left) || !known(right)) return 'origin-outside-past'
    if (operation.type === 'move' && !areItems({ ...operation.of, length: 1 })) return 'move-outside-past'
    const neighbours = () => (sequence ? sequence.adjacent(left, right, seen) : true)
    if (!drafted.insert(operation, neighbours)) return 'origins-apart'
  }
  return null
}
