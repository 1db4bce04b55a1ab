/**
 * How far a store's clock had come at each place of its log. In columns, because there may be as many as keystrokes.
 */
export class ClockList {
  /** Of the edits that inserted something, ascending. */
  readonly #sequences: number[] = []
  /** After them. */
  readonly #clocks: number[] = []
  #last = 0

  /** @param clock - after the edit at `sequence`, which follows all that were told before */
  tell(sequence: number, clock: number): void {
    if (clock === this.#last) return
    this.#sequences.push(sequence)
    this.#clocks.push(clock)
    this.#last = clock
  }

  /** After all edits up to `sequence`. */
  at(sequence: number): number {
    let high = this.#sequences.length
    if (high === 0) return 0
    if ((this.#sequences[high - 1] as number) <= sequence) return this.#last
    let low = 0
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#sequences[middle] as number) <= sequence) low = middle + 1
      else high = middle
    }
    return low === 0 ? 0 : (this.#clocks[low - 1] as number)
  }
}
