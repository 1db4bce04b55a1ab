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
import { AUTHOR_BYTES, decodeSealed, HASH_BYTES, lastSequence } from '../protocol/frame.ts'
import { AUTHORS_MAX, COUNT_MAX, FRAME_MAX_BYTES, FRAME_MAX_HEADS } from '../protocol/limits.ts'
import { FrameList, latestIn, type PlaceRun } from './frame-list.ts'
import type { FrameRun, History } from './history.ts'
import type { AuthorLog } from './log.ts'
import { createPlacesReader, writePlaces } from './saved-places.ts'

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

/** The last sequence of which a snapshot has no frame, by author id. */
export function basesIn({ logs }: SavedHistory): ReadonlyMap<string, number> {
  return new Map(logs.map(log => [toHex(log.author), baseOf(log)]))
}

/** The last sequence of a log of which a snapshot has no frame. */
export function baseOf({ places, dropped }: SavedLog): number {
  let left = dropped
  let base = 0
  for (const { frames, entries } of places) {
    base += Math.min(left, frames) * entries
    left -= Math.min(left, frames)
  }
  return base
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
    // It is only shown, and anybody may say that years were between two frames.
    writer.varuint(before === 0 ? 0 : Math.min(log.frames.timeAt(before - 1), Number.MAX_SAFE_INTEGER))
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
  const readPlaces = createPlacesReader(reader, ids)
  const logs = heads.map((head, number): SavedLog => {
    const places = readPlaces(ids[number] as string)
    const reach = places.reduce((sum, { frames, entries }) => sum + frames * entries, 0)
    if (reach > COUNT_MAX || reach === 0) malformed('number-out-of-range')
    return { ...head, places, reach, dropped: reader.varuint(), time: reader.varuint() }
  })
  requirePasts(logs, ids)
  return { logs, frames: readFrames(reader, logs) }
}

/** What is in a past is in the snapshot, and an author who goes on from it can name all that nobody has named. */
function requirePasts(logs: readonly SavedLog[], ids: readonly string[]): void {
  const seen = latestIn(new Set(logs.flatMap(({ places }) => places.map(({ past }) => past))))
  const named = latestIn(logs.flatMap(({ places }) => places.at(-1)?.past ?? []))
  if (logs.some(({ reach }, i) => (seen.get(ids[i] as string) ?? 0) > reach)) malformed('head-unknown')
  const unnamed = logs.filter(({ reach }, i) => (named.get(ids[i] as string) ?? 0) < reach)
  if (unnamed.length > FRAME_MAX_HEADS) malformed('too-many-heads')
}

function readFrames(reader: Reader, logs: readonly SavedLog[]): SavedHistory['frames'] {
  const lists = logs.map(listOf)
  const next = logs.map(({ dropped }) => dropped)
  const frames: [number, Bytes][] = []
  for (let runs = reader.varuint(); runs > 0; runs--) {
    const number = reader.varuint()
    const list = lists[number] ?? malformed('number-out-of-range')
    for (let left = reader.varuint(); left > 0; left--) {
      const bytes = reader.prefixed(FRAME_MAX_BYTES).slice()
      const decoded = decodeSealed((logs[number] as SavedLog).author, bytes)
      if (!decoded.ok) malformed(decoded.code)
      const at = next[number] as number
      const fits =
        at < list.length &&
        list.sequenceAt(at) === decoded.value.sequence &&
        list.lastAt(at) === lastSequence(decoded.value)
      if (!fits) malformed('sequence-overlaps')
      next[number] = at + 1
      frames.push([number, bytes])
    }
  }
  if (lists.some(({ length }, i) => next[i] !== length)) malformed('truncated')
  return frames
}

/** A log's frames, without their bytes. Refuses an end that it cannot have. */
export function listOf({ author, places, endedAt, reach }: SavedLog): FrameList {
  const list = new FrameList(author)
  list.restore(places, 0, 0, [])
  // A log ends with the frame in which it was refused.
  const last = list.sequenceAt(list.length - 1)
  if (endedAt !== null && (endedAt < last || endedAt > reach)) malformed('number-out-of-range')
  return list
}
