/**
 * The applied frames of one author, in order. There may be as many as keystrokes: their bytes lie behind one another in
 * segments, and what follows from their places in columns.
 */
import type { Bytes } from '../base/bytes.ts'
import type { KeptFrame } from './keeper.ts'

/** The last sequence seen of each author, by author id. */
export type Vector = ReadonlyMap<string, number>

export const NOTHING_SEEN: Vector = new Map()

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

/** Bytes in a segment; a longer frame has one of its own. */
const SEGMENT_BYTES = 64 * 1024

export class FrameList {
  readonly #author: Bytes
  readonly #segments: Bytes[] = []
  /** In the last segment. */
  #used = 0
  readonly #sequences: number[] = []
  readonly #lasts: number[] = []
  readonly #versions: number[] = []
  readonly #times: number[] = []
  readonly #pasts: Vector[] = []
  /** Where the bytes are: number of the segment, from, to. */
  readonly #places: number[] = []
  readonly #starts: number[] = []
  readonly #ends: number[] = []
  /** Of the last frame, or as before the first. */
  reach = 0
  version = 0
  time = 0
  past: Vector = NOTHING_SEEN

  constructor(author: Bytes) {
    this.#author = author
  }

  get length(): number {
    return this.#lasts.length
  }

  push({ sequence, last, version, past, time }: FramePlace, bytes: Bytes): void {
    this.#keep(bytes)
    this.#sequences.push(sequence)
    this.#lasts.push(last)
    this.#versions.push(version)
    this.#times.push(time)
    this.#pasts.push(past)
    this.reach = last
    this.version = version
    this.time = time
    this.past = past
  }

  #keep(bytes: Bytes): void {
    const segment = this.#segments.at(-1)
    if (!segment || this.#used + bytes.length > segment.length) {
      this.#segments.push(new Uint8Array(Math.max(SEGMENT_BYTES, bytes.length)))
      this.#used = 0
    }
    const place = this.#segments.length - 1
    this.#places.push(place)
    this.#starts.push(this.#used)
    this.#segments[place]?.set(bytes, this.#used)
    this.#used += bytes.length
    this.#ends.push(this.#used)
  }

  /** @param index - of a frame that is there */
  at(index: number): LoggedFrame {
    const segment = this.#segments[this.#places[index] as number] as Bytes
    return {
      author: this.#author,
      sequence: this.sequenceAt(index),
      last: this.lastAt(index),
      version: this.#versions[index] as number,
      past: this.#pasts[index] as Vector,
      time: this.#times[index] as number,
      bytes: segment.slice(this.#starts[index], this.#ends[index]),
    }
  }

  /** Sequence of the first entry of the frame at `index`. */
  sequenceAt(index: number): number {
    return this.#sequences[index] as number
  }

  /** Sequence of the last entry of the frame at `index`. */
  lastAt(index: number): number {
    return this.#lasts[index] as number
  }

  /** Index of the frame that holds `sequence`; -1 beyond them. */
  indexWith(sequence: number): number {
    if (sequence > this.reach) return -1
    let low = 0
    let high = this.length - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.lastAt(middle) < sequence) low = middle + 1
      else high = middle
    }
    return low
  }
}
