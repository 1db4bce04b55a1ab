/**
 * A stream of text as a terminal would leave it: carriage returns and backspaces overwrite, colours last until changed.
 *
 * Progress bars write one line a thousand times; only the last state is worth showing. The screen is fed with whatever
 * arrives, cut anywhere, and says which lines are final and what the open line looks like, so that a view appends and
 * never draws again what was drawn. Other cursor movements are ignored: output in a notebook only grows downwards.
 */
import { type AnsiStyle, plainStyle, restyle } from './ansi.ts'
import { createOpenLine, type Line } from './open-line.ts'

export interface Screen {
  /** Of what is printed next. */
  readonly style: AnsiStyle
  /** The line without a line feed yet. */
  readonly open: Line
  /** Where in the open line the next character goes, in code points; `null` is its end. */
  readonly column: number | null
  /** The beginning of a sequence or a pair of surrogates whose rest has not come. */
  readonly pending: string
}

export const emptyScreen: Screen = { style: plainStyle, open: [], column: null, pending: '' }

/** Escape sequences of ECMA-48: control sequences, strings up to their terminator, and two-character ones. */
const escapeSequence = /\x1b(?:\[([0-?]*)[ -/]*([@-~])|[\]P^_X][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-OQ-WYZ`-~\\])/y
/** A sequence that is longer than this is a mistake, and its characters are shown. */
const longestSequence = 4096
const plainText = /[^\x00-\x08\x0a-\x1f\x7f]+/y

/** Prints `text`; finished lines come without their line feeds. The work is proportional to text and open line. */
export function print(screen: Screen, text: string): [Screen, readonly Line[]] {
  const input = screen.pending + text
  const finished: Line[] = []
  let style = screen.style
  let open = createOpenLine(screen.open, screen.column)
  let at = 0

  while (at < input.length) {
    const plain = match(plainText, input, at)?.[0]
    if (plain !== undefined) {
      const whole = at + plain.length === input.length ? withoutHalf(plain) : plain
      if (whole !== '') open.write(whole, style)
      at += whole.length
      if (whole !== plain) break
      continue
    }
    if (input[at] === '\x1b') {
      const sequence = match(escapeSequence, input, at)
      if (sequence === null && wasCutOff(input, at)) break
      const [, parameters = '', final] = sequence ?? []
      if (final === 'm') style = restyle(style, parameters)
      else if (final === 'K') parameters === '2' ? open.erase() : open.eraseToEnd()
      at += sequence?.[0].length ?? 1
      continue
    }
    if (input[at] === '\n') {
      finished.push(open.line())
      open = createOpenLine([], null)
    } else if (input[at] === '\r') open.toStart()
    else if (input[at] === '\b') open.back()
    at++
  }
  return [{ style, open: open.line(), column: open.column(), pending: input.slice(at) }, finished]
}

function match(sticky: RegExp, input: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at
  return sticky.exec(input)
}

/** Whether an escape sequence that begins at `at` merely lacks what has not arrived yet. */
function wasCutOff(input: string, at: number): boolean {
  const rest = input.slice(at, at + longestSequence + 1)
  return rest.length <= longestSequence && /^\x1b(?:\[[0-?]*[ -/]*|[\]P^_X][^\x07\x1b]*\x1b?|[ -/]*)$/.test(rest)
}

/** Without a first half of a surrogate pair at the end, whose second half may come with the next piece. */
function withoutHalf(text: string): string {
  return /[\uD800-\uDBFF]$/.test(text) ? text.slice(0, -1) : text
}
