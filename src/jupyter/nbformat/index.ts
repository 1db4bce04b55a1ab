/** Jupyter notebook files (nbformat 4) in and out, and their outputs read for rendering. Pure. */
export { attachmentsOf } from './cell-shape.ts'
export { exportNotebook } from './export.ts'
export { NOTEBOOK_MAX_BYTES } from './file-text.ts'
export { type ImportOptions, importNotebook, type NotebookImport } from './import.ts'
export {
  CELL_ID,
  type CellModel,
  type CellType,
  JUPYTER_FORMAT,
  type NotebookFormat,
  type NotebookModel,
  newCell,
  newNotebook,
} from './model.ts'
export { OUTPUT_MAX_DEPTH, type Output, outputOf, outputText } from './output.ts'
export type { NotebookRefusal, NotebookRefusalCode } from './refusal.ts'
