/**
 * From the model to the text of a notebook file; untouched parts come out byte-equal.
 *
 * A room's fields can be written by anyone who may edit, so nothing here trusts them: damaged shapes fall back to an
 * empty notebook's, damaged outputs to a sentence, an impossible layout to Jupyter's.
 */
import {
  isJsonNumber,
  JSON_MAX_DEPTH,
  type JsonObject,
  type JsonStyle,
  type JsonValue,
  writeJson,
} from '../json-text.ts'
import { cellToJson, readShape } from './cell-shape.ts'
import { EMPTY_SHAPE, JUPYTER_FORMAT, NEWEST_MINOR, type NotebookFormat, type NotebookModel } from './model.ts'

/** Longest text that indentation may lead to, in UTF-16 units; beyond it everything is written on one line. */
const LONGEST_INDENTED_TEXT = 128 * 1024 * 1024

const INDENT = /^[ \t]{0,8}$/

/** The format, or Jupyter's when its indentation or marks could not be part of JSON. */
function soundFormat(format: NotebookFormat): NotebookFormat {
  const { indent, newline, comma, colon } = format
  const isSound =
    (indent === null || INDENT.test(indent)) &&
    (newline === '\n' || newline === '\r\n') &&
    (comma === ',' || comma === ', ') &&
    (colon === ':' || colon === ': ')
  return isSound ? format : JUPYTER_FORMAT
}

function printWithin(value: JsonValue, style: JsonStyle, longest: number): string | null {
  const pieces: string[] = []
  let length = 0
  const isComplete = writeJson(value, style, piece => {
    pieces.push(piece)
    length += piece.length
    return length <= longest
  })
  return isComplete ? pieces.join('') : null
}

function readNotebookShape(notebook: NotebookModel): { shape: JsonObject; minor: number } {
  const shape = readShape(notebook.shape, JSON_MAX_DEPTH)
  const major = shape?.get('nbformat')
  const minor = shape?.get('nbformat_minor')
  if (shape !== null && isJsonNumber(major) && Number(major.lexeme) === 4 && isJsonNumber(minor)) {
    return { shape, minor: Number(minor.lexeme) }
  }
  return { shape: readShape(EMPTY_SHAPE) ?? new Map(), minor: NEWEST_MINOR }
}

/** The text of the notebook file, to be written as UTF-8. */
export function exportNotebook(notebook: NotebookModel): string {
  const { shape, minor } = readNotebookShape(notebook)
  const cells = notebook.cells.map(cell => cellToJson(cell, minor))
  const root = new Map(shape).set('cells', cells)
  const format = soundFormat(notebook.format)
  const text =
    printWithin(root, format, LONGEST_INDENTED_TEXT) ??
    printWithin(root, { ...format, indent: null, asciiOnly: false }, Number.POSITIVE_INFINITY)
  return `${format.byteOrderMark ? '\ufeff' : ''}${text}${format.finalNewline ? format.newline : ''}`
}
