/**
 * A cell between its JSON and its model: the two directions side by side, because one has to undo the other.
 */
import {
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  JSON_MAX_DEPTH,
  type JsonObject,
  type JsonText,
  type JsonValue,
  parseJson,
  toJsonText,
} from '../json-text.ts'
import { joinLines, splitLines } from './lines.ts'
import { type CellModel, FIRST_MINOR_WITH_IDS } from './model.ts'
import { apology, OUTPUT_MAX_DEPTH, plainBundle } from './output.ts'

const KNOWN_TYPES: ReadonlySet<string> = new Set(['code', 'markdown', 'raw'])

/** A cell stands two levels down in a notebook. */
const CELL_MAX_DEPTH = JSON_MAX_DEPTH - 2

/** The object in `shape`, or `null` when there is none (a new cell) or it is damaged (a peer's doing). */
export function readShape(shape: JsonText | null, maxDepth = CELL_MAX_DEPTH): Map<string, JsonValue> | null {
  const reading = shape === null ? null : parseJson(shape, maxDepth)
  return reading?.ok && isJsonObject(reading.value) ? new Map(reading.value) : null
}

function sourcePlaceholder(written: JsonValue, source: string): JsonValue {
  if (!isJsonArray(written)) return ''
  const usual = splitLines(source)
  return usual.length === written.length && usual.every((line, i) => line === written[i]) ? [] : written
}

function writtenSource(placeholder: JsonValue | undefined, source: string): JsonValue {
  if (typeof placeholder === 'string') return source
  if (isJsonArray(placeholder) && placeholder.length > 0 && joinLines(placeholder) === source) return placeholder
  return splitLines(source)
}

function countPlaceholder(written: JsonValue | undefined): JsonValue {
  return isJsonNumber(written) && String(Number(written.lexeme)) !== written.lexeme ? written : null
}

function writtenCount(placeholder: JsonValue | undefined, count: number | null): JsonValue {
  if (count === null || !Number.isInteger(count) || count < 0) return null
  return isJsonNumber(placeholder) && Number(placeholder.lexeme) === count ? placeholder : { lexeme: String(count) }
}

/** The model of a cell whose structure has been checked; `id` replaces the file's own. */
export function cellFromJson(cell: JsonObject, id: string): CellModel {
  const type = cell.get('cell_type')
  const written = cell.get('source')
  const source = joinLines(written)
  const shape = new Map(cell)
  if (written !== undefined && source !== null) shape.set('source', sourcePlaceholder(written, source))
  const model = { id, type: typeof type === 'string' ? type : '', source: source ?? '' }
  if (type !== 'code') return { ...model, outputs: [], executionCount: null, shape: toJsonText(shape) }
  const outputs = cell.get('outputs')
  const count = cell.get('execution_count')
  shape.set('outputs', [])
  shape.set('execution_count', countPlaceholder(count))
  return {
    ...model,
    outputs: isJsonArray(outputs) ? outputs.map(toJsonText) : [],
    executionCount: isJsonNumber(count) ? Number(count.lexeme) : null,
    shape: toJsonText(shape),
  }
}

/** `object` with a field set in its place, or put where it belongs among sorted keys. */
function withField(object: JsonObject, key: string, value: JsonValue): Map<string, JsonValue> {
  if (object.has(key)) return new Map(object).set(key, value)
  const members = [...object]
  const place = members.findIndex(([other]) => other > key)
  members.splice(place < 0 ? members.length : place, 0, [key, value])
  return new Map(members)
}

function writtenOutput(output: JsonText): JsonValue {
  const reading = parseJson(output, OUTPUT_MAX_DEPTH)
  if (reading.ok && isJsonObject(reading.value)) return reading.value
  const replacement = parseJson(apology('[An output of this cell was damaged and could not be saved.]'))
  return replacement.ok ? replacement.value : null
}

/** The cell as a file of nbformat 4.`minor` has it. */
export function cellToJson(cell: CellModel, minor: number): JsonObject {
  let json = readShape(cell.shape) ?? new Map<string, JsonValue>([['metadata', new Map()]])
  if (json.get('cell_type') !== cell.type) {
    json = withField(json, 'cell_type', cell.type)
    // What the new type does not allow; its own fields follow below.
    for (const key of cell.type === 'code' ? ['attachments'] : ['outputs', 'execution_count']) json.delete(key)
  }
  if (minor >= FIRST_MINOR_WITH_IDS || typeof json.get('id') === 'string') json = withField(json, 'id', cell.id)
  if (json.has('source') || KNOWN_TYPES.has(cell.type) || cell.source !== '') {
    json = withField(json, 'source', writtenSource(json.get('source'), cell.source))
  }
  if (cell.type === 'code') {
    json = withField(json, 'execution_count', writtenCount(json.get('execution_count'), cell.executionCount))
    json = withField(json, 'outputs', cell.outputs.map(writtenOutput))
  }
  return json
}

/** The attachments of a Markdown or raw cell: file name → data by MIME type. */
export function attachmentsOf(shape: JsonText | null): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const attachments = new Map<string, Record<string, unknown>>()
  const written = readShape(shape)?.get('attachments')
  if (!isJsonObject(written)) return attachments
  for (const [name, bundle] of written) if (isJsonObject(bundle)) attachments.set(name, plainBundle(bundle))
  return attachments
}
