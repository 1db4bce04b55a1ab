/**
 * All that was ever added to one set, each addition hidden by any number of removals.
 */
import type { ElementId, IdRange, Scalar } from '../protocol/patch.ts'
import { Places } from './places.ts'
import { keyOf } from './set-value.ts'

interface Addition extends ElementId {
  readonly length: 1
  readonly item: Scalar
  /** How many removals hide it, and one more when it was undone. */
  removals: number
}

export class Additions {
  readonly #all = new Places<Addition>()
  /** By the item's key: the additions that nothing hides. */
  readonly #shown = new Map<string, Set<Addition>>()
  /** What is there, ascending by key. */
  readonly #items: { readonly key: string; readonly item: Scalar }[] = []
  /** How often an item came or went. */
  turns = 0

  /** Adds items with ids in a row, from `id` on. */
  add({ store, clock }: ElementId, items: readonly Scalar[]): void {
    for (const [i, item] of items.entries()) {
      const addition: Addition = { store, clock: clock + i, length: 1, item, removals: 0 }
      this.#all.add(addition)
      this.#show(addition)
    }
  }

  has(id: ElementId): boolean {
    return this.#all.at(id) !== null
  }

  /** Whether all of a range were added here. */
  hasAll(range: IdRange): boolean {
    let next = range.clock
    for (const { clock } of this.#all.in(range)) {
      if (clock !== next) return false
      next++
    }
    return next === range.clock + range.length
  }

  /** Changes how many removals hide the additions in `range`. */
  hide(range: IdRange, by: number): void {
    for (const addition of this.#all.in(range)) {
      if (addition.removals === 0) this.#unshow(addition)
      // A snapshot may have lied about how many there are.
      addition.removals = Math.max(0, addition.removals + by)
      if (addition.removals === 0) this.#show(addition)
    }
  }

  /** The items that are there, in one order on every replica. */
  items(): readonly Scalar[] {
    return this.#items.map(({ item }) => item)
  }

  /** How many additions show the item. */
  count(item: Scalar): number {
    return this.#shown.get(keyOf(item))?.size ?? 0
  }

  /** The additions that show items, as the wire has them. */
  seen(items: readonly Scalar[]): readonly IdRange[] {
    const shown = items.flatMap(item => [...(this.#shown.get(keyOf(item)) ?? [])])
    return shown
      .sort((a, b) => a.store - b.store || a.clock - b.clock)
      .map(({ store, clock }) => ({ store, clock, length: 1 }))
  }

  /** Ascending by store and clock. */
  all(): Iterable<Readonly<Addition>> {
    return this.#all
  }

  describe(): readonly (readonly (Scalar | number)[])[] {
    return Array.from(this.#all, ({ store, clock, item, removals }) => [store, clock, item, removals])
  }

  #show(addition: Addition): void {
    const { item } = addition
    const key = keyOf(item)
    const shown = this.#shown.get(key)
    if (shown) return void shown.add(addition)
    this.#shown.set(key, new Set([addition]))
    this.#items.splice(this.#placeOf(key), 0, { key, item })
    this.turns++
  }

  #unshow(addition: Addition): void {
    const key = keyOf(addition.item)
    const shown = this.#shown.get(key)
    shown?.delete(addition)
    if (shown?.size !== 0) return
    this.#shown.delete(key)
    this.#items.splice(this.#placeOf(key), 1)
    this.turns++
  }

  /** Where the key is, or belongs. */
  #placeOf(key: string): number {
    let low = 0
    let high = this.#items.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#items[middle] as { key: string }).key < key) low = middle + 1
      else high = middle
    }
    return low
  }
}
