/** `supermesh/jupyter`: a notebook in a room, and its files. */
export {
  exportNotebook,
  importNotebook,
  NOTEBOOK_MAX_BYTES,
  type NotebookImport,
  type NotebookModel,
  type NotebookRefusal,
  type Output,
} from './jupyter/nbformat/index.ts'
export { type NotebookSchema, type NotebookTables, notebookSchema } from './jupyter/schema.ts'
export { fillNotebook } from './notebook/file.ts'
export type { Backends } from './notebook/io/hosting.ts'
export { type NotebookOptions, openNotebook } from './notebook/io/open-notebook.ts'
export type {
  Cell,
  CellType,
  ImportResult,
  Notebook,
  Run,
  RunState,
  SupernodeStatus,
} from './notebook/notebook.ts'
