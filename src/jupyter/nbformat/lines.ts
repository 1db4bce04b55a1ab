/**
 * Multi-line strings as notebook files keep them: one string, or a list of lines that are joined with nothing.
 *
 * Lines end where Python's `str.splitlines(keepends=True)` ends them, because that is what Jupyter saves with; a tool
 * that splits differently has a list which {@link splitLines} does not give back.
 */
import { isJsonArray, type JsonValue } from '../json-text.ts'

const LINE_END = /\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]/g

/** The lines of `text` with their ends; no line for the empty text. */
export function splitLines(text: string): string[] {
  const lines: string[] = []
  let start = 0
  for (const match of text.matchAll(LINE_END)) {
    const end = match.index + match[0].length
    lines.push(text.slice(start, end))
    start = end
  }
  if (start < text.length) lines.push(text.slice(start))
  return lines
}

/** The text of a multi-line string in either form, or `null` when `value` is none. */
export function joinLines(value: JsonValue | undefined): string | null {
  if (typeof value === 'string') return value
  if (!isJsonArray(value)) return null
  for (const line of value) if (typeof line !== 'string') return null
  return value.join('')
}
