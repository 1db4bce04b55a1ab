/** The keys that leave a cell's text, run it, or go to the next. */
import { acceptCompletion, completionStatus, startCompletion } from '@codemirror/autocomplete'
import type { EditorView, KeyBinding } from '@codemirror/view'
import type { Command } from './command-keys.ts'

export interface EditorKeys {
  /** To the command mode. */
  leave(): void
  perform(command: Command): void
  /** To the neighbour's text; `false` at the end. */
  step(by: 1 | -1): boolean
}

export function editorKeys(keys: () => EditorKeys): readonly KeyBinding[] {
  const perform = (command: Command) => () => {
    keys().perform(command)
    return true
  }
  return [
    { key: 'Shift-Enter', run: perform('run-and-go-on') },
    { key: 'Mod-Enter', run: perform('run') },
    { key: 'Ctrl-Enter', run: perform('run') },
    { key: 'Alt-Enter', run: perform('run-and-insert') },
    { key: 'Ctrl-Shift-ArrowUp', run: perform('move-up') },
    { key: 'Ctrl-Shift-ArrowDown', run: perform('move-down') },
    { key: 'Ctrl-Space', run: startCompletion },
    { key: 'Tab', run: completeWord },
    { key: 'ArrowUp', run: view => isAtEdge(view, -1) && keys().step(-1) },
    { key: 'ArrowDown', run: view => isAtEdge(view, 1) && keys().step(1) },
    {
      key: 'Escape',
      run: () => {
        keys().leave()
        return true
      },
    },
  ]
}

/** Whether the caret cannot go further in this text. */
function isAtEdge(view: EditorView, by: 1 | -1): boolean {
  const { main } = view.state.selection
  if (!main.empty) return false
  const next = view.moveVertically(main, by === 1)
  const line = view.state.doc.lineAt(main.head)
  return (
    line.number === (by === 1 ? view.state.doc.lines : 1) && view.state.doc.lineAt(next.head).number === line.number
  )
}

/** Completes the word before the caret; elsewhere Tab indents. */
function completeWord(view: EditorView): boolean {
  if (completionStatus(view.state) === 'active') return acceptCompletion(view)
  const { main } = view.state.selection
  return main.empty && /[\w.]/.test(view.state.sliceDoc(Math.max(0, main.head - 1), main.head)) && startCompletion(view)
}
