/**
 * Byte strings, each with a time. There may be as many as keystrokes: they lie behind one another in segments, so that an engine
 * has few objects to look after.
 */
import type { Bytes } from '../base/bytes.ts'

interface Segment {
  /** Index of the first string in it. */
  readonly first: number
  readonly bytes: Bytes
  /** Of each string: where it ends. */
  readonly ends: number[]
  readonly times: number[]
}

/** Bytes in a segment; a longer string has one of its own. */
const SEGMENT_BYTES = 64 * 1024

export class TimedBytes {
  readonly #segments: Segment[] = []
  length = 0

  push(bytes: Bytes, time: number): void {
    let segment = this.#segments.at(-1)
    let start = segment?.ends.at(-1) ?? 0
    if (!segment || start + bytes.length > segment.bytes.length) {
      const room = new Uint8Array(Math.max(SEGMENT_BYTES, bytes.length))
      segment = { first: this.length, bytes: room, ends: [], times: [] }
      this.#segments.push(segment)
      start = 0
    }
    segment.bytes.set(bytes, start)
    segment.ends.push(start + bytes.length)
    segment.times.push(time)
    this.length++
  }

  /** @param index - of a string that is here. @returns a copy */
  at(index: number): Bytes {
    const { first, bytes, ends } = this.#segmentOf(index)
    return bytes.slice(ends[index - first - 1] ?? 0, ends[index - first])
  }

  /** @param index - of a string that is here */
  timeAt(index: number): number {
    const { first, times } = this.#segmentOf(index)
    return times[index - first] as number
  }

  #segmentOf(index: number): Segment {
    let low = 0
    let high = this.#segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#segments[middle] as Segment).first <= index) low = middle
      else high = middle - 1
    }
    return this.#segments[low] as Segment
  }
}
