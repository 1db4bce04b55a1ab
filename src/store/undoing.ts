/**
 * Undo and redo of any edits, by anybody, in any order: see SPEC, U1 to U6.
 */

import type { Bytes } from '../base/bytes.ts'
import { SupermeshError } from '../base/error.ts'
import { type Decoded, decodeWith, malformed, type Reader } from '../protocol/codec.ts'
import type { EntryKind } from '../protocol/frame.ts'
import { UNDO_MAX_EDITS } from '../protocol/limits.ts'
import {
  type EditRange,
  encodeRedo,
  encodeUndo,
  rangesOf,
  readRedo,
  readUndo,
  type TakenBack,
} from '../protocol/undo.ts'
import { addChanges, type Changes, type GrowingChanges } from './changes.ts'
import type { Document } from './document.ts'
import type { Past } from './past.ts'
import { creatorOf, type Permits } from './permission.ts'
import { ALIVE, type Schema, type TableRules, type Tables } from './schema.ts'
import { createUndoVotes, type UndoVotes } from './undo-votes.ts'

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

/** Edits that are taken back, or with the undo that is taken back for them. */
export interface TakenEdits {
  /** `null` in an undo. */
  readonly undo: StoreEditId | null
  readonly ranges: readonly EditRange[]
}

export interface Undoing {
  isUndone(edit: StoreEditId): boolean
  /**
   * Those of `edits` that are not undone yet; for a redo, those that are.
   * @param author - the own store
   * @throws SupermeshError `edit-unknown`, `edit-forgotten`, `not-allowed`, `transaction-too-large`
   */
  choose(kind: UndoKind, edits: readonly StoreEditId[], author: number): readonly TakenEdits[]
  encode(kind: UndoKind, taken: readonly TakenEdits[], author: number): Bytes
  /** What another author's undo or redo speaks of: only of what it can have seen. */
  read(kind: UndoKind, payload: Bytes, entry: StoreEditId, past: Past): Decoded<readonly TakenEdits[]>
  /** The edits of which an undo or a redo that was applied speaks. */
  named(kind: UndoKind, payload: Bytes, entry: StoreEditId): readonly StoreEditId[]
  /** Casts or takes back votes, as `entry` says, and changes what is changed by that. */
  apply(kind: UndoKind, taken: readonly TakenEdits[], entry: StoreEditId): Changes
  readonly votes: Pick<UndoVotes, 'describe' | 'restore'>
  describe(): readonly string[]
}

export type UndoKind = 'undo' | 'redo'

export interface UndoingOptions {
  readonly document: Document
  readonly schema: Schema<Tables>
  readonly permits: Permits
  /** An entry that was applied here; `null` when there is none at that place. */
  readonly entryAt: (store: number, sequence: number) => AppliedEntry | null
  /** Whether an entry was applied of which nothing but its effect is here. */
  readonly isForgotten?: (edit: StoreEditId) => boolean
}

export function createUndoing({
  document,
  schema,
  permits,
  entryAt,
  isForgotten = () => false,
}: UndoingOptions): Undoing {
  const votes = createUndoVotes()

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

  /** What an undo or a redo says, in one form. */
  function taken(kind: UndoKind, reader: Reader, author: number): readonly TakenEdits[] {
    if (kind === 'redo') return readRedo(reader, author)
    return [{ undo: null, ranges: readUndo(reader, author) }]
  }

  return {
    votes,
    isUndone: votes.isUndone,
    choose(kind, edits, author) {
      if (edits.length > UNDO_MAX_EDITS) {
        const sentence = `Take back at most ${UNDO_MAX_EDITS} edits at a time.`
        throw new SupermeshError('transaction-too-large', sentence, { size: edits.length, limit: UNDO_MAX_EDITS })
      }
      const chosen = new Map<string, { undo: StoreEditId | null; edits: StoreEditId[] }>()
      for (const each of edits) {
        const edit = editAt(each)
        if (!edit && isForgotten(each)) throw forgotten(each)
        if (!edit) throw noEdit(each, entryAt(each.store, each.sequence)?.kind)
        const undo = votes.standing(each, author)
        if ((undo !== null) !== (kind === 'redo')) continue
        requirePermitted(edit)
        const name = undo ? `${undo.store}.${undo.sequence}` : ''
        const group = chosen.get(name) ?? { undo, edits: [] }
        chosen.set(name, group)
        group.edits.push(each)
      }
      const place = (undo: StoreEditId | null) => undo ?? { store: 0, sequence: 0 }
      return [...chosen.values()]
        .sort((a, b) => place(a.undo).store - place(b.undo).store || place(a.undo).sequence - place(b.undo).sequence)
        .map(group => ({ undo: group.undo, ranges: rangesOf(group.edits) }))
    },
    encode: (kind, all, author) =>
      kind === 'redo' ? encodeRedo(all.filter(isTakenBack), author) : encodeUndo(all[0]?.ranges ?? [], author),
    read: (kind, payload, entry, past) =>
      decodeWith(payload, reader => {
        const all = taken(kind, reader, entry.store)
        for (const { undo, ranges } of all) {
          if (undo) {
            if (undo.sequence > past(undo.store)) malformed('undo-outside-past')
            if (entryAt(undo.store, undo.sequence)?.kind !== 'undo') malformed('redo-not-of-undo')
          }
          for (const { store, first, count } of ranges) {
            if (first + count - 1 > past(store)) malformed('undo-outside-past')
            for (let i = 0; i < count; i++) {
              if (entryAt(store, first + i)?.kind !== 'edit') malformed('undo-not-of-edit')
            }
          }
        }
        return all
      }),
    named(kind, payload, entry) {
      const all = decodeWith(payload, reader => taken(kind, reader, entry.store))
      return all.ok ? editsIn(all.value) : []
    },
    apply(kind, all, entry) {
      const changes: GrowingChanges = {}
      for (const { undo, ranges } of all) {
        for (const { store, first, count } of kind === 'undo' ? ranges.toReversed() : ranges) {
          for (let i = 0; i < count; i++) {
            const edit = { store, sequence: kind === 'undo' ? first + count - 1 - i : first + i }
            if (votes[kind](edit, undo ?? entry)) addChanges(changes, document.setUndone(edit, kind === 'undo'))
          }
        }
      }
      return changes
    },
    describe: () => votes.describe().map(line => JSON.stringify(['undone', ...line])),
  }
}

const isTakenBack = (taken: TakenEdits): taken is TakenBack => taken.undo !== null

export function editsIn(all: readonly TakenEdits[]): readonly StoreEditId[] {
  return all.flatMap(({ ranges }) =>
    ranges.flatMap(({ store, first, count }) =>
      Array.from({ length: count }, (_, i) => ({ store, sequence: first + i })),
    ),
  )
}

function forgotten({ sequence }: StoreEditId): SupermeshError {
  const sentence = 'That edit is older than what this page has of the history: whoever was there can undo it.'
  return new SupermeshError('edit-forgotten', sentence, { sequence })
}

const NO_EDIT: Partial<Record<EntryKind, string>> = {
  undo: 'That is an undo, and no edit: redo what it is `of`.',
  redo: 'That is a redo, and no edit: undo what it is `of`.',
}

function noEdit({ sequence }: StoreEditId, kind: EntryKind | undefined): SupermeshError {
  const sentence = (kind && NO_EDIT[kind]) ?? 'There is no such edit here.'
  return new SupermeshError('edit-unknown', sentence, { sequence })
}
