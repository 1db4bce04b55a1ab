/**
 * Undo and redo as a person asks for them in an editor, by keys or by the browser's menu, routed elsewhere.
 */
import { type Extension, Prec } from '@codemirror/state'
import { EditorView, keymap } from '@codemirror/view'
import type { UndoManager } from '../../room/undo.ts'

export type EditorUndo = Pick<UndoManager, 'undo' | 'redo' | 'getSnapshot'>

export function undoKeys(manager: EditorUndo): Extension {
  // Always taken: a key that does nothing here must not reach another history.
  const undo = () => {
    if (manager.getSnapshot().canUndo) manager.undo()
    return true
  }
  const redo = () => {
    if (manager.getSnapshot().canRedo) manager.redo()
    return true
  }
  return Prec.high([
    keymap.of([
      { key: 'Mod-z', run: undo, preventDefault: true },
      { key: 'Mod-y', run: redo, preventDefault: true },
      { key: 'Mod-Shift-z', run: redo, preventDefault: true },
    ]),
    EditorView.domEventHandlers({
      beforeinput(event) {
        const isUndo = event.inputType === 'historyUndo'
        if (!isUndo && event.inputType !== 'historyRedo') return false
        event.preventDefault()
        return isUndo ? undo() : redo()
      },
    }),
  ])
}
