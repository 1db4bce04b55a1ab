/** The keys of the notebook, to be looked up. */
import { Dialog } from '../chrome/dialog.tsx'

const ANYWHERE: readonly (readonly [string, string])[] = [
  ['Shift+Enter', 'Run the cell and go on'],
  ['Ctrl+Enter', 'Run the cell'],
  ['Alt+Enter', 'Run the cell and insert one below'],
  ['Ctrl+Shift+↑ ↓', 'Move the cell'],
  ['Esc', 'Leave the text: keys are commands'],
]
const COMMANDS: readonly (readonly [string, string])[] = [
  ['Enter', 'Write in the cell'],
  ['↑ ↓ or K J', 'Previous, next cell'],
  ['A, B', 'Insert a cell above, below'],
  ['X, C, V', 'Cut, copy, paste a cell'],
  ['D D', 'Delete the cell'],
  ['Z', 'Bring back what was deleted'],
  ['Ctrl+Z, Ctrl+Y', 'Undo, redo what you did'],
  ['M, Y', 'Make it Markdown, code'],
  ['I I', 'Interrupt'],
  ['0 0', 'Restart'],
  ['H', 'This list'],
]
const WRITING: readonly (readonly [string, string])[] = [
  ['Tab', 'Complete the word, or indent'],
  ['Ctrl+Space', 'Complete'],
  ['Ctrl+Z, Ctrl+Y', 'Undo, redo what you wrote'],
]

export function KeysDialog({ onClose }: { readonly onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <Keys title="In a cell" keys={ANYWHERE} />
      <Keys title="On a cell, outside its text" keys={COMMANDS} />
      <Keys title="In its text" keys={WRITING} />
    </Dialog>
  )
}

function Keys({ title, keys }: { readonly title: string; readonly keys: typeof ANYWHERE }) {
  return (
    <section className="keys">
      <h3>{title}</h3>
      <dl>
        {keys.map(([key, words]) => (
          <div key={key}>
            <dt>{key}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
