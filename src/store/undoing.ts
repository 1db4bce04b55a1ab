/**
 * Undo and redo of any edits, by anybody, in any order: see SPEC, U1 to U6.
 */

import type { Bytes } from '../base/bytes.ts'
import { SupermeshError } from '../base/error.ts'
import { type Decoded, decodeWith, malformed } from '../protocol/codec.ts'
import type { EntryKind } from '../protocol/frame.ts'
import { UNDO_MAX_EDITS } from '../protocol/limits.ts'
import { type EditRange, rangesOf, readUndo } from '../protocol/undo.ts'
import { addChanges, type Changes, type Document, type GrowingChanges } from './document.ts'
import type { Past } from './past.ts'
import { creatorOf, type Permits } from './permission.ts'
import { ALIVE, type Schema, type TableRules, type Tables } from './schema.ts'
import { createUndoCounts } from './undo-counts.ts'

/** An entry of a log that was applied. */
export interface AppliedEntry {
  readonly kind: EntryKind
  readonly payload: Bytes
  readonly version: number
}

/** Names an edit: its author and its place in the author's log. */
export interface StoreEditId {
  readonly store: number
  readonly sequence: number
}

export interface Undoing {
  isUndone(edit: StoreEditId): boolean
  /**
   * Those of `edits` that are not yet as is wanted.
   * @throws SupermeshError `edit-unknown`, `not-allowed`, `transaction-too-large`
   */
  choose(edits: readonly StoreEditId[], undone: boolean): readonly EditRange[]
  /** What another author's undo or redo speaks of: only of edits that it can have seen. */
  read(payload: Bytes, author: number, past: Past): Decoded<readonly EditRange[]>
  /** What an undo or a redo that was applied speaks of. */
  named(payload: Bytes, author: number): readonly EditRange[]
  /** Counts an undo or a redo of each edit, and changes what is changed by that. */
  apply(ranges: readonly EditRange[], undone: boolean): Changes
  describe(): readonly string[]
}

export interface UndoingOptions {
  readonly document: Document
  readonly schema: Schema<Tables>
  readonly permits: Permits
  /** An entry that was applied here; `null` when there is none at that place. */
  readonly entryAt: (store: number, sequence: number) => AppliedEntry | null
}

export function createUndoing({ document, schema, permits, entryAt }: UndoingOptions): Undoing {
  const counts = createUndoCounts()

  function editAt({ store, sequence }: StoreEditId): (AppliedEntry & StoreEditId) | null {
    const entry = entryAt(store, sequence)
    return entry?.kind === 'edit' ? { ...entry, store, sequence } : null
  }

  /** Taking back a creation is a removal; a removal that is taken back needs the same right. */
  function requirePermitted(edit: AppliedEntry & StoreEditId): void {
    for (const [table, records] of Object.entries(document.patchOf(edit))) {
      const rules: TableRules | undefined = schema.tables[table]?.rules
      for (const [record, fields] of Object.entries(records)) {
        const verb = Object.hasOwn(fields, ALIVE) ? 'remove' : 'change'
        if (permits(rules?.[verb] ?? 'edit', creatorOf(document, table, record))) continue
        throw new SupermeshError('not-allowed', `Your link does not let you ${verb} this record of ${table}.`, {
          table,
          verb,
        })
      }
    }
  }

  return {
    isUndone: ({ store, sequence }) => counts.isUndone(store, sequence),
    choose(edits, undone) {
      if (edits.length > UNDO_MAX_EDITS) {
        const sentence = `Undo at most ${UNDO_MAX_EDITS} edits at a time.`
        throw new SupermeshError('transaction-too-large', sentence, { size: edits.length, limit: UNDO_MAX_EDITS })
      }
      const chosen: StoreEditId[] = []
      for (const each of edits) {
        const edit = editAt(each)
        if (!edit) throw noEdit(each, entryAt(each.store, each.sequence)?.kind)
        if (counts.isUndone(each.store, each.sequence) === undone) continue
        requirePermitted(edit)
        chosen.push(each)
      }
      return rangesOf(chosen)
    },
    read: (payload, author, past) =>
      decodeWith(payload, reader => {
        const ranges = readUndo(reader, author)
        for (const { store, first, count } of ranges) {
          if (first + count - 1 > past(store)) malformed('undo-outside-past')
          for (let i = 0; i < count; i++) if (entryAt(store, first + i)?.kind !== 'edit') malformed('undo-not-of-edit')
        }
        return ranges
      }),
    named(payload, author) {
      const ranges = decodeWith(payload, reader => readUndo(reader, author))
      return ranges.ok ? ranges.value : []
    },
    apply(ranges, undone) {
      const changes: GrowingChanges = {}
      for (const { store, first, count } of undone ? ranges.toReversed() : ranges) {
        for (let i = 0; i < count; i++) {
          const sequence = undone ? first + count - 1 - i : first + i
          const edit = editAt({ store, sequence })
          if (!edit || !counts.count(store, sequence, undone ? 1 : -1)) continue
          addChanges(changes, document.setUndone(edit, undone))
        }
      }
      return changes
    },
    describe: () => counts.describe().map(line => JSON.stringify(['undone', ...line])),
  }
}

const NO_EDIT: Partial<Record<EntryKind, string>> = {
  undo: 'That is an undo, and no edit: redo what it is `of`.',
  redo: 'That is a redo, and no edit: undo what it is `of`.',
}

function noEdit({ sequence }: StoreEditId, kind: EntryKind | undefined): SupermeshError {
  const sentence = (kind && NO_EDIT[kind]) ?? 'There is no such edit here.'
  return new SupermeshError('edit-unknown', sentence, { sequence })
}
