/**
 * Reading JSON without losing what the text says: key order, number spellings, odd keys and lone surrogates.
 *
 * `JSON.parse` moves integer-like keys to the front, turns `1.0` into `1` and rounds big integers; a notebook that
 * passed through it would differ from its file although nobody touched it. Values are therefore kept as a tree of maps
 * and number lexemes. Accepted is RFC 8259, plus Python's `NaN`, `Infinity` and `-Infinity`. Of a key that is repeated
 * the last value wins, at the place of the first, as in Python and JavaScript, and the result says so.
 *
 * Must not know what the JSON means. Never throws on text; nesting and size are bounded.
 */

/** Deepest nesting of arrays and objects that is read. */
export const JSON_MAX_DEPTH = 200
/** Longest text that is read, in UTF-16 units (100 Mi). */
export const JSON_MAX_SIZE = 100 * 1024 * 1024

/** A number as it was spelled: `1.0`, `-0`, `1e-05`, `NaN`. */
export interface JsonNumber {
  readonly lexeme: string
}
export type JsonArray = readonly JsonValue[]
/** In the order of the text. */
export type JsonObject = ReadonlyMap<string, JsonValue>
export type JsonValue = null | boolean | string | JsonNumber | JsonArray | JsonObject

export const isJsonArray = (value: JsonValue | undefined): value is JsonArray => Array.isArray(value)
export const isJsonObject = (value: JsonValue | undefined): value is JsonObject => value instanceof Map
export const isJsonNumber = (value: JsonValue | undefined): value is JsonNumber =>
  typeof value === 'object' && value !== null && 'lexeme' in value

export interface JsonProblem {
  readonly ok: false
  readonly code: 'malformed' | 'truncated' | 'too-deep' | 'too-large'
  /** What is wrong, as the end of a sentence: "a comma or a closing bracket is missing". */
  readonly reason: string
  /** Both from 1; the column counts UTF-16 units. */
  readonly line: number
  readonly column: number
}

export interface JsonReading {
  readonly ok: true
  readonly value: JsonValue
  /** The first key that an object of the text has twice. */
  readonly repeatedKey: string | null
  /** Whether a character beyond ASCII was written as a `\u` escape although it could have been written plainly. */
  readonly escapesNonAscii: boolean
}

const isDigit = (code: number) => code >= 48 && code <= 57
const isHighSurrogate = (code: number) => code >= 0xd800 && code <= 0xdbff
const isLowSurrogate = (code: number) => code >= 0xdc00 && code <= 0xdfff

const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
  ['NaN', { lexeme: 'NaN' }],
  ['Infinity', { lexeme: 'Infinity' }],
  ['-Infinity', { lexeme: '-Infinity' }],
]

