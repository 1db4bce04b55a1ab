/**
 * What a person can take back, step by step: a pure rule over what the person did. Told in order, from the log or as it happens,
 * it comes to the same.
 */
import type { StoreEditId } from '../store/store.ts'

export interface UndoStep {
  readonly edits: readonly StoreEditId[]
  readonly label: string
  /** The fields that it wrote to, in one text. */
  readonly fields: string
  /** Of the last edit, in ms since the Unix epoch. */
  readonly time: number
  /** Whether what comes soon may still join it. */
  readonly open: boolean
}

/** The last of each is the next. */
export interface UndoSteps {
  readonly undo: readonly UndoStep[]
  readonly redo: readonly UndoStep[]
}

export type UndoEvent =
  | ({ readonly type: 'edit'; readonly edit: StoreEditId } & Pick<UndoStep, 'label' | 'fields' | 'time'>)
  | { readonly type: 'undo' | 'redo'; readonly of: readonly StoreEditId[] }

export const NO_STEPS: UndoSteps = { undo: [], redo: [] }

/** Older steps are forgotten. */
const STEPS_MAX = 1000
/** A step that has grown so far is over, so that one undo stays one. */
const EDITS_MAX = 1000

export function step(steps: UndoSteps, event: UndoEvent, mergeWithinMs: number): UndoSteps {
  if (event.type !== 'edit') return move(steps, event.of, event.type, event.type === 'undo' ? 'redo' : 'undo')
  const { edit, label, fields, time } = event
  const last = steps.undo.at(-1)
  const joins =
    last?.open &&
    last.fields === fields &&
    last.label === label &&
    last.edits.length < EDITS_MAX &&
    time - last.time <= mergeWithinMs
  return joins
    ? { undo: [...steps.undo.slice(0, -1), { ...last, edits: [...last.edits, edit], time }], redo: [] }
    : { undo: [...steps.undo.slice(1 - STEPS_MAX), { edits: [edit], label, fields, time, open: true }], redo: [] }
}

/** The latest step of one kind in which any of the edits is becomes one of the other kind. */
function move(steps: UndoSteps, edits: readonly StoreEditId[], from: 'undo' | 'redo', to: 'undo' | 'redo'): UndoSteps {
  const names = new Set(edits.map(nameOf))
  const moved = steps[from].findLast(each => each.edits.some(edit => names.has(nameOf(edit))))
  if (!moved) return steps
  const closed = (each: UndoStep): UndoStep => (each.open ? { ...each, open: false } : each)
  const rest = steps[from].filter(each => each !== moved).map(closed)
  const grown = [...steps[to], moved].map(closed)
  return from === 'undo' ? { undo: rest, redo: grown } : { undo: grown, redo: rest }
}

const nameOf = ({ store, sequence }: StoreEditId) => `${store}.${sequence}`
