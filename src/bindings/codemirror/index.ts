/** `supermesh/codemirror`: shared texts and carets in CodeMirror 6. */
export { type EditorExtensionOptions, editorExtension } from './editor-extension.ts'
export type { EditorPresence, RemoteSelection, TextSelection } from './presence.ts'
