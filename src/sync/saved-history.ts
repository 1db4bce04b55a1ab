/**
 * All logs in a snapshot: what follows from their frames, and the last of those as they are. See PROTOCOL.md, "Snapshots".
 *
 * Where frames end, which versions they have and what their authors had seen is kept of all of them: whoever was away may
 * name any of them, and his frames are judged here as they are by everybody else.
 */
import type { Bytes } from '../base/bytes.ts'
import { compareBytes, toHex } from '../base/bytes.ts'
import { malformed, type Reader, type Writer } from '../protocol/codec.ts'
import { readAll, writeAll } from '../protocol/columns.ts'
import { AUTHOR_BYTES, decodeSealed, HASH_BYTES } from '../protocol/frame.ts'
import { AUTHORS_MAX, FRAME_MAX_BYTES } from '../protocol/limits.ts'
import { NOTHING_SEEN, type PlaceRun, type Vector } from './frame-list.ts'
import type { FrameRun, History } from './history.ts'
import type { AuthorLog } from './log.ts'

/** One log, as a snapshot has it. */
export interface SavedLog {
  readonly author: Bytes
  readonly introduction: Bytes
  /** Sequence of the entry that was refused; `null` when none was. */
  readonly endedAt: number | null
  /** Of the last frame. */
  readonly hash: Bytes
  /** Last sequence. */
  readonly reach: number
  readonly places: readonly PlaceRun[]
  /** How many frames are before those whose bytes are here, and the time of the last of them. */
  readonly dropped: number
  readonly time: number
}

export interface SavedHistory {
  /** Ascending by author. */
  readonly logs: readonly SavedLog[]
  /** The bytes of the last frames of logs, in the order of application: index of the log, frame. */
  readonly frames: readonly (readonly [number, Bytes])[]
}

/** The last frames of logs that hold `entries` entries in all, by log: how many frames are before them. */
export function tailOfHistory({ order }: History, entries: number): ReadonlyMap<AuthorLog, number> {
  const dropped = new Map<AuthorLog, number>()
  let left = entries
  for (const { log, from, to } of order.toReversed()) {
    for (let i = to - 1; i >= from && left > 0; i--) {
      dropped.set(log, i)
      left -= log.frames.lastAt(i) - log.frames.sequenceAt(i) + 1
    }
  }
  return dropped
}

/** Logs in which something is applied, as a snapshot numbers them. */
export function logsInOrder(history: History): AuthorLog[] {
  return history.begun().sort((a, b) => compareBytes(a.author, b.author))
}

/** @param dropped - by log: how many frames are before those whose bytes are written */
export function writeHistory(writer: Writer, history: History, dropped: ReadonlyMap<AuthorLog, number>): void {
  const logs = logsInOrder(history)
  const numbers = new Map(logs.map(({ id }, number) => [id, number]))
  writeAll(writer, logs, log => {
    writer.bytes(log.author)
    writer.prefixed(log.introduction ?? new Uint8Array(0))
    writer.varuint(log.ended ? log.endedAt : 0)
    writer.bytes(log.hash)
  })
  for (const log of logs) {
    writePlaces(writer, [...log.frames.runs(log.frames.length)], numbers)
    const before = dropped.get(log) ?? log.frames.length
    writer.varuint(before)
    writer.varuint(before === 0 ? 0 : log.frames.timeAt(before - 1))
  }
  writeAll(writer, runsFrom(history.order, dropped), ({ log, from, to }) => {
    writer.varuint(numbers.get(log.id) as number)
    writer.varuint(to - from)
    for (let i = from; i < to; i++) writer.prefixed(log.frames.at(i).bytes)
  })
}

function runsFrom(order: readonly FrameRun[], dropped: ReadonlyMap<AuthorLog, number>): FrameRun[] {
  return order.flatMap(({ log, from, to }) => {
    const first = Math.max(from, dropped.get(log) ?? to)
    return first < to ? [{ log, from: first, to }] : []
  })
}

export function readHistory(reader: Reader): SavedHistory {
  const heads = readAll(
    reader,
    () => ({
      author: reader.bytes(AUTHOR_BYTES).slice(),
      introduction: reader.prefixed(FRAME_MAX_BYTES).slice(),
      endedAt: reader.varuint() || null,
      hash: reader.bytes(HASH_BYTES).slice(),
    }),
    AUTHORS_MAX,
  )
  const ids = heads.map(({ author }) => toHex(author))
  if (ids.some((id, i) => i > 0 && id <= (ids[i - 1] as string))) malformed('heads-not-sorted')
  const logs = heads.map((head): SavedLog => {
    const places = readPlaces(reader, ids)
    const reach = places.reduce((sum, { frames, entries }) => sum + frames * entries, 0)
    if (!Number.isSafeInteger(reach) || reach === 0) malformed('number-out-of-range')
    return { ...head, places, reach, dropped: reader.varuint(), time: reader.varuint() }
  })
  const frames: [number, Bytes][] = []
  for (let runs = reader.varuint(); runs > 0; runs--) {
    const number = reader.varuint()
    const { author } = logs[number] ?? malformed('number-out-of-range')
    for (let left = reader.varuint(); left > 0; left--) {
      const bytes = reader.prefixed(FRAME_MAX_BYTES).slice()
      const decoded = decodeSealed(author, bytes)
      if (!decoded.ok) malformed(decoded.code)
      frames.push([number, bytes])
    }
  }
  const counts = logs.map(({ places, dropped }) => places.reduce((sum, run) => sum + run.frames, 0) - dropped)
  for (const [number] of frames) counts[number] = (counts[number] as number) - 1
  if (counts.some(left => left !== 0)) malformed('number-out-of-range')
  return { logs, frames }
}

function writePlaces(writer: Writer, runs: readonly PlaceRun[], numbers: ReadonlyMap<string, number>): void {
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

function readPlaces(reader: Reader, ids: readonly string[]): PlaceRun[] {
  let version = 0
  let past: Vector = NOTHING_SEEN
  return readAll(reader, () => {
    const [frames, entries] = [reader.varuint(), reader.varuint()]
    if (frames === 0 || entries === 0) malformed('number-out-of-range')
    const first = version + entries + reader.varuint()
    const news = readAll(reader, (): [string, number] => {
      const id = ids[reader.varuint()] ?? malformed('head-unknown')
      return [id, (past.get(id) ?? 0) + reader.varuint()]
    })
    if (news.length > 0) past = new Map([...past, ...news])
    version = first + (frames - 1) * entries
    if (!Number.isSafeInteger(version)) malformed('number-out-of-range')
    return { frames, entries, version: first, past }
  })
}
