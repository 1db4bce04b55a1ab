/**
 * The payload of an undo or a redo: which edits it speaks of. Grammar in PROTOCOL.md ("Undo and redo").
 */
import type { Bytes } from '../base/bytes.ts'
import { createWriter, malformed, type Reader, type Writer } from './codec.ts'
import { UNDO_MAX_EDITS } from './limits.ts'

/** Edits of one author that follow one another. */
export interface EditRange {
  readonly store: number
  /** Sequence of the first. */
  readonly first: number
  readonly count: number
}

/** What a redo takes back: an undo, of some edits. */
export interface TakenBack {
  /** The entry that undid them. */
  readonly undo: { readonly store: number; readonly sequence: number }
  readonly ranges: readonly EditRange[]
}

/** What names the author itself: no store has this id. */
const OWN = 0

/** @param ranges - see {@link rangesOf} */
export function encodeUndo(ranges: readonly EditRange[], author: number): Bytes {
  const writer = createWriter()
  for (const range of ranges) writeRange(writer, range, author)
  return writer.finish()
}

/** @param groups - ascending by undo */
export function encodeRedo(groups: readonly TakenBack[], author: number): Bytes {
  const writer = createWriter()
  for (const { undo, ranges } of groups) {
    writer.varuint(undo.store === author ? OWN : undo.store)
    writer.varuint(undo.sequence)
    writer.varuint(ranges.length)
    for (const range of ranges) writeRange(writer, range, author)
  }
  return writer.finish()
}

function writeRange(writer: Writer, { store, first, count }: EditRange, author: number): void {
  writer.varuint(store === author ? OWN : store)
  writer.varuint(first)
  writer.varuint(count)
}

/** Reads to the end of `reader`; refuses through it what {@link encodeUndo} would not have written. */
export function readUndo(reader: Reader, author: number): EditRange[] {
  return readRanges(reader, author, UNDO_MAX_EDITS, () => reader.remaining > 0)
}

/** Reads to the end of `reader`; refuses through it what {@link encodeRedo} would not have written. */
export function readRedo(reader: Reader, author: number): TakenBack[] {
  const groups: TakenBack[] = []
  let edits = 0
  do {
    const undo = { store: readStore(reader, author), sequence: reader.varuint() }
    const before = groups.at(-1)?.undo
    const isNext =
      !before || before.store < undo.store || (before.store === undo.store && before.sequence < undo.sequence)
    if (!isNext) malformed('undo-not-sorted')
    const rangeCount = reader.varuint(UNDO_MAX_EDITS)
    if (undo.sequence === 0 || rangeCount === 0) malformed('number-out-of-range')
    const ranges = readRanges(reader, author, UNDO_MAX_EDITS - edits, read => read < rangeCount)
    edits += ranges.reduce((sum, { count }) => sum + count, 0)
    groups.push({ undo, ranges })
  } while (reader.remaining > 0)
  return groups
}

function readStore(reader: Reader, author: number): number {
  const named = reader.varuint()
  if (named === author) malformed('store-unknown')
  return named === OWN ? author : named
}

/** @param more - whether there is another one, by how many were read */
function readRanges(reader: Reader, author: number, max: number, more: (read: number) => boolean): EditRange[] {
  const ranges: EditRange[] = []
  let edits = 0
  do {
    const range = { store: readStore(reader, author), first: reader.varuint(), count: reader.varuint() }
    if (range.first === 0 || range.count === 0) malformed('number-out-of-range')
    const before = ranges.at(-1)
    if (before && !precedes(before, range)) malformed('undo-not-sorted')
    edits += range.count
    if (edits > max) malformed('undo-too-large')
    ranges.push(range)
  } while (more(ranges.length))
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
