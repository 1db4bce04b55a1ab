/**
 * A shared text in CodeMirror 6: typing goes to the room, what others type comes into the editor.
 *
 *     new EditorView({ doc: text().toString(), extensions: [history(), editorExtension({ text, transact: room.transact })] })
 *
 * The editor's own `history()` undoes only what was done in it.
 */
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import type { TextValue } from '../../store/record.ts'
import { type EditorPresence, presenceBinding } from './presence.ts'
import { textBinding } from './text-binding.ts'

export interface EditorExtensionOptions {
  /** The text as it is now; `undefined` once its record is gone. The field must stay the same one. */
  text(): TextValue | undefined
  /** Runs `write` as one edit: `write => room.transact(write)`. Without it each changed range is an edit. */
  readonly transact?: (write: () => void) => void
  /** Carets and selections of the others, and where to say the own. */
  readonly presence?: EditorPresence
}

export function editorExtension({ text, transact, presence }: EditorExtensionOptions): Extension {
  return [
    // A shared text counts every character; an editor that reads "\r\n" as one line break would count differently.
    EditorState.lineSeparator.of('\n'),
    EditorView.clipboardInputFilter.of(pasted => pasted.replace(/\r\n?/g, '\n')),
    textBinding({ read: text, transact: transact ?? (write => write()) }),
    presence ? presenceBinding(text, presence) : [],
  ]
}