/** Reads one JSON value; see the head of this file for what is accepted. */
export function parseJson(text: string, maxDepth = JSON_MAX_DEPTH): JsonReading | JsonProblem {
  let at = 0
  let fault: Pick<JsonProblem, 'code' | 'reason'> = { code: 'malformed', reason: 'a value is missing' }
  let repeatedKey: string | null = null
  let escapesNonAscii = false

  function fail(reason: string, code: JsonProblem['code'] = at >= text.length ? 'truncated' : 'malformed'): undefined {
    fault = { code, reason: code === 'truncated' ? 'the text ends too early' : reason }
    return undefined
  }

  function skipSpace(): void {
    for (;;) {
      const code = text.charCodeAt(at)
      if (code !== 32 && code !== 10 && code !== 13 && code !== 9) return
      at++
    }
  }

  /** The UTF-16 unit that the escape at `at` stands for. */
  function readEscape(): number | undefined {
    const letter = text[at + 1]
    const short = letter === undefined ? undefined : SHORT_ESCAPES.get(letter)
    if (short !== undefined) {
      at += 2
      return short.charCodeAt(0)
    }
    const digits = text.slice(at + 2, at + 6)
    if (letter !== 'u' || !/^[0-9a-fA-F]{4}$/.test(digits)) {
      if (letter === undefined || (letter === 'u' && at + 6 > text.length)) at = text.length
      return fail('a backslash in a string begins no known escape')
    }
    at += 6
    return Number.parseInt(digits, 16)
  }

  function readString(): string | undefined {
    const pieces: string[] = []
    let start = ++at
    // The unit of an escape that ends where the next one begins; the two may be halves of one character.
    let previous = 0
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === 34) {
        const rest = text.slice(start, at++)
        if (pieces.length === 0) return rest
        pieces.push(rest)
        return pieces.join('')
      }
      if (code === 92) {
        if (start < at) {
          pieces.push(text.slice(start, at))
          previous = 0
        }
        const unit = readEscape()
        if (unit === undefined) return undefined
        const isSurrogate = isHighSurrogate(unit) || isLowSurrogate(unit)
        if (isSurrogate ? isHighSurrogate(previous) && isLowSurrogate(unit) : unit >= 0x80) escapesNonAscii = true
        pieces.push(String.fromCharCode(unit))
        previous = unit
        start = at
      } else if (code >= 32) at++
      else return fail('a string holds a line break or another control character that is not escaped')
    }
  }

  function skipDigits(): boolean {
    const start = at
    while (isDigit(text.charCodeAt(at))) at++
    return at > start
  }

  function readNumber(): JsonNumber | undefined {
    const start = at
    if (text[at] === '-') at++
    if (text[at] === '0') at++
    else if (!skipDigits()) return fail('a minus sign is not followed by a number')
    if (text[at] === '.') {
      at++
      if (!skipDigits()) return fail('a decimal point is not followed by a digit')
    }
    if (text[at] === 'e' || text[at] === 'E') {
      at++
      if (text[at] === '+' || text[at] === '-') at++
      if (!skipDigits()) return fail('an exponent has no digits')
    }
    return { lexeme: text.slice(start, at) }
  }

  function readArray(depth: number): JsonArray | undefined {
    const items: JsonValue[] = []
    at++
    skipSpace()
    if (text[at] === ']') {
      at++
      return items
    }
    for (;;) {
      const item = readValue(depth)
      if (item === undefined) return undefined
      items.push(item)
      skipSpace()
      const mark = text[at]
      if (mark !== ',' && mark !== ']') return fail('a comma or a closing bracket is missing')
      at++
      if (mark === ']') return items
    }
  }

  function readObject(depth: number): JsonObject | undefined {
    const members = new Map<string, JsonValue>()
    at++
    skipSpace()
    if (text[at] === '}') {
      at++
      return members
    }
    for (;;) {
      skipSpace()
      if (text[at] !== '"') return fail('a field name in double quotes is missing')
      const key = readString()
      if (key === undefined) return undefined
      skipSpace()
      if (text[at] !== ':') return fail('a colon is missing after a field name')
      at++
      const value = readValue(depth)
      if (value === undefined) return undefined
      if (members.has(key)) repeatedKey ??= key
      members.set(key, value)
      skipSpace()
      const mark = text[at]
      if (mark !== ',' && mark !== '}') return fail('a comma or a closing brace is missing')
      at++
      if (mark === '}') return members
    }
  }

  function readValue(depth: number): JsonValue | undefined {
    skipSpace()
    const first = text[at]
    if (first === '"') return readString()
    if (first === '{' || first === '[') {
      if (depth >= maxDepth) return fail(`it is nested more than ${maxDepth} levels deep`, 'too-deep')
      return first === '{' ? readObject(depth + 1) : readArray(depth + 1)
    }
    if (isDigit(text.charCodeAt(at)) || (first === '-' && text[at + 1] !== 'I')) return readNumber()
    for (const [word, value] of WORDS) {
      if (text.startsWith(word, at)) {
        at += word.length
        return value
      }
      if (word.startsWith(text.slice(at, at + word.length)) && at + word.length > text.length) at = text.length
    }
    return fail('a value is missing')
  }

  function problem(): JsonProblem {
    const before = text.slice(0, at)
    const line = before.split('\n').length
    return { ok: false, ...fault, line, column: at - before.lastIndexOf('\n') }
  }

  if (text.length > JSON_MAX_SIZE) {
    return { ok: false, code: 'too-large', reason: 'it is larger than 100 MiB', line: 1, column: 1 }
  }
  const value = readValue(0)
  if (value === undefined) return problem()
  skipSpace()
  if (at < text.length) {
    fail('something follows the end of the value')
    return problem()
  }
  return { ok: true, value, repeatedKey, escapesNonAscii }
}
