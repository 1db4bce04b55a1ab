/**
 * A map from store ids that remembers what it was asked for last: they are numbers beyond small integers, which an engine
 * hashes slowly, and an author's edits come in rows.
 */
export class ByStore<T> {
  readonly #all = new Map<number, T>()
  #store = -1
  #last: T | undefined

  get(store: number): T | undefined {
    if (store !== this.#store) {
      this.#last = this.#all.get(store)
      this.#store = store
    }
    return this.#last
  }

  set(store: number, value: T): void {
    this.#all.set(store, value)
    this.#last = value
    this.#store = store
  }

  clear(): void {
    this.#all.clear()
    this.#last = undefined
    this.#store = -1
  }
}
