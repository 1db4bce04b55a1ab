// The public surface of supermesh/react/codemirror, made by "npm run api".

import { EditorUndo, TextValue } from "./shared.js";
import { RefCallback } from "react";
import { Extension } from "@codemirror/state";

interface CodeMirrorOptions {
  /** Whatever else the editor shall do; read when it is made. */
  readonly extensions?: Extension;
  /** Where undo and redo go. Without it, add `history()` to the extensions. */
  readonly undo?: EditorUndo;
}

/**
 * For `ref` of an element that becomes the editor of `text`. Carets are shared when the schema of the room has
 * `presence: { caret: caret() }`.
 */
declare function useCodeMirror(text: TextValue | undefined, options?: CodeMirrorOptions): RefCallback<HTMLElement>;

export {
  CodeMirrorOptions,
  useCodeMirror,
};
