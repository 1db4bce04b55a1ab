import { describe, expect, it } from 'vitest'
import { joinLines, splitLines } from './lines.ts'

describe('multi-line strings', () => {
  it.each([
    ['', []],
    ['a', ['a']],
    ['a\n', ['a\n']],
    ['\n\na', ['\n', '\n', 'a']],
    ['a\r\nb\rc\n\rd', ['a\r\n', 'b\r', 'c\n', '\r', 'd']],
    [
      'a\vb\fc\x1cd\x1de\x1ef\x85g\u2028h\u2029',
      ['a\v', 'b\f', 'c\x1c', 'd\x1d', 'e\x1e', 'f\x85', 'g\u2028', 'h\u2029'],
    ],
    ['a\x1fb\u00a0c\\n', ['a\x1fb\u00a0c\\n']],
  ])('%j is split where Python splits it', (text, lines) => {
    expect(splitLines(text)).toEqual(lines)
    expect(joinLines(lines)).toBe(text)
  })

  it.each([[undefined], [null], [{ lexeme: '1' }], [['a', null]], [new Map()]])('%j is none', value => {
    expect(joinLines(value)).toBeNull()
  })
})
