/**
 * From a notebook file to the model, or to a sentence that says why not.
 *
 * What is changed on the way in is said in `migrations`; when there are none, an export is byte-equal to the file:
 * - a cell id that occurs twice stays with the first cell, the others get a new one; so do ids that are not allowed;
 * - since 4.5 every cell has an id, and one without gets one (cells of older files get none in the file);
 * - of a field that is written twice the last is kept, as in Jupyter;
 * - a layout that cannot be told (mixed indentation, unusual escapes) is written afresh, with the same values.
 */
import { isJsonArray, isJsonObject, type JsonObject, type JsonReading, parseJson, toJsonText } from '../json-text.ts'
import { assignCellIds } from './cell-ids.ts'
import { cellFromJson } from './cell-shape.ts'
import { readFileText } from './file-text.ts'
import { completeKernelMetadata } from './kernel-metadata.ts'
import { BYTE_ORDER_MARK, isLaidOutAs, layoutOf } from './layout.ts'
import type { NotebookFormat, NotebookModel } from './model.ts'
import { type NotebookRefusal, refuse } from './refusal.ts'
import { type Fault, structureFault } from './structure.ts'
import { versionOf } from './version.ts'

export type NotebookImport =
  | {
      readonly ok: true
      readonly notebook: NotebookModel
      /** A sentence for each kind of difference that an export will have from the file. */
      readonly migrations: readonly string[]
    }
  | NotebookRefusal

export interface ImportOptions {
  /** Makes a fresh id of 1 to 64 letters, digits, `-` or `_`; asked for each cell that has no valid one of its own. */
  readonly mintId: () => string
}

function readJson(text: string): JsonReading | NotebookRefusal {
  if (text.trim() === '') {
    return refuse('empty-file', 'This file is empty. Choose another file, or start with a new notebook.')
  }
  const reading = parseJson(text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text)
  if (reading.ok) return reading
  const { code, reason, line, column } = reading
  if (code === 'too-deep' || code === 'too-large') {
    const sentence = `This file cannot be imported: at line ${line}, column ${column}, ${reason}. Clear the outputs of the notebook in Jupyter and save it, then import it again.`
    return refuse('too-deep', sentence, { line, column })
  }
  const advice =
    code === 'truncated'
      ? 'It may have been cut off while it was copied: fetch it again, then import it.'
      : 'Choose a file whose name ends in .ipynb, or repair this one in a text editor.'
  return refuse('not-json', `This file is not valid JSON: at line ${line}, column ${column}, ${reason}. ${advice}`, {
    line,
    column,
  })
}

function refuseFault({ code, path, expected }: Fault): NotebookRefusal {
  const index = /^cells\[(\d+)\]/.exec(path)?.[1]
  const place = index === undefined ? `\`${path}\`` : `\`${path}\` (in cell ${Number(index) + 1})`
  const sentence =
    code === 'missing-piece'
      ? `This notebook lacks a piece that the format requires: ${place} has to be ${expected}.`
      : `This notebook has something that the format does not allow: ${place} has to be ${expected}.`
  return refuse(code, `${sentence} Repair it in Jupyter or in a text editor, then import it again.`, { path })
}

function textAt(object: JsonObject, ...path: readonly string[]): string | null {
  let value = object.get(path[0] ?? '')
  for (const key of path.slice(1)) value = isJsonObject(value) ? value.get(key) : undefined
  return typeof value === 'string' && value !== '' ? value : null
}

function languageOf(root: JsonObject): string {
  return (
    textAt(root, 'metadata', 'language_info', 'name') ?? textAt(root, 'metadata', 'kernelspec', 'language') ?? 'python'
  )
}

function textMigrations(text: string, reading: JsonReading, format: NotebookFormat): string[] {
  const { repeatedKey } = reading
  if (repeatedKey !== null) {
    return [
      `The file has the field \`${repeatedKey.slice(0, 40)}\` twice in one place; the last is kept, as in Jupyter.`,
    ]
  }
  if (isLaidOutAs(text, reading.value, format)) return []
  return ['The file is laid out in an unusual way; an export keeps every value, but writes the text afresh.']
}

/** Reads a notebook of nbformat 4 from the text or the bytes of its file. */
export function importNotebook(file: string | Uint8Array, { mintId }: ImportOptions): NotebookImport {
  const text = readFileText(file)
  if (typeof text !== 'string') return text
  const reading = readJson(text)
  if (!('value' in reading)) return reading
  const version = versionOf(reading.value)
  if (!('root' in version)) return version
  const { root, minor } = version
  const fault = structureFault(root, minor)
  if (fault !== null) return refuseFault(fault)

  const written = root.get('cells')
  const cells = isJsonArray(written) ? written.filter(isJsonObject) : []
  const { ids, migrations } = assignCellIds(cells, minor, mintId)
  const format = layoutOf(text, reading)
  const language = languageOf(root)
  const completed = completeKernelMetadata(root, language)
  const notebook: NotebookModel = {
    shape: toJsonText(new Map(completed.root).set('cells', [])),
    format,
    language,
    cells: cells.map((cell, i) => cellFromJson(cell, ids[i] ?? mintId())),
  }
  return {
    ok: true,
    notebook,
    migrations: [...migrations, ...completed.migrations, ...textMigrations(text, reading, format)],
  }
}
