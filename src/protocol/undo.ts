/**
 * The payload of an undo or a redo: which edits it speaks of. Grammar in PROTOCOL.md ("Undo and redo").
 */
import type { Bytes } from '../base/bytes.ts'
import { createWriter, malformed, type Reader } from './codec.ts'
import { UNDO_MAX_EDITS } from './limits.ts'

/** Edits of one author that follow one another. */
export interface EditRange {
  readonly store: number
  /** Sequence of the first. */
  readonly first: number
  readonly count: number
}

/** What names the author itself: no store has this id. */
const OWN = 0

/** @param ranges - see {@link rangesOf} */
export function encodeUndo(ranges: readonly EditRange[], author: number): Bytes {
  const writer = createWriter()
  for (const { store, first, count } of ranges) {
    writer.varuint(store === author ? OWN : store)
    writer.varuint(first)
    writer.varuint(count)
  }
  return writer.finish()
}

/** Reads to the end of `reader`; refuses through it what {@link encodeUndo} would not have written. */
export function readUndo(reader: Reader, author: number): EditRange[] {
  const ranges: EditRange[] = []
  let edits = 0
  do {
    const named = reader.varuint()
    if (named === author) malformed('store-unknown')
    const range = { store: named === OWN ? author : named, first: reader.varuint(), count: reader.varuint() }
    if (range.first === 0 || range.count === 0) malformed('number-out-of-range')
    const before = ranges.at(-1)
    if (before && !precedes(before, range)) malformed('undo-not-sorted')
    edits += range.count
    if (edits > UNDO_MAX_EDITS) malformed('undo-too-large')
    ranges.push(range)
  } while (reader.remaining > 0)
  return ranges
}

/** Ranges of one store have a gap between them: otherwise they would be one. */
function precedes(a: EditRange, b: EditRange): boolean {
  return a.store < b.store || (a.store === b.store && a.first + a.count < b.first)
}

/** Edits as the wire has them: in order, each once. */
export function rangesOf(edits: Iterable<{ readonly store: number; readonly sequence: number }>): EditRange[] {
  const ranges: EditRange[] = []
  for (const { store, sequence } of [...edits].sort((a, b) => a.store - b.store || a.sequence - b.sequence)) {
    const last = ranges.at(-1)
    const end = last?.store === store ? last.first + last.count : Number.NaN
    if (last && end === sequence) ranges[ranges.length - 1] = { ...last, count: last.count + 1 }
    else if (!last || end - 1 !== sequence) ranges.push({ store, first: sequence, count: 1 })
  }
  return ranges
}
