/**
 * JSON as text that comes back as it went in: the branded type that rooms store, and printing in the style of a file.
 *
 * Printing follows Python's `json.dump`, because Jupyter saves with it: `[]` and `{}` when empty, `\b \f \n \r \t`,
 * lower-case `\u` escapes for other control characters. Must not know what the JSON means.
 */
import { isJsonArray, isJsonNumber, type JsonValue, parseJson } from './json-parse.ts'

export * from './json-parse.ts'

declare const jsonText: unique symbol
/** One complete JSON value as text. Made by {@link toJsonText} (compact) or vouched for by {@link asJsonText}. */
export type JsonText = string & { readonly [jsonText]: true }

/** How JSON is laid out as text. */
export interface JsonStyle {
  /** What indents one level; `null` writes everything on one line. */
  readonly indent: string | null
  readonly newline: '\n' | '\r\n'
  readonly comma: ',' | ', '
  readonly colon: ':' | ': '
  /** Writes what is not ASCII as `\u` escapes (Python's `ensure_ascii`). Lone surrogates are escaped in any case. */
  readonly asciiOnly: boolean
}

export const COMPACT: JsonStyle = { indent: null, newline: '\n', comma: ',', colon: ':', asciiOnly: false }
/** Python's `json.dump(…, indent=1, ensure_ascii=False, separators=(',', ': '))`: what Jupyter writes. */
export const JUPYTER_STYLE: JsonStyle = { ...COMPACT, indent: ' ', colon: ': ' }

function quote(text: string, asciiOnly: boolean): string {
  const quoted = JSON.stringify(text)
  if (!asciiOnly) return quoted
  return quoted.replace(/[\u007f-\uffff]/g, unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/**
 * Writes `value` piece by piece until it is complete or `emit` answers false. The text can be far longer than what it
 * was read from (each level is indented), so whoever writes what strangers sent has to be able to stop.
 *
 * @returns whether it was completed
 */
export function writeJson(value: JsonValue, style: JsonStyle, emit: (piece: string) => boolean): boolean {
  const { indent, newline, comma, colon, asciiOnly } = style

  function write(value: JsonValue, lineStart: string): boolean {
    if (value === null || typeof value === 'boolean') return emit(String(value))
    if (typeof value === 'string') return emit(quote(value, asciiOnly))
    if (isJsonNumber(value)) return emit(value.lexeme)
    const [open, close] = isJsonArray(value) ? ['[', ']'] : ['{', '}']
    const inner = indent === null ? '' : lineStart + indent
    const between = comma + inner
    let before = open + inner
    if (isJsonArray(value)) {
      for (const item of value) {
        if (!emit(before) || !write(item, inner)) return false
        before = between
      }
      return emit(value.length === 0 ? open + close : lineStart + close)
    }
    for (const [key, member] of value) {
      if (!emit(before) || !emit(quote(key, asciiOnly) + colon) || !write(member, inner)) return false
      before = between
    }
    return emit(value.size === 0 ? open + close : lineStart + close)
  }

  return write(value, indent === null ? '' : newline)
}

export function printJson(value: JsonValue, style: JsonStyle = COMPACT): string {
  const pieces: string[] = []
  writeJson(value, style, piece => pieces.push(piece) > 0)
  return pieces.join('')
}

export function toJsonText(value: JsonValue): JsonText {
  return printJson(value) as JsonText
}

/** `text` itself when it is JSON within the limits, otherwise `null`: the door for texts that others wrote. */
export function asJsonText(text: unknown): JsonText | null {
  return typeof text === 'string' && parseJson(text).ok ? (text as JsonText) : null
}
