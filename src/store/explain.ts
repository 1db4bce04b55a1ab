/**
 * What an entry of the log did, for whoever asks afterwards: histories and undo managers.
 */
import type { Patch } from '../protocol/patch.ts'
import type { Document } from './document.ts'
import type { ChangeKind } from './store.ts'
import type { StoreEditId, Undoing, UndoingOptions } from './undoing.ts'

export interface ExplainedEntry {
  readonly kind: ChangeKind
  /** What was undone or redone; empty for an edit. */
  readonly of: readonly StoreEditId[]
  /** Of own entries only. */
  readonly label?: string
  /** Table, record and field key of each field that an edit wrote to, in order. */
  readonly fields: readonly (readonly [string, string, string])[]
}

export interface Explaining extends Pick<UndoingOptions, 'entryAt'> {
  readonly document: Document
  readonly undoing: Undoing
  labelOf(edit: StoreEditId): string | undefined
}

/** `null` when there is no edit, undo or redo at that place. */
export function explained(
  edit: StoreEditId,
  { document, undoing, entryAt, labelOf }: Explaining,
): ExplainedEntry | null {
  const entry = entryAt(edit.store, edit.sequence)
  if (!entry) return null
  const label = labelOf(edit)
  const named = label === undefined ? {} : { label }
  switch (entry.kind) {
    case 'edit':
      return { kind: 'edit', of: [], ...named, fields: fieldsIn(document.patchOf(edit)) }
    case 'undo':
    case 'redo':
      return { kind: entry.kind, of: undoing.named(entry.kind, entry.payload, edit), ...named, fields: [] }
    default:
      return null
  }
}

function fieldsIn(patch: Patch): readonly (readonly [string, string, string])[] {
  return Object.entries(patch).flatMap(([table, records]) =>
    Object.entries(records).flatMap(([record, fields]) =>
      Object.keys(fields).map((key): readonly [string, string, string] => [table, record, key]),
    ),
  )
}
