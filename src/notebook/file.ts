/**
 * Between a notebook's file and its tables. An untouched notebook comes out as it went in, to the byte.
 */
import { toUtf8 } from '../base/bytes.ts'
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
import { VALUE_MAX_BYTES } from '../protocol/limits.ts'
import type { Readers, RegistersOf, Transaction } from '../store/record.ts'
import { resultOf } from '../supernode/run.ts'
import type { ImportResult } from './notebook.ts'

/** Bytes, as they count for a transaction, that one edit of an import holds: what others type passes between two. */
const CHUNK_BYTES = 4 * 1024 * 1024
/** Cells or outputs that one edit of an import holds. */
const CHUNK_ITEMS = 2000
/** Bytes of the largest output, or cell without its outputs, that can be kept; a transaction holds a little more. */
const ITEM_MAX_BYTES = VALUE_MAX_BYTES - 1024 * 1024
/** Above what the id of a cell takes in the list, of which all is written in one edit. */
const LISTED_BYTES = 64

const TOO_LARGE = '[This output was left out of the import: it is too large for a room.]\n'

type Transact = (write: (transaction: Transaction<NotebookTables>) => void) => unknown

/** What a new room begins with: one empty code cell. */
export function fillNotebook(transaction: Transaction<NotebookTables>): void {
  const first = transaction.cells.create({ type: 'code', source: '' })
  transaction.notebooks.create({ title: 'Untitled', cells: [first] }, { id: NOTEBOOK_ID })
}

/**
 * Puts the file's cells in the place of those that are here. What is refused changes nothing.
 *
 * N2: a page that is closed on the way leaves the old notebook or the new one: what is new is written beforehand where
 * nobody sees it, takes its place in one edit, and what was old is removed afterwards.
 */
export function importFile(
  file: string | Uint8Array,
  name: string,
  transact: Transact,
  mintId: () => string,
): ImportResult {
  const imported = importNotebook(file, { mintId })
  if (!imported.ok) return { ok: false, sentence: imported.sentence }
  const { notebook } = imported
  const list = notebook.cells.length * LISTED_BYTES
  if (
    weigh(notebook.shape) + list > ITEM_MAX_BYTES ||
    notebook.cells.some(cell => weighFields(cell) > ITEM_MAX_BYTES)
  ) {
    const sentence = 'A cell of this notebook, its attachments or metadata are too large for a room. Make it smaller.'
    return { ok: false, sentence }
  }
  const cells = notebook.cells.map(withinLimits)
  const ids = [...inChunks(cells, weighCell)].flatMap(chunk => writeCells(chunk, transact))
  const { shape, format } = notebook
  removeCells(swap({ title: name.replace(/\.ipynb$/i, ''), shape, format }, ids, transact), transact)
  return { ok: true, migrations: [...imported.migrations, ...changesOf(notebook.cells, cells)] }
}

type NotebookFields = RegistersOf<NotebookTables['notebooks']['fields']>

/** Shows `cells` as the notebook; returns those that were shown. */
function swap(fields: NotebookFields, cells: readonly string[], transact: Transact): readonly string[] {
  let before: readonly string[] = []
  transact(tx => {
    if (!tx.notebooks.has(NOTEBOOK_ID)) tx.notebooks.create({}, { id: NOTEBOOK_ID })
    const { cells: list } = tx.notebooks.get(NOTEBOOK_ID)
    before = [...new Set(list.toArray())]
    list.splice(0, list.length, cells)
    tx.notebooks.update(NOTEBOOK_ID, fields)
  })
  return before
}

function removeCells(ids: readonly string[], transact: Transact): void {
  for (const chunk of inChunks(ids, () => 0)) {
    transact(tx => {
      for (const id of chunk) if (tx.cells.has(id)) tx.cells.remove(id)
    })
  }
}

/** What a room cannot hold is replaced. */
function withinLimits(cell: CellModel): CellModel {
  const outputs = cell.outputs.map(output =>
    weigh(output) <= ITEM_MAX_BYTES ? output : outputText({ type: 'stream', name: 'stderr', text: TOO_LARGE }),
  )
  return { ...cell, source: cell.source.toWellFormed(), outputs }
}

/** In words, for the person who imports. */
function changesOf(before: readonly CellModel[], after: readonly CellModel[]): readonly string[] {
  const halves = before.some(({ source }, i) => source !== after[i]?.source)
  const large = before.some(({ outputs }, i) => outputs.some((output, j) => output !== after[i]?.outputs[j]))
  return [
    ...(halves ? ['Half characters, which no text can hold, were replaced by the replacement character.'] : []),
    ...(large ? ['Outputs that are too large for a room were left out.'] : []),
  ]
}

/** Cells that no list names yet; returns their ids. */
function writeCells(cells: readonly CellModel[], transact: Transact): readonly string[] {
  // The outputs of a large cell come after it, in edits of their own.
  const outputs = cells.map(cell =>
    weighCell(cell) <= CHUNK_BYTES ? [cell.outputs] : [[], ...inChunks(cell.outputs, weigh)],
  )
  let written: readonly ReturnType<typeof createCell>[] = []
  transact(tx => {
    written = cells.map((cell, i) => createCell(tx, cell, outputs[i]?.[0] ?? []))
  })
  for (const [i, chunks] of outputs.entries()) {
    const execution = written[i]?.execution
    for (const chunk of chunks.slice(1)) {
      transact(tx => {
        if (execution) tx.executions.get(execution).outputs.push(...chunk.map(json => ({ json })))
      })
    }
  }
  return written.map(({ id }) => id)
}

function createCell(
  transaction: Transaction<NotebookTables>,
  { type, shape, id: fileId, source, executionCount, outputs: all }: CellModel,
  outputs: readonly JsonText[],
): { readonly id: string; readonly execution: string | null } {
  const id = transaction.cells.create({ type, fileId, shape, source })
  if (all.length === 0 && executionCount === null) return { id, execution: null }
  const execution = transaction.executions.create({
    cell: id,
    outputs: outputs.map(json => ({ json })),
    finish: { supernode: '', term: 0, status: 'ok', executionCount },
  })
  transaction.cells.update(id, { execution })
  return { id, execution }
}

/** Groups of neighbours, each within the limits of a chunk or of one item. */
function* inChunks<T>(items: readonly T[], weighItem: (item: T) => number): Generator<readonly T[]> {
  let chunk: T[] = []
  let size = 0
  for (const item of items) {
    const weight = weighItem(item)
    if (chunk.length > 0 && (size + weight > CHUNK_BYTES || chunk.length === CHUNK_ITEMS)) {
      yield chunk
      chunk = []
      size = 0
    }
    chunk.push(item)
    size += weight
  }
  if (chunk.length > 0) yield chunk
}

function weighCell(cell: CellModel): number {
  return weighFields(cell) + cell.outputs.reduce((sum, output) => sum + weigh(output), 0)
}

function weighFields({ source, shape }: CellModel): number {
  return weigh(source) + weigh(shape ?? '')
}

/** Bytes that `text` takes as a JSON string in UTF-8: what a transaction counts. */
function weigh(text: string): number {
  return toUtf8(JSON.stringify(text)).length
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
    executionCount: cell.type === 'code' && execution ? (resultOf(execution)?.executionCount ?? null) : null,
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
