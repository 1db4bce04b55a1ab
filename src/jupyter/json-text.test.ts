import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  asJsonText,
  isJsonArray,
  isJsonObject,
  JSON_MAX_DEPTH,
  JSON_MAX_SIZE,
  type JsonProblem,
  type JsonReading,
  JUPYTER_STYLE,
  parseJson,
  printJson,
} from './json-text.ts'

function read(text: string): JsonReading {
  const reading = parseJson(text)
  if (!reading.ok) throw new Error(`${reading.code}: ${reading.reason} in ${text.slice(0, 200)}`)
  return reading
}

function problemOf(text: string): JsonProblem {
  const reading = parseJson(text)
  if (reading.ok) throw new Error(`accepted ${text.slice(0, 200)}`)
  return reading
}

const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth)

/** JSON text in the style that Jupyter writes; `JSON.stringify` is the judge, with number spellings it would not keep. */
const jupyterText = fc
  .tuple(
    fc.jsonValue({ maxDepth: 6, depthSize: 'medium', stringUnit: 'binary' }),
    fc.array(fc.constantFrom('1.0', '-0', '1e-05', '1E+400', '12345678901234567890123', '0.10', 'NaN', '-Infinity')),
  )
  .map(([value, lexemes]) => {
    const marks = lexemes.map((_, i) => `\u0001${i}`)
    const text = JSON.stringify({ value, ['__proto__']: [value], 10: marks, 9: null }, null, 1)
    return lexemes.reduce((whole, lexeme, i) => whole.replaceAll(`"\\u0001${i}"`, lexeme), text)
  })

describe('lossless JSON', () => {
  it('prints what was written in the style of Jupyter byte-equal', () => {
    fc.assert(fc.property(jupyterText, text => printJson(read(text).value, JUPYTER_STYLE) === text))
  })

  it.each([
    '{"b":1,"a":2,"10":3,"9":4,"__proto__":{"x":1},"constructor":null,"":""}',
    '[1.0,1e-05,-0,0.10,1E+400,123456789012345678901234567890,NaN,Infinity,-Infinity]',
    '["\\ud83d","\\udc00x","\\u0000\\u001f","\\b\\f\\n\\r\\t\\"\\\\","\u007f\u2028😀"]',
    '[[],{},[{}],"",true,false,null]',
  ])('keeps %s', text => {
    expect(printJson(read(text).value)).toBe(text)
  })

  it('keeps an own field called __proto__ away from the prototype', () => {
    const { value } = read('{"__proto__": {"polluted": true}}')
    expect(isJsonObject(value) && isJsonObject(value.get('__proto__'))).toBe(true)
    expect('polluted' in {}).toBe(false)
  })

  it('takes the last of a repeated key at the place of the first, and says so', () => {
    const reading = read('{"a":1,"b":2,"a":3}')
    expect(printJson(reading.value)).toBe('{"a":3,"b":2}')
    expect(reading.repeatedKey).toBe('a')
    expect(read('[{"a":1},{"a":1}]').repeatedKey).toBeNull()
  })

  it('notices escapes that ASCII-only printing would write, and writes them', () => {
    for (const text of ['"\\u00e9"', '"\\ud83d\\ude00 \\u007f"']) {
      const reading = read(text)
      expect(reading.escapesNonAscii).toBe(true)
      expect(printJson(reading.value, { ...JUPYTER_STYLE, asciiOnly: true })).toBe(text)
    }
    for (const text of ['"é"', '"\\u001b[0m"', '"\\\\u00e9"', '"\\ud83d"', '"\\ude00\\ud83d"', '"\\ud83dx\\ude00"']) {
      expect(read(text).escapesNonAscii).toBe(false)
    }
  })

  it.each([
    ['', 'truncated', 1, 1],
    ['{"a": 1,\n "b": tru', 'truncated', 2, 10],
    ['["abc', 'truncated', 1, 6],
    ['["\\u12', 'truncated', 1, 7],
    ['[1.', 'truncated', 1, 4],
    ['[1,\r\n 2,]', 'malformed', 2, 4],
    ['{"a" 1}', 'malformed', 1, 6],
    ["{'a': 1}", 'malformed', 1, 2],
    ['[01]', 'malformed', 1, 3],
    ['["a\nb"]', 'malformed', 1, 4],
    ['["\\x"]', 'malformed', 1, 3],
    ['{} {}', 'malformed', 1, 4],
    ['[nan]', 'malformed', 1, 2],
    ['<html>', 'malformed', 1, 1],
  ] as const)('refuses %j as %s at line %i, column %i', (text, code, line, column) => {
    expect(problemOf(text)).toMatchObject({ code, line, column })
  })

  it('bounds nesting and size', () => {
    expect(isJsonArray(read(nested(JSON_MAX_DEPTH)).value)).toBe(true)
    expect(problemOf(nested(JSON_MAX_DEPTH + 1))).toMatchObject({ code: 'too-deep', column: JSON_MAX_DEPTH + 1 })
    expect(problemOf('{"a":'.repeat(1_000_000)).code).toBe('too-deep')
    expect(problemOf(' '.repeat(JSON_MAX_SIZE + 1)).code).toBe('too-large')
  })

  it('accepts and refuses what JSON.parse does, whatever was done to the text', () => {
    const cut = fc.tuple(jupyterText, fc.nat(), fc.nat(4), fc.string({ maxLength: 3, unit: 'binary' }))
    fc.assert(
      fc.property(cut, ([text, position, removed, inserted]) => {
        const at = position % (text.length + 1)
        const damaged = (text.slice(0, at) + inserted + text.slice(at + removed)).replace(/NaN|-?Infinity/g, '0')
        let expected = true
        try {
          JSON.parse(damaged)
        } catch {
          expected = false
        }
        expect(parseJson(damaged).ok).toBe(expected)
      }),
      { numRuns: 1000 },
    )
  })

  it('reads long strings of escapes and long numbers without falling behind', () => {
    const text = `["${'\\ud83d\\ude00'.repeat(200_000)}",${'9'.repeat(1_000_000)}]`
    const { value } = read(text)
    expect(printJson(value, { ...JUPYTER_STYLE, indent: null, asciiOnly: true })).toBe(text)
  })

  it('vouches only for complete JSON', () => {
    expect(asJsonText('{"a":1}')).toBe('{"a":1}')
    expect(asJsonText('{"a":1')).toBeNull()
  })
})
