/**
 * A text or list in a snapshot: its runs, and where items were moved to.
 */
import type { Bytes } from '../base/bytes.ts'
import { createReader, malformed, type Reader, type Writer } from '../protocol/codec.ts'
import { readAll, writeAll } from '../protocol/columns.ts'
import { COUNT_MAX } from '../protocol/limits.ts'
import type { ElementId, Move } from '../protocol/patch.ts'
import type { StoreNumbers } from '../protocol/snapshot.ts'
import { createFinder } from './finder.ts'
import { readContent } from './saved-content.ts'
import { type RunsToSave, readRuns, type SavedRuns, writeRuns } from './saved-runs.ts'
import type { Content, Span } from './span.ts'

export type SavedMove = Move & { readonly undone: boolean }

export interface SavedSequence<C extends Content> {
  readonly runs: SavedRuns<C>
  readonly moves: readonly SavedMove[]
}

/** As it is given to be written. */
export interface SequenceToSave<C extends Content> {
  readonly runs: RunsToSave<C>
  readonly moves: readonly SavedMove[]
}

/** @param empty - the content of no element: `''` or `[]` */
export function writeSequence<C extends Content>(
  writer: Writer,
  { runs, moves }: SequenceToSave<C>,
  empty: C,
  stores: StoreNumbers,
): void {
  writer.varuint(runs.spans.reduce((sum, { removals, length }) => (removals > 0 ? sum : sum + length), 0))
  writeRuns(writer, runs, empty, stores)
  writeAll(writer, moves, ({ id, of, version, undone }) => {
    writeId(writer, id, stores)
    writeId(writer, of, stores)
    writer.varuint(version)
    writer.byte(undone ? 1 : 0)
  })
}

/** @param clocks - how many elements a store has inserted */
export function readSequence<C extends Content>(
  reader: Reader,
  empty: C,
  stores: StoreNumbers,
  clocks: (store: number) => number,
): SavedSequence<C> {
  reader.varuint()
  const runs = readRuns(reader, empty, stores, clocks)
  const moves = readAll(reader, (): SavedMove => {
    const [id, of] = [readId(reader, stores), readId(reader, stores)]
    return {
      ...{ type: 'move', id, left: null, right: null, of },
      ...{ version: reader.varuint(COUNT_MAX), undone: readFlag(reader) },
    }
  })
  if (moves.length > 0) requireSlots(moves, runs, typeof empty === 'string')
  return { runs, moves }
}

/** A slot is an element that shows another one, which is no slot. */
function requireSlots(moves: readonly SavedMove[], { spans, byId }: SavedRuns<Content>, isText: boolean): void {
  const isHere = createFinder(byId.map(at => spans[at] as Span))
  const slots = new Set(moves.map(({ id }) => nameOf(id)))
  const fit = moves.every(({ id, of }) => isHere(id) && isHere(of) && !slots.has(nameOf(of)))
  if (isText || !fit || slots.size < moves.length) malformed('move-outside-past')
}

const nameOf = ({ store, clock }: ElementId) => `${store}.${clock}`

/** What can be seen of what {@link writeSequence} wrote. */
export function readSeen<C extends Content>(bytes: Bytes, empty: C): { readonly length: number; content(): C } {
  const reader = createReader(bytes)
  const length = reader.varuint()
  const content = readContent(reader, empty)
  if (content.length !== length) malformed('number-out-of-range')
  return { length, content: () => content }
}

function writeId(writer: Writer, { store, clock }: ElementId, stores: StoreNumbers): void {
  writer.varuint(stores.numberOf(store))
  writer.varuint(clock)
}

function readId(reader: Reader, stores: StoreNumbers): ElementId {
  return { store: stores.at(reader.varuint()), clock: reader.varuint() }
}

export function readFlag(reader: Reader): boolean {
  const flag = reader.byte()
  return flag > 1 ? malformed('number-out-of-range') : flag === 1
}
