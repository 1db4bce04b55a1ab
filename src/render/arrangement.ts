/**
 * Which outputs stand below a cell, and what must be drawn again when they change.
 *
 * A program that prints sends many streams; neighbours of the same name are one piece of text. A list that changed is
 * compared with the one before it, piece by piece, so that a growing log or a new picture leaves everything above it
 * untouched.
 */
import { type Output, sameValue } from './output.ts'

/** Streams joined, kinds that nothing is known of left out. */
export function arrange(outputs: readonly Output[]): readonly Output[] {
  const arranged: Output[] = []
  let texts: string[] = []
  const close = () => {
    const last = arranged.at(-1)
    if (last?.type === 'stream' && texts.length > 1) arranged[arranged.length - 1] = { ...last, text: texts.join('') }
    texts = []
  }
  for (const output of outputs) {
    const last = arranged.at(-1)
    if (output.type === 'stream' && last?.type === 'stream' && last.name === output.name) {
      texts.push(output.text)
      continue
    }
    close()
    arranged.push(output)
    if (output.type === 'stream') texts = [output.text]
  }
  close()
  return arranged
}

export type Change =
  | { readonly type: 'keep' }
  /** The same stream, with more text at its end. */
  | { readonly type: 'grow'; readonly text: string }
  | { readonly type: 'replace' }

/** What must happen to the view of `before` so that it shows `after`. */
export function changeBetween(before: Output, after: Output): Change {
  if (before === after) return { type: 'keep' }
  if (before.type === 'stream' && after.type === 'stream' && before.name === after.name) {
    if (!after.text.startsWith(before.text)) return { type: 'replace' }
    const text = after.text.slice(before.text.length)
    return text === '' ? { type: 'keep' } : { type: 'grow', text }
  }
  return sameValue(before, after) ? { type: 'keep' } : { type: 'replace' }
}
