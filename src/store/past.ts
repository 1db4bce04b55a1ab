/**
 * Whether an edit speaks only of what its author can have seen.
 *
 * Every element that an edit removes or inserts beside has to lie in the edit's declared causal past. Judged by what
 * happens to have arrived here, one replica would accept what another refuses; judged by the past, all agree.
 */
import type { ElementId, Operation, Patch } from '../protocol/patch.ts'
import type { PatchRefusal } from '../protocol/refusal.ts'
import type { SequenceMetadata } from './fields.ts'
import type { Content } from './sequence.ts'

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
        if (!('operations' in field)) continue
        const metadata = knowledge.metadata(table, record, key) as SequenceMetadata<Content> | undefined
        const fault = faultOf(field.operations, metadata, knowledge)
        if (fault) return fault
      }
    }
  }
  return null
}

function faultOf(
  operations: readonly Operation<Content>[],
  metadata: SequenceMetadata<Content> | undefined,
  { past, clockAt }: Knowledge,
): PatchRefusal | null {
  /** What this very patch has inserted so far: it may refer to that, too. */
  const own: { readonly from: number; readonly to: number; readonly store: number }[] = []
  const known = (id: ElementId) =>
    own.some(range => range.store === id.store && range.from <= id.clock && id.clock < range.to) ||
    (id.clock < clockAt(id.store, past(id.store)) && metadata?.sequence.has(id) === true)
  const fresh = (id: ElementId) => own.some(range => range.store === id.store && range.from <= id.clock)
  for (const operation of operations) {
    if (operation.type === 'insert') {
      const { left, right, id, content } = operation
      if ((left && !known(left)) || (right && !known(right))) return 'origin-outside-past'
      // The order of elements of this patch is not settled before it is applied; it harms nobody but its author.
      if (left && right && !fresh(left) && !fresh(right) && metadata?.sequence.ordered(left, right) !== true) {
        return 'origins-reversed'
      }
      own.push({ store: id.store, from: id.clock, to: id.clock + content.length })
    } else {
      for (const range of operation.ranges) {
        const end = { store: range.store, clock: range.clock + range.length - 1 }
        const seen = end.clock < clockAt(range.store, past(range.store)) && metadata?.sequence.hasAll(range) === true
        if (!seen && !own.some(made => made.store === range.store && made.from <= range.clock && end.clock < made.to)) {
          return 'removal-outside-past'
        }
      }
    }
  }
  return null
}
