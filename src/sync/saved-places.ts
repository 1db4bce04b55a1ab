/**
 * Where the frames of one log are, in a snapshot: see PROTOCOL.md, "Snapshots".
 */
import { malformed, type Reader, type Writer } from '../protocol/codec.ts'
import { readAll, writeAll } from '../protocol/columns.ts'
import { COUNT_MAX, PASTS_MAX } from '../protocol/limits.ts'
import { NOTHING_SEEN, type PlaceRun, type Vector } from './frame-list.ts'

/** @param numbers - of logs, by author id */
export function writePlaces(writer: Writer, runs: readonly PlaceRun[], numbers: ReadonlyMap<string, number>): void {
  let version = 0
  let past: Vector = NOTHING_SEEN
  writeAll(writer, runs, run => {
    writer.varuint(run.frames)
    writer.varuint(run.entries)
    // It is above the one before by at least as many as the frame has entries.
    writer.varuint(run.version - version - run.entries)
    const news = run.past === past ? [] : [...run.past].filter(([id, sequence]) => sequence !== past.get(id))
    writeAll(writer, news, ([id, sequence]) => {
      writer.varuint(numbers.get(id) as number)
      writer.varuint(sequence - (past.get(id) ?? 0))
    })
    version = run.version + (run.frames - 1) * run.entries
    past = run.past
  })
}

/**
 * Reads the places of one log after the other.
 * @param ids - of all authors, in the order of their numbers
 */
export function createPlacesReader(reader: Reader, ids: readonly string[]): (author: string) => PlaceRun[] {
  /** A few bytes say that a frame had one more author in its past, and then all are kept with it. */
  let room = PASTS_MAX

  function readPast(author: string, before: Vector): Vector {
    const news = readAll(reader, (): [string, number] => {
      const id = ids[reader.varuint()] ?? malformed('head-unknown')
      if (id === author) malformed('head-is-own')
      return [id, inBounds((before.get(id) ?? 0) + reader.varuint())]
    })
    if (news.length === 0) return before
    room -= before.size + news.length
    return room < 0 ? malformed('too-long') : new Map([...before, ...news])
  }

  return author => {
    let version = 0
    let past: Vector = NOTHING_SEEN
    return readAll(reader, () => {
      const [frames, entries] = [reader.varuint(), reader.varuint()]
      if (frames === 0 || entries === 0) malformed('number-out-of-range')
      const first = version + entries + reader.varuint()
      past = readPast(author, past)
      version = inBounds(first + (frames - 1) * entries)
      return { frames, entries, version: first, past }
    })
  }
}

const inBounds = (number: number) => (number > COUNT_MAX ? malformed('number-out-of-range') : number)
