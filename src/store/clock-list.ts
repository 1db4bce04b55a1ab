/**
 * How far a store's clock had come at each place of its log. In runs of edits that inserted as much each, because people type
 * and delete one character after the other.
 */
import { malformed, type Reader, type Writer } from '../protocol/codec.ts'

export class ClockList {
  /** Of each run: the sequence of its first edit, the clock before it, and how many elements each of its edits inserted. */
  readonly #firsts: number[] = []
  readonly #befores: number[] = []
  readonly #steps: number[] = []
  /** Of the last run. */
  #step = -1
  #sequence = 0
  #clock = 0

  /** @param clock - after the edit at `sequence`, which follows all that were told before */
  tell(sequence: number, clock: number): void {
    // What stands between them inserts nothing.
    if (sequence > this.#sequence + 1) this.#add(this.#sequence + 1, 0)
    this.#add(sequence, clock - this.#clock)
    this.#sequence = sequence
    this.#clock = clock
  }

  #add(first: number, step: number): void {
    if (step === this.#step) return
    this.#firsts.push(first)
    this.#befores.push(this.#clock)
    this.#steps.push(step)
    this.#step = step
  }

  /** After all edits up to `sequence`. */
  at(sequence: number): number {
    if (sequence >= this.#sequence) return this.#clock
    let low = 0
    let high = this.#firsts.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#firsts[middle] as number) <= sequence) low = middle + 1
      else high = middle
    }
    const run = low - 1
    if (run < 0) return 0
    const edits = sequence - (this.#firsts[run] as number) + 1
    return (this.#befores[run] as number) + edits * (this.#steps[run] as number)
  }

  /** Writes the runs, each as long as it is: see PROTOCOL.md, "Snapshots". */
  save(writer: Writer): void {
    writer.varuint(this.#steps.length)
    for (const [i, step] of this.#steps.entries()) {
      writer.varuint((this.#firsts[i + 1] ?? this.#sequence + 1) - (this.#firsts[i] as number))
      writer.varuint(step)
    }
  }

  static restore(reader: Reader): ClockList {
    const list = new ClockList()
    const runs = reader.varuint()
    for (let i = 0; i < runs; i++) {
      const edits = reader.varuint()
      const step = reader.varuint()
      list.#add(list.#sequence + 1, step)
      list.#sequence += edits
      list.#clock += edits * step
    }
    return list
  }

  /** Refuses what goes beyond the end of the log, or beyond the elements that its author has inserted. */
  require(reach: number, elements: number): void {
    if (this.#sequence > reach || this.#clock > elements) malformed('number-out-of-range')
  }
}
