/**
 * Undo and redo of an editor, routed elsewhere.
 */
import { type Extension, Prec } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { follow, inputIntent, keyIntent, type UndoHands } from '../undo-intent.ts'

export type EditorUndo = UndoHands

export function undoKeys(hands: EditorUndo): Extension {
  return Prec.high(
    EditorView.domEventHandlers({
      keydown: event => follow(event, keyIntent(event), hands),
      beforeinput: event => follow(event, inputIntent(event), hands),
    }),
  )
}
