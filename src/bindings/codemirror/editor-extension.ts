/**
 * A shared text in CodeMirror 6: typing goes to the room, what others type comes into the editor.
 *
 *     new EditorView({ doc: text.toString(), extensions: editorExtension(text, { presence: room, undo: room.undoManager() }) })
 *
 * Without `undo`, the editor's own `history()` undoes what was done in it, and nothing that others did.
 */
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import type { TextValue } from '../../store/record.ts'
import { type CaretRoom, presenceBinding } from './presence.ts'
import { textBinding } from './text-binding.ts'
import { type EditorUndo, undoKeys } from './undo-keys.ts'

export interface EditorExtensionOptions {
  /** A room whose schema has `presence: { caret: caret() }`: shows where the others are, and tells them where one is. */
  readonly presence?: CaretRoom
  /** Where undo and redo go, instead of a history of the editor's own. */
  readonly undo?: EditorUndo
}

/** @param text - the field that the editor shows, at whatever moment it was read */
export function editorExtension(text: TextValue, { presence, undo }: EditorExtensionOptions = {}): Extension {
  return [
    // A shared text counts every character; an editor that reads "\r\n" as one line break would count differently.
    EditorState.lineSeparator.of('\n'),
    EditorView.clipboardInputFilter.of(pasted => pasted.replace(/\r\n?/g, '\n')),
    textBinding(text),
    text.editable ? [] : EditorState.readOnly.of(true),
    presence ? presenceBinding(text, presence) : [],
    undo ? undoKeys(undo) : [],
  ]
}
