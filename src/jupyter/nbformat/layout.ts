/**
 * How a notebook file is laid out as text, told from a few places of it.
 */
import { type JsonReading, type JsonValue, writeJson } from '../json-text.ts'
import { JUPYTER_FORMAT, type NotebookFormat } from './model.ts'

export const BYTE_ORDER_MARK = '\ufeff'

/** The layout of `text`, which was read as `reading`; a guess that {@link isLaidOutAs} has to confirm. */
export function layoutOf(text: string, reading: JsonReading): NotebookFormat {
  // A line break that stands in JSON text is never part of a string, and neither is what adjoins it.
  const newline = text.includes('\r\n') ? '\r\n' : '\n'
  const start = /^\ufeff?\{(\r?\n([ \t]{0,8}))?"(?:[^"\\]|\\.)*"(: ?)/.exec(text.slice(0, 10_000))
  const indent = start === null ? JUPYTER_FORMAT.indent : (start[2] ?? null)
  const colon = start?.[3] === ':' ? ':' : ': '
  const spacedComma = indent === null ? colon === ': ' : text.includes(`, ${newline}`)
  return {
    indent,
    newline,
    comma: spacedComma ? ', ' : ',',
    colon,
    asciiOnly: reading.escapesNonAscii,
    finalNewline: text.endsWith('\n'),
    byteOrderMark: text.startsWith(BYTE_ORDER_MARK),
  }
}

/** Whether `value` written in `format` is exactly `text`. */
export function isLaidOutAs(text: string, value: JsonValue, format: NotebookFormat): boolean {
  let at = format.byteOrderMark ? BYTE_ORDER_MARK.length : 0
  const isEqual = writeJson(value, format, piece => {
    if (!text.startsWith(piece, at)) return false
    at += piece.length
    return true
  })
  return isEqual && text.slice(at) === (format.finalNewline ? format.newline : '')
}
