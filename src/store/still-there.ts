/**
 * Whether what an edit speaks of is there. It always is, unless somebody who vouched for a snapshot has lied: then the edit is
 * not taken back, because nothing may be made of what is not.
 */
import { type FieldPatch, type Operation, type Patch, rangesOf } from '../protocol/patch.ts'
import type { Sequence } from './sequence.ts'
import type { SetMetadata } from './set-field.ts'
import type { Content } from './span.ts'

export function isStillThere(patch: Patch, metadata: (table: string, record: string, key: string) => unknown): boolean {
  return Object.entries(patch).every(([table, records]) =>
    Object.entries(records).every(([record, fields]) =>
      Object.entries(fields).every(([key, field]) => isFieldThere(field, metadata(table, record, key))),
    ),
  )
}

function isFieldThere(patch: FieldPatch, metadata: unknown): boolean {
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
  return rangesOf(operation).every(range => sequence.holds(range))
}
