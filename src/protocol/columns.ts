/**
 * Columns of numbers in a snapshot: what most often comes is short.
 */
import { malformed, type Reader, type Writer } from './codec.ts'

/** A whole number of either sign: even numbers are twice as much, odd ones twice as little, less one. */
export function writeSigned(writer: Writer, value: number): void {
  writer.varuint(value >= 0 ? 2 * value : -2 * value - 1)
}

export function readSigned(reader: Reader): number {
  const number = reader.varuint()
  return number % 2 === 0 ? number / 2 : -(number + 1) / 2
}

/** A count, then the items. */
export function writeAll<T>(writer: Writer, items: readonly T[], write: (item: T, index: number) => void): void {
  writer.varuint(items.length)
  items.forEach(write)
}

/** The count is not trusted for allocation: each item takes at least a byte, so reading runs dry first. */
export function readAll<T>(reader: Reader, read: (index: number) => T, max?: number): T[] {
  const count = reader.varuint(max)
  const items: T[] = []
  for (let i = 0; i < count; i++) items.push(read(i))
  return items
}

/** Numbers of which most are 0: how many of those come before each other one. */
export function writeSparse(writer: Writer, values: readonly number[]): void {
  let zeros = 0
  for (const value of values) {
    if (value === 0) zeros++
    else {
      writer.varuint(zeros + 1)
      writer.varuint(value)
      zeros = 0
    }
  }
  writer.varuint(0)
}

/** @param count - how many numbers there are in all */
export function readSparse(reader: Reader, count: number): number[] {
  const values = new Array<number>(count).fill(0)
  let at = -1
  for (let step = reader.varuint(); step > 0; step = reader.varuint()) {
    at += step
    if (at >= count) malformed('number-out-of-range')
    values[at] = reader.varuint()
    if (values[at] === 0) malformed('not-shortest')
  }
  return values
}
