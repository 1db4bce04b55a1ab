/**
 * The colours and weights that programs ask for with escape sequences (ECMA-48, "select graphic rendition").
 *
 * A style is a value; what it looks like is decided by the style sheet and by whoever makes elements of it. Knows nothing
 * of lines and of the page.
 */

/** 0-15 by name in the style sheet; everything else is an exact colour. */
export type AnsiColour = number | { readonly red: number; readonly green: number; readonly blue: number }

export interface AnsiStyle {
  readonly foreground: AnsiColour | null
  readonly background: AnsiColour | null
  readonly bold: boolean
  readonly faint: boolean
  readonly italic: boolean
  readonly underline: boolean
  readonly inverse: boolean
  readonly struck: boolean
}

export const plainStyle: AnsiStyle = {
  foreground: null,
  background: null,
  bold: false,
  faint: false,
  italic: false,
  underline: false,
  inverse: false,
  struck: false,
}

const switches: Readonly<Record<number, Partial<AnsiStyle>>> = {
  0: plainStyle,
  1: { bold: true },
  2: { faint: true },
  3: { italic: true },
  4: { underline: true },
  7: { inverse: true },
  9: { struck: true },
  22: { bold: false, faint: false },
  23: { italic: false },
  24: { underline: false },
  27: { inverse: false },
  29: { struck: false },
  39: { foreground: null },
  49: { background: null },
}

/**
 * The style after the parameters of one sequence, for example `1;38;5;208`. Codes that are unknown change nothing.
 *
 * @returns `style` itself when nothing changed
 */
export function restyle(style: AnsiStyle, parameters: string): AnsiStyle {
  const codes = parameters.split(/[;:]/).map(Number)
  let change: Partial<AnsiStyle> = {}
  for (let i = 0; i < codes.length; i++) {
    const code = codes[i] ?? 0
    if (code === 38 || code === 48) {
      const [colour, used] = extendedColour(codes.slice(i + 1, i + 5))
      i += used
      if (colour !== null) change = { ...change, ...paint(code === 38, colour) }
    } else change = { ...change, ...(switches[code] ?? basicColour(code)) }
  }
  return Object.keys(change).length === 0 ? style : { ...style, ...change }
}

function paint(foreground: boolean, colour: AnsiColour): Partial<AnsiStyle> {
  return foreground ? { foreground: colour } : { background: colour }
}

function basicColour(code: number): Partial<AnsiStyle> {
  if (code >= 30 && code <= 37) return { foreground: code - 30 }
  if (code >= 40 && code <= 47) return { background: code - 40 }
  if (code >= 90 && code <= 97) return { foreground: code - 90 + 8 }
  if (code >= 100 && code <= 107) return { background: code - 100 + 8 }
  return {}
}

/** What follows a 38 or a 48: `5;n` is one of 256, `2;r;g;b` an exact colour. Also how many codes it took. */
function extendedColour(rest: readonly number[]): [AnsiColour | null, number] {
  const [form, first = 0, second = 0, third = 0] = rest
  if (form === 5) return [isByte(first) ? indexedColour(first) : null, 2]
  if (form !== 2) return [null, 1]
  const exact = isByte(first) && isByte(second) && isByte(third)
  return [exact ? { red: first, green: second, blue: third } : null, 4]
}

function isByte(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= 255
}

/** xterm's palette: 16 named colours, a cube with six steps a side, and 24 greys. */
function indexedColour(index: number): AnsiColour {
  if (index < 16) return index
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10
    return { red: grey, green: grey, blue: grey }
  }
  const step = (level: number) => (level === 0 ? 0 : 55 + level * 40)
  const cube = index - 16
  return { red: step(Math.floor(cube / 36)), green: step(Math.floor(cube / 6) % 6), blue: step(cube % 6) }
}

/** How a style is drawn: classes of the style sheet, and exact colours (CSS) where no class can say them. */
export interface AnsiLook {
  readonly classes: readonly string[]
  readonly colour: string | null
  readonly background: string | null
}

export function lookOf(style: AnsiStyle): AnsiLook {
  const front = style.inverse ? (style.background ?? 'page') : style.foreground
  const back = style.inverse ? (style.foreground ?? 'text') : style.background
  const flags = ['bold', 'faint', 'italic', 'underline', 'struck'] as const
  return {
    classes: [
      ...flags.filter(flag => style[flag]).map(flag => `sm-ansi-${flag}`),
      ...(typeof front === 'object' ? [] : [`sm-ansi-fg-${front}`]),
      ...(typeof back === 'object' ? [] : [`sm-ansi-bg-${back}`]),
    ],
    colour: exactColour(front),
    background: exactColour(back),
  }
}

function exactColour(colour: AnsiColour | string | null): string | null {
  if (typeof colour !== 'object' || colour === null) return null
  return `rgb(${colour.red}, ${colour.green}, ${colour.blue})`
}
