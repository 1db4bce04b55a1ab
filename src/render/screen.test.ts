import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { lookOf, plainStyle, restyle } from './ansi.ts'
import { lineText } from './open-line.ts'
import { emptyScreen, print } from './screen.ts'

/** Everything on the screen after `pieces`, as text. */
function shown(...pieces: string[]): string {
  return styled(...pieces)
    .map(line => line.map(([text]) => text).join(''))
    .join('\n')
}

function styled(...pieces: string[]) {
  let screen = emptyScreen
  const lines = []
  for (const piece of pieces) {
    const [next, finished] = print(screen, piece)
    lines.push(...finished)
    screen = next
  }
  return [...lines, screen.open].map(line => line.map(run => [run.text, lookOf(run.style)] as const))
}

describe('a screen', () => {
  it('lets a carriage return overwrite from the start, and a backspace the last character', () => {
    expect(shown('10%\r20%\r100%\n')).toBe('100%\n')
    expect(shown('abcdef\rxy')).toBe('xycdef')
    expect(shown('windows\r\nline\r\n')).toBe('windows\nline\n')
    expect(shown('abc\b\bX')).toBe('aXc')
    expect(shown('\b\b\ba')).toBe('a')
    expect(shown('long line\r\x1b[Kshort')).toBe('short')
    expect(shown('long line\x1b[2K\rshort')).toBe('short')
  })

  it('overwrites whole characters, not halves of them', () => {
    expect(shown('😀😀\rx')).toBe('x😀')
    expect(shown('a😀\bx')).toBe('ax')
  })

  it('hides sequences that it does not follow', () => {
    expect(shown('a\x1b[2J\x1b[1;1Hb\x1b]0;title\x07c\x1b]8;;https://x\x1b\\d\x1b(Be\x07')).toBe('abcde')
  })

  it('keeps colours over the ends of lines until they are changed', () => {
    const red = lookOf(restyle(plainStyle, '31'))
    const plain = lookOf(plainStyle)
    expect(styled('a\x1b[31mb\nc\x1b[0md')).toEqual([
      [
        ['a', plain],
        ['b', red],
      ],
      [
        ['c', red],
        ['d', plain],
      ],
    ])
  })

  const bits = fc.constantFrom(
    'a',
    'bc',
    '\r',
    '\b',
    '\n',
    '\t',
    '😀',
    '\x1b[31m',
    '\x1b[1;38;5;208m',
    '\x1b[0m',
    '\x1b[K',
    '\x1b[2K',
    '\x1b]8;;x\x07',
    '\x1b',
  )

  it('shows the same however the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(bits, { maxLength: 30 }), fc.array(fc.nat(120), { maxLength: 6 }), (parts, cuts) => {
        const text = parts.join('')
        const marks = [0, ...cuts.filter(cut => cut < text.length).sort((a, b) => a - b), text.length]
        const pieces = marks.slice(1).map((end, i) => text.slice(marks[i], end))
        expect(styled(...pieces)).toEqual(styled(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('agrees with a typewriter that writes one character at a time', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', '😀', '\r', '\b', '\n'), { maxLength: 60 }), keys => {
        const lines: string[][] = [[]]
        let at = 0
        for (const key of keys) {
          const line = lines.at(-1) ?? []
          if (key === '\r') at = 0
          else if (key === '\b') at = Math.max(0, at - 1)
          else if (key === '\n') {
            lines.push([])
            at = 0
          } else line[at++] = key
        }
        expect(shown(keys.join(''))).toBe(lines.map(line => line.join('')).join('\n'))
      }),
    )
  })

  it('returns to the start of a long line a million times', () => {
    const [screen, finished] = print(emptyScreen, `${'x'.repeat(1_000_000)}${'\ry'.repeat(1_000_000)}`)
    expect(finished).toEqual([])
    expect(lineText(screen.open).slice(0, 3)).toBe('yxx')
  })
})

describe('a style', () => {
  const look = (parameters: string) => lookOf(restyle(plainStyle, parameters))

  it('knows names, indices and exact colours', () => {
    expect(look('1;31;44')).toEqual({
      classes: ['sm-ansi-bold', 'sm-ansi-fg-1', 'sm-ansi-bg-4'],
      colour: null,
      background: null,
    })
    expect(look('97;103').classes).toEqual(['sm-ansi-fg-15', 'sm-ansi-bg-11'])
    expect(look('38;5;9;3').classes).toEqual(['sm-ansi-italic', 'sm-ansi-fg-9'])
    expect(look('38;5;208').colour).toBe('rgb(255, 135, 0)')
    expect(look('48;5;244').background).toBe('rgb(128, 128, 128)')
    expect(look('38;2;1;2;3;4')).toEqual({ classes: ['sm-ansi-underline'], colour: 'rgb(1, 2, 3)', background: null })
  })

  it('swaps the colours when inverse', () => {
    expect(look('7').classes).toEqual(['sm-ansi-fg-page', 'sm-ansi-bg-text'])
    expect(look('7;31').classes).toEqual(['sm-ansi-fg-page', 'sm-ansi-bg-1'])
  })

  it('says nothing but colours and known classes, whatever is asked', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-?]{0,40}$/), parameters => {
        const { classes, colour, background } = look(parameters)
        expect(
          classes.every(name =>
            /^sm-ansi-(?:bold|faint|italic|underline|struck|(?:fg|bg)-(?:1?\d|page|text))$/.test(name),
          ),
        ).toBe(true)
        for (const exact of [colour, background]) expect(exact ?? 'rgb(0, 0, 0)').toMatch(/^rgb\(\d+, \d+, \d+\)$/)
      }),
    )
  })

  it('is itself when nothing changed', () => {
    expect(restyle(plainStyle, '38;5;999')).toBe(plainStyle)
    expect(restyle(plainStyle, '12')).toBe(plainStyle)
  })
})
