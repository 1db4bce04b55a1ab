// The public surface of supermesh/codemirror, made by "npm run api".

import { CaretRoom, EditorExtensionOptions, EditorUndo, editorExtension } from "./shared.js";

export {
  CaretRoom,
  EditorExtensionOptions,
  EditorUndo,
  editorExtension,
};
