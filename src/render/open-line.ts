/**
 * The line that a stream is still writing: characters with their styles, and a cursor that can go back.
 *
 * It is a list of runs while it only grows, and becomes a list of single characters once something goes back in it, so
 * that each character costs the same however often a progress bar (or a hostile program) returns to the beginning.
 */
import type { AnsiStyle } from './ansi.ts'

/** Characters of one style. */
export interface Run {
  readonly text: string
  readonly style: AnsiStyle
}

export type Line = readonly Run[]

export interface OpenLine {
  /** Writes over what is under the cursor, and goes on behind the end. */
  write(text: string, style: AnsiStyle): void
  toStart(): void
  back(): void
  eraseToEnd(): void
  /** Erases the line and goes to its start: programs always return after it, and blanks would say nothing. */
  erase(): void
  line(): Line
  /** The cursor in code points; `null` at the end. */
  column(): number | null
}

export function createOpenLine(start: Line, startColumn: number | null): OpenLine {
  let runs: Run[] = [...start]
  /** Single characters; `null` while nothing went back. */
  let cells: Run[] | null = null
  let cursor = 0

  /** From here on the line is a list of characters. */
  const openCells = (): Run[] => {
    if (cells !== null) return cells
    cells = runs.flatMap(({ text, style }) => Array.from(text, character => ({ text: character, style })))
    cursor = cells.length
    return cells
  }
  if (startColumn !== null) {
    openCells()
    cursor = startColumn
  }

  return {
    write(text, style) {
      if (cells === null) append(runs, { text, style })
      else for (const character of text) cells[cursor++] = { text: character, style }
    },
    toStart() {
      openCells()
      cursor = 0
    },
    back() {
      openCells()
      cursor = Math.max(0, cursor - 1)
    },
    eraseToEnd() {
      if (cells !== null) cells.length = cursor
    },
    erase() {
      runs = []
      cells = null
    },
    line() {
      return cells === null ? runs : joined(cells)
    },
    column() {
      return cells === null || cursor === cells.length ? null : cursor
    },
  }
}

function joined(cells: readonly Run[]): Run[] {
  const runs: Run[] = []
  for (const cell of cells) append(runs, cell)
  return runs
}

function append(runs: Run[], run: Run): void {
  const last = runs.at(-1)
  if (last !== undefined && last.style === run.style) runs[runs.length - 1] = { ...run, text: last.text + run.text }
  else runs.push(run)
}

/** The characters of a line, without their styles. */
export function lineText(line: Line): string {
  return line.map(run => run.text).join('')
}
