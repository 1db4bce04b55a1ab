/**
 * How much of a very long output is drawn: the end of it, until somebody asks for everything.
 *
 * A page with a million lines of log scrolls badly and helps nobody; the newest lines are the ones that are looked for.
 * Lines come in blocks, and only whole blocks leave, so that growing costs the same however long the output is.
 */

export interface Extent {
  readonly lines: number
  /** UTF-16 units. */
  readonly characters: number
}

/** What is drawn before anybody asks for more. */
export const outputLimit: Extent = { lines: 10_000, characters: 1_000_000 }

/** Lines in one block, at most. */
export const blockLines = 500

/** The longest part of a single line that is drawn, in UTF-16 units. */
export const lineLimit = 100_000

/** How many of the oldest blocks leave; the newest always stays. */
export function blocksToDrop(blocks: readonly Extent[], limit: Extent): number {
  let lines = 0
  let characters = 0
  for (let i = blocks.length - 1; i >= 0; i--) {
    lines += blocks[i]?.lines ?? 0
    characters += blocks[i]?.characters ?? 0
    const isNewest = i === blocks.length - 1
    if (!isNewest && (lines > limit.lines || characters > limit.characters)) return i + 1
  }
  return 0
}
