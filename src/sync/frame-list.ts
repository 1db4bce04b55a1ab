/**
 * The applied frames of one author, in order. There may be as many as keystrokes: what follows from their places is kept in
 * columns, for each run of frames that follow on each other.
 */
import type { Bytes } from '../base/bytes.ts'
import { elapsedIn } from '../protocol/frame.ts'
import type { KeptFrame } from './keeper.ts'
import { TimedBytes } from './timed-bytes.ts'

/** The last sequence seen of each author, by author id. */
export type Vector = ReadonlyMap<string, number>

export const NOTHING_SEEN: Vector = new Map()

/** The last sequence of each author in any of `pasts`. */
export function latestIn(pasts: Iterable<Iterable<readonly [string, number]>>): Vector {
  const latest = new Map<string, number>()
  for (const past of pasts) {
    for (const [id, sequence] of past) if (sequence > (latest.get(id) ?? 0)) latest.set(id, sequence)
  }
  return latest
}

/** What follows from a frame's place. */
export interface FramePlace {
  /** Of the first entry. */
  readonly sequence: number
  /** Of the last entry. */
  readonly last: number
  /** Of the last entry; the others' run up to it. */
  readonly version: number
  /** What the frame's author had seen of *others* when making it; shared between frames that name no new heads. */
  readonly past: Vector
  /** Milliseconds since the Unix epoch by the author's clock. */
  readonly time: number
}

export interface LoggedFrame extends KeptFrame, FramePlace {}

/** Frames in a row with as many entries each, without anything new of others between them. */
export interface PlaceRun {
  readonly frames: number
  /** In each. */
  readonly entries: number
  /** Of the first frame; the others' rise by {@link PlaceRun.entries}. */
  readonly version: number
  readonly past: Vector
}

export class FrameList {
  readonly #author: Bytes
  /** How many frames are before the first of which there are bytes. */
  #dropped = 0
  /** Of the last of them. */
  #baseTime = 0
  readonly #kept = new TimedBytes()
  /** Of each run: index of the first frame, its first sequence, its version, how many entries each has, what all had seen. */
  readonly #indices: number[] = []
  readonly #sequences: number[] = []
  readonly #versions: number[] = []
  readonly #entries: number[] = []
  readonly #pasts: Vector[] = []
  length = 0
  /** Of the last frame, or as before the first. */
  reach = 0
  version = 0
  time = 0
  past: Vector = NOTHING_SEEN

  constructor(author: Bytes) {
    this.#author = author
  }

  /** The last sequence of which there is no frame any more. */
  get base(): number {
    return this.#dropped === 0 ? 0 : this.lastAt(this.#dropped - 1)
  }

  /** How many frames of the beginning there are no bytes of. */
  get dropped(): number {
    return this.#dropped
  }

  push({ last, version, past, time }: FramePlace, bytes: Bytes): void {
    this.#kept.push(bytes, time)
    this.time = time
    this.#place(1, last - this.reach, version, past)
  }

  /**
   * Frames as a snapshot has them, in the place of none.
   * @param dropped - how many of them are before those whose bytes are here, and `time` that of the last of them
   */
  restore(runs: readonly PlaceRun[], dropped: number, time: number, frames: readonly Bytes[]): void {
    for (const run of runs) this.#place(run.frames, run.entries, run.version, run.past)
    this.#dropped = dropped
    this.#baseTime = time
    this.time = time
    for (const bytes of frames) {
      this.time += elapsedIn(bytes)
      this.#kept.push(bytes, this.time)
    }
  }

  #place(frames: number, entries: number, version: number, past: Vector): void {
    const run = this.#entries.length - 1
    if (run < 0 || entries !== this.#entries[run] || version !== this.version + entries || past !== this.past) {
      this.#indices.push(this.length)
      this.#sequences.push(this.reach + 1)
      this.#versions.push(version)
      this.#entries.push(entries)
      this.#pasts.push(past)
    }
    this.length += frames
    this.reach += frames * entries
    this.version = version + (frames - 1) * entries
    this.past = past
  }

  /** @param index - of a frame whose bytes are here */
  at(index: number): LoggedFrame {
    return { author: this.#author, ...this.placeAt(index), bytes: this.#kept.at(index - this.#dropped) }
  }

  /** Of a frame whose bytes are here, or of the last before those. */
  timeAt(index: number): number {
    const kept = index - this.#dropped
    return kept >= 0 && kept < this.#kept.length ? this.#kept.timeAt(kept) : this.#baseTime
  }

  /** @param index - of a frame; its time is known only where its bytes are */
  placeAt(index: number): FramePlace {
    const run = indexOfLast(this.#indices, index)
    const frames = index - (this.#indices[run] as number)
    const entries = this.#entries[run] as number
    const sequence = (this.#sequences[run] as number) + frames * entries
    return {
      sequence,
      last: sequence + entries - 1,
      version: (this.#versions[run] as number) + frames * entries,
      past: this.#pasts[run] as Vector,
      time: this.timeAt(index),
    }
  }

  /** Sequence of the first entry of the frame at `index`. */
  sequenceAt(index: number): number {
    const run = indexOfLast(this.#indices, index)
    const frames = index - (this.#indices[run] as number)
    return (this.#sequences[run] as number) + frames * (this.#entries[run] as number)
  }

  /** Sequence of the last entry of the frame at `index`. */
  lastAt(index: number): number {
    return this.sequenceAt(index + 1) - 1
  }

  /** Index of the frame that holds `sequence`; -1 beyond them. */
  indexWith(sequence: number): number {
    if (sequence > this.reach || this.length === 0) return -1
    const run = Math.max(0, indexOfLast(this.#sequences, sequence))
    const entries = sequence - (this.#sequences[run] as number)
    return (this.#indices[run] as number) + Math.max(0, Math.floor(entries / (this.#entries[run] as number)))
  }

  /** The places of the first `count` frames. */
  *runs(count: number): Generator<PlaceRun> {
    for (let run = 0; (this.#indices[run] ?? count) < count; run++) {
      yield {
        frames: Math.min(this.#indices[run + 1] ?? this.length, count) - (this.#indices[run] as number),
        entries: this.#entries[run] as number,
        version: this.#versions[run] as number,
        past: this.#pasts[run] as Vector,
      }
    }
  }
}

/** Index of the last of the ascending `values` that is not above `value`. */
function indexOfLast(values: readonly number[], value: number): number {
  let low = 0
  let high = values.length
  if (high > 0 && (values[high - 1] as number) <= value) return high - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if ((values[middle] as number) <= value) low = middle + 1
    else high = middle
  }
  return low - 1
}
