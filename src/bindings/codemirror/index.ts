/** `supermesh/codemirror`: shared texts and carets in CodeMirror 6. */
export { type EditorExtensionOptions, editorExtension } from './editor-extension.ts'
export type { CaretRoom } from './presence.ts'
export type { EditorUndo } from './undo-keys.ts'
