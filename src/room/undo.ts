/**
 * Undo of what the own person did, in a scope. It has its place and its shape; it is not there yet, and says so.
 */
import type { Observable } from '../base/subscribe.ts'
import type { Schema } from '../store/schema.ts'
import { notYet } from './not-yet.ts'

export interface UndoOptions<S extends Schema = Schema> {
  /** Only edits that touch these; all tables by default. */
  readonly tables?: readonly (keyof S['tables'] & string)[]
  /** Edits that follow one another within so many milliseconds are one step. */
  readonly mergeWithinMs?: number
}

export interface UndoState {
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** What the next undo takes back: the `label` of its edit, or an empty text. */
  readonly undoLabel: string
  readonly redoLabel: string
}

export interface UndoManager extends Observable<UndoState> {
  /** @throws SupermeshError `not-yet` */
  undo(): void
  /** @throws SupermeshError `not-yet` */
  redo(): void
}

const NOTHING_TO_UNDO: UndoState = Object.freeze({ canUndo: false, canRedo: false, undoLabel: '', redoLabel: '' })

export const undoNotYet = (): never => {
  throw notYet('Undo is')
}

export function createUndoManager(): UndoManager {
  return {
    getSnapshot: () => NOTHING_TO_UNDO,
    subscribe: () => () => {},
    undo: undoNotYet,
    redo: undoNotYet,
  }
}
