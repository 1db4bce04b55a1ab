/**
 * What an nbformat 4 notebook has to look like before it becomes a model: the fields that the format requires, and the
 * types of those that are read.
 *
 * Fields that nobody here knows are welcome everywhere. In a minor version newer than {@link NEWEST_MINOR} so are
 * unknown types of cells and outputs; in a known one they are faults. The data of outputs may be of any type.
 * Source: the JSON schemas of jupyter/nbformat, `nbformat/v4/*.schema.json`.
 */
import { isJsonArray, isJsonNumber, isJsonObject, type JsonObject, type JsonValue } from '../json-text.ts'
import { joinLines } from './lines.ts'
import { NEWEST_MINOR } from './model.ts'

export interface Fault {
  readonly code: 'missing-piece' | 'invalid-structure'
  /** Where, for instance `cells[0].outputs[2].text`. */
  readonly path: string
  /** What belongs there: "a list of cells". */
  readonly expected: string
}

type Test = (value: JsonValue) => boolean

export function isWholeNumber(value: JsonValue | undefined): boolean {
  if (!isJsonNumber(value)) return false
  const number = Number(value.lexeme)
  return Number.isInteger(number) && number >= 0
}

const isText: Test = value => typeof value === 'string'
const isLines: Test = value => joinLines(value) !== null
const isCount: Test = value => value === null || isWholeNumber(value)

function required(object: JsonObject, path: string, key: string, test: Test, expected: string): Fault | null {
  const value = object.get(key)
  const place = path === '' ? key : `${path}.${key}`
  if (value === undefined) return { code: 'missing-piece', path: place, expected }
  return test(value) ? null : { code: 'invalid-structure', path: place, expected }
}

function firstFault<T>(items: readonly T[], check: (item: T, index: number) => Fault | null): Fault | null {
  for (const [index, item] of items.entries()) {
    const fault = check(item, index)
    if (fault !== null) return fault
  }
  return null
}

function outputFault(output: JsonValue, path: string, minor: number): Fault | null {
  if (!isJsonObject(output)) return { code: 'invalid-structure', path, expected: 'a JSON object' }
  const untyped = required(output, path, 'output_type', isText, 'the name of a type of output')
  if (untyped !== null) return untyped
  const type = output.get('output_type')
  switch (type) {
    case 'stream':
      return (
        required(output, path, 'name', isText, 'the name of a stream') ??
        required(output, path, 'text', isLines, 'a text or a list of lines')
      )
    case 'display_data':
    case 'execute_result':
      return (
        required(output, path, 'data', isJsonObject, 'a JSON object with data by MIME type') ??
        required(output, path, 'metadata', isJsonObject, 'a JSON object') ??
        (type === 'display_data' ? null : required(output, path, 'execution_count', isCount, 'a whole number or null'))
      )
    case 'error':
      return (
        required(output, path, 'ename', isText, 'the name of an error') ??
        required(output, path, 'evalue', isText, 'the message of an error') ??
        required(output, path, 'traceback', value => isJsonArray(value) && isLines(value), 'a list of lines')
      )
    default: {
      const expected = '"stream", "display_data", "execute_result" or "error"'
      return minor > NEWEST_MINOR ? null : { code: 'invalid-structure', path: `${path}.output_type`, expected }
    }
  }
}

function cellFault(cell: JsonValue, path: string, minor: number): Fault | null {
  if (!isJsonObject(cell)) return { code: 'invalid-structure', path, expected: 'a JSON object' }
  const incomplete =
    required(cell, path, 'cell_type', isText, 'the name of a type of cell') ??
    required(cell, path, 'metadata', isJsonObject, 'a JSON object')
  if (incomplete !== null) return incomplete
  const type = cell.get('cell_type')
  if (type !== 'code' && type !== 'markdown' && type !== 'raw') {
    const expected = '"code", "markdown" or "raw"'
    return minor > NEWEST_MINOR ? null : { code: 'invalid-structure', path: `${path}.cell_type`, expected }
  }
  const source = required(cell, path, 'source', isLines, 'a text or a list of lines')
  if (source !== null || type !== 'code') return source
  const fault =
    required(cell, path, 'execution_count', isCount, 'a whole number or null') ??
    required(cell, path, 'outputs', isJsonArray, 'a list of outputs')
  if (fault !== null) return fault
  const outputs = cell.get('outputs')
  return firstFault(isJsonArray(outputs) ? outputs : [], (output, i) =>
    outputFault(output, `${path}.outputs[${i}]`, minor),
  )
}

/** The first fault of a notebook of nbformat 4.`minor`, or `null`. */
export function structureFault(root: JsonObject, minor: number): Fault | null {
  const incomplete =
    required(root, '', 'metadata', isJsonObject, 'a JSON object') ??
    required(root, '', 'cells', isJsonArray, 'a list of cells')
  if (incomplete !== null) return incomplete
  const cells = root.get('cells')
  return firstFault(isJsonArray(cells) ? cells : [], (cell, i) => cellFault(cell, `cells[${i}]`, minor))
}
