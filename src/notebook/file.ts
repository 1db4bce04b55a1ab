/**
 * Between a notebook's file and its tables. An untouched notebook comes out as it went in, to the byte.
 */
import { SupermeshError } from '../base/error.ts'
import { asJsonText, type JsonText } from '../jupyter/json-text.ts'
import {
  type CellModel,
  exportNotebook,
  importNotebook,
  JUPYTER_FORMAT,
  type NotebookModel,
  newNotebook,
  outputOf,
  outputText,
} from '../jupyter/nbformat/index.ts'
import { NOTEBOOK_ID, type NotebookTables, type StoredOutput } from '../jupyter/schema.ts'
import type { Readers, Transaction } from '../store/record.ts'
import type { ImportResult } from './notebook.ts'

/** Bytes of cells in one transaction: a frame has a limit, and others should see progress. */
const CHUNK_LENGTH = 4 * 1024 * 1024

type Transact = (write: (transaction: Transaction<NotebookTables>) => void) => unknown

/** What a new room begins with: one empty code cell. */
export function fillNotebook(transaction: Transaction<NotebookTables>): void {
  const first = transaction.cells.create({ type: 'code', source: '' })
  transaction.notebooks.create({ title: 'Untitled', cells: [first] }, { id: NOTEBOOK_ID })
}

/** Puts the file's cells in the place of those that are here. What is refused changes nothing. */
export function importFile(
  file: string | Uint8Array,
  name: string,
  transact: Transact,
  mintId: () => string,
): ImportResult {
  const imported = importNotebook(file, { mintId })
  if (!imported.ok) return { ok: false, sentence: imported.sentence }
  const { notebook, migrations } = imported
  const repaired = notebook.cells.some(cell => !cell.source.isWellFormed())
  transact(transaction => {
    const title = name.replace(/\.ipynb$/i, '')
    const fields = { title, shape: notebook.shape, format: notebook.format }
    const exists = transaction.notebooks.has(NOTEBOOK_ID)
    if (exists) transaction.notebooks.update(NOTEBOOK_ID, fields)
    else transaction.notebooks.create(fields, { id: NOTEBOOK_ID })
    const { cells } = transaction.notebooks.get(NOTEBOOK_ID)
    for (const id of cells.toArray()) if (transaction.cells.has(id)) transaction.cells.remove(id)
    cells.splice(0, cells.length, [])
  })
  for (const chunk of chunks(notebook.cells)) {
    transact(transaction => {
      const ids = chunk.map(cell => createCell(transaction, cell))
      transaction.notebooks.get(NOTEBOOK_ID).cells.push(...ids)
    })
  }
  const halves = 'Half characters, which no text can hold, were replaced by the replacement character.'
  return { ok: true, migrations: repaired ? [...migrations, halves] : migrations }
}

function* chunks(cells: readonly CellModel[]): Generator<readonly CellModel[]> {
  let chunk: CellModel[] = []
  let length = 0
  for (const cell of cells) {
    const size = cell.source.length + cell.outputs.reduce((sum, output) => sum + output.length, 0)
    if (length + size > CHUNK_LENGTH && chunk.length > 0) {
      yield chunk
      chunk = []
      length = 0
    }
    chunk.push(cell)
    length += size
  }
  if (chunk.length > 0) yield chunk
}

function createCell(transaction: Transaction<NotebookTables>, cell: CellModel): string {
  const { type, shape, id: fileId } = cell
  const id = transaction.cells.create({ type, fileId, shape, source: cell.source.toWellFormed() })
  if (cell.outputs.length > 0 || cell.executionCount !== null) {
    const execution = transaction.executions.create({
      cell: id,
      outputs: cell.outputs.map(json => ({ json })),
      finish: { supernode: '', term: 0, status: 'ok', executionCount: cell.executionCount },
    })
    transaction.cells.update(id, { execution })
  }
  return id
}

/** @throws SupermeshError `notebook-missing` while nothing is here */
export function exportFile(tables: Readers<NotebookTables>): string {
  const notebook = tables.notebooks.get(NOTEBOOK_ID)
  if (!notebook) throw new SupermeshError('notebook-missing', 'There is no notebook here yet.')
  const blank = newNotebook()
  const model: NotebookModel = {
    shape: (notebook.shape && asJsonText(notebook.shape)) || blank.shape,
    format: notebook.format ?? JUPYTER_FORMAT,
    language: blank.language,
    cells: notebook.cells.toArray().flatMap(id => cellModel(tables, id) ?? []),
  }
  return exportNotebook(model)
}

function cellModel(tables: Readers<NotebookTables>, id: string): CellModel | null {
  const cell = tables.cells.get(id)
  if (!cell) return null
  const execution = cell.execution === null ? undefined : tables.executions.get(cell.execution)
  const untouched = execution?.request === null
  const stored = execution ? currentOutputs(execution.outputs.toArray(), execution.displays) : []
  return {
    id: cell.fileId || id,
    type: cell.type,
    source: cell.source.toString(),
    shape: cell.shape === null ? null : asJsonText(cell.shape),
    executionCount: cell.type === 'code' ? (execution?.finish?.executionCount ?? null) : null,
    outputs: cell.type !== 'code' ? [] : untouched ? stored : joinStreams(stored),
  }
}

/** The outputs as they are now: what was displayed under an id shows its newest version. */
export function currentOutputs(
  outputs: readonly StoredOutput[],
  displays: ReadonlyMap<string, string>,
): readonly JsonText[] {
  return outputs.flatMap(({ json, display }) => asJsonText((display && displays.get(display)) ?? json) ?? [])
}

/** A running cell writes its streams in pieces; a file has one output for neighbours of one name. */
function joinStreams(outputs: readonly JsonText[]): readonly JsonText[] {
  const joined: (JsonText | { readonly name: string; readonly text: string })[] = []
  for (const json of outputs) {
    const output = outputOf(json)
    const last = joined.at(-1)
    if (output.type !== 'stream') joined.push(json)
    else if (typeof last === 'object' && last.name === output.name) {
      joined[joined.length - 1] = { name: output.name, text: last.text + output.text }
    } else joined.push({ name: output.name, text: output.text })
  }
  return joined.map(item => (typeof item === 'object' ? outputText({ type: 'stream', ...item }) : item))
}
