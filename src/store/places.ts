/**
 * Single elements by store and clock: to find one costs two searches.
 */
import type { ElementId, IdRange } from '../protocol/patch.ts'
import { createSpanIndex, type SpanIndex } from './span-index.ts'

export class Places<T extends IdRange> {
  readonly #stores = new Map<number, SpanIndex<T>>()

  add(item: T): void {
    let index = this.#stores.get(item.store)
    if (!index) {
      index = createSpanIndex<T>()
      this.#stores.set(item.store, index)
    }
    index.add(item)
  }

  at({ store, clock }: ElementId): T | null {
    const found = this.#stores.get(store)?.from(clock)
    return found?.clock === clock ? found : null
  }

  /** The first in the range. */
  firstIn({ store, clock, length }: IdRange): T | null {
    const found = this.#stores.get(store)?.from(clock)
    return found && found.clock < clock + length ? found : null
  }

  /** Ascending by clock. */
  *in(range: IdRange): Generator<T> {
    const index = this.#stores.get(range.store)
    const end = range.clock + range.length
    for (let next = index?.from(range.clock); next && next.clock < end; next = index?.after(next)) yield next
  }

  /** Ascending by store and clock. */
  *[Symbol.iterator](): Generator<T> {
    for (const store of [...this.#stores.keys()].sort((a, b) => a - b)) {
      yield* this.in({ store, clock: 0, length: Number.POSITIVE_INFINITY })
    }
  }
}
