/**
 * One output of a code cell: the JSON that is stored, read for rendering, and made from what a kernel says.
 *
 * Stored outputs may come from a file or from a peer; what cannot be understood is `unknown` and keeps its text.
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
import { fromPlain, plainObject, toPlain } from './plain.ts'

export type Output =
  | { readonly type: 'stream'; readonly name: string; readonly text: string }
  | {
      readonly type: 'display_data' | 'execute_result'
      /** By MIME type: text as one string, JSON types as plain values. */
      readonly data: Readonly<Record<string, unknown>>
      readonly metadata: Readonly<Record<string, unknown>>
      readonly executionCount?: number | null
    }
  | { readonly type: 'error'; readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] }
  | { readonly type: 'unknown'; readonly raw: JsonText }

/** An output may be nested so deep that it still fits where a notebook has it, four levels down. */
export const OUTPUT_MAX_DEPTH = JSON_MAX_DEPTH - 4

const isJsonType = (mime: string) => /^application\/(.*\+)?json$/.test(mime)
/** The MIME types whose text Jupyter saves as a list of lines. */
const hasLines = (mime: string) =>
  mime.startsWith('text/') || mime === 'application/javascript' || mime === 'image/svg+xml'

/** The data of a MIME bundle, with lists of lines joined to one string where the type is not JSON. */
export function plainBundle(bundle: JsonObject): Record<string, unknown> {
  return Object.fromEntries(
    [...bundle].map(([mime, value]) => [mime, (isJsonType(mime) ? null : joinLines(value)) ?? toPlain(value)]),
  )
}

export function outputOf(raw: JsonText): Output {
  const reading = parseJson(raw)
  const unknown: Output = { type: 'unknown', raw }
  if (!reading.ok || !isJsonObject(reading.value)) return unknown
  const output = reading.value
  const type = output.get('output_type')
  switch (type) {
    case 'stream': {
      const name = output.get('name')
      const text = joinLines(output.get('text'))
      return typeof name === 'string' && text !== null ? { type, name, text } : unknown
    }
    case 'display_data':
    case 'execute_result': {
      const data = output.get('data')
      const metadata = output.get('metadata')
      if (!isJsonObject(data) || !(metadata === undefined || isJsonObject(metadata))) return unknown
      const content = { type, data: plainBundle(data), metadata: plainObject(metadata ?? new Map()) } as const
      if (type === 'display_data') return content
      const count = output.get('execution_count')
      return { ...content, executionCount: isJsonNumber(count) ? Number(count.lexeme) : null }
    }
    case 'error': {
      const ename = output.get('ename')
      const evalue = output.get('evalue')
      const traceback = output.get('traceback')
      const lines = isJsonArray(traceback) ? traceback.filter(line => typeof line === 'string') : []
      return typeof ename === 'string' && typeof evalue === 'string'
        ? { type, ename, evalue, traceback: lines }
        : unknown
    }
    default:
      return unknown
  }
}

/** A valid output that says `sentence` in the place of one that could not be kept. */
export function apology(sentence: string): JsonText {
  return outputText({ type: 'stream', name: 'stderr', text: `${sentence}\n` })
}

/**
 * The canonical form that Jupyter saves: keys sorted, text as a list of lines. Data nested deeper than
 * {@link OUTPUT_MAX_DEPTH} become an output that says so.
 */
export function outputText(output: Output): JsonText {
  switch (output.type) {
    case 'unknown':
      return output.raw
    case 'stream':
      return fields({ output_type: 'stream', name: output.name, text: splitLines(output.text) })
    case 'error': {
      const { ename, evalue, traceback } = output
      return fields({ output_type: 'error', ename, evalue, traceback })
    }
    default: {
      const { type, metadata } = output
      const data = Object.fromEntries(
        Object.entries(output.data).map(([mime, value]) => [
          mime,
          typeof value === 'string' && hasLines(mime) ? splitLines(value) : value,
        ]),
      )
      const count = type === 'execute_result' ? { execution_count: output.executionCount ?? null } : {}
      return fields({ output_type: type, data, metadata, ...count })
    }
  }
}

function fields(output: Readonly<Record<string, unknown>>): JsonText {
  const value: JsonValue | undefined = fromPlain(output, OUTPUT_MAX_DEPTH)
  if (value !== undefined) return toJsonText(value)
  return apology(`[This output is nested more than ${OUTPUT_MAX_DEPTH} levels deep and was not kept.]`)
}
