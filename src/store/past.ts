/**
 * Whether an edit speaks only of what its author can have seen.
 *
 * Every element that an edit removes or inserts beside has to lie in the edit's declared causal past, and what it
 * inserts between has to have been neighbours there: the order of a sequence converges only for insertions that somebody
 * can have made. Judged by what happens to have arrived here, one replica would accept what another refuses; judged by
 * the past, all agree.
 */
import type { ElementId, FieldPatch, Operation, Patch } from '../protocol/patch.ts'
import type { PatchRefusal } from '../protocol/refusal.ts'
import { createDraftedRuns, type DraftedRuns } from './drafted-runs.ts'
import type { SequenceMetadata } from './fields.ts'
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
  for (const table in patch) {
    const records = patch[table] as Patch[string]
    for (const record in records) {
      const fields = records[record] as Patch[string][string]
      for (const key in fields) {
        const field = fields[key] as FieldPatch
        if (!('operations' in field)) continue
        const metadata = knowledge.metadata(table, record, key) as SequenceMetadata<Content> | undefined
        const fault = faultOf(field.operations, metadata, knowledge)
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
  metadata: SequenceMetadata<Content> | undefined,
  { past, clockAt }: Knowledge,
): PatchRefusal | null {
  const sequence = metadata?.sequence
  // What a single operation speaks of was there before it.
  const drafted = operations.length > 1 ? createDraftedRuns() : NOTHING_DRAFTED
  const seen = (id: ElementId) => id.clock < clockAt(id.store, past(id.store))
  const known = (id: ElementId | null) => id === null || drafted.has(id) || (seen(id) && sequence?.has(id) === true)
  for (const operation of operations) {
    if (operation.type === 'insert') {
      const { left, right } = operation
      if (!known(left) || !known(right)) return 'origin-outside-past'
      const neighbours = () => (sequence ? sequence.adjacent(left, right, seen) : true)
      if (!drafted.insert(operation, neighbours)) return 'origins-apart'
    } else {
      for (const range of operation.ranges) {
        for (let clock = range.clock, end = clock + range.length; clock < end; ) {
          const made = drafted.runFrom({ store: range.store, clock })
          const upTo = Math.min(end, made.until)
          const part = { store: range.store, clock, length: upTo - clock }
          const last = { store: range.store, clock: upTo - 1 }
          if (!made.inside && !(seen(last) && sequence?.hasAll(part))) return 'removal-outside-past'
          clock = upTo
        }
      }
    }
  }
  return null
}
