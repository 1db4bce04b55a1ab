/**
 * Which items of a list were moved, and to which slots.
 *
 * An item is shown at one of its elements: the first, as which it was inserted, or a slot of a move that is not undone; at
 * the slot with the greatest (version, store, clock), if there is one. Which that is depends on what is known and undone, and
 * not on the order in which it came.
 */
import type { ElementId, IdRange, Move } from '../protocol/patch.ts'
import { Places } from './places.ts'

interface Slot extends ElementId {
  readonly length: 1
  /** The first element of the item that was moved here. */
  readonly of: ElementId
  readonly version: number
  undone: boolean
}

/** An item that was moved, under its first element. */
interface Item extends ElementId {
  readonly length: 1
  /** Ascending by stamp. */
  readonly slots: Slot[]
}

const byStamp = (a: Slot, b: Slot) => a.version - b.version || a.store - b.store || a.clock - b.clock

/** A class, made for the first move: most sequences are texts and have none. */
export class Moves {
  readonly #items = new Places<Item>()
  readonly #slots = new Places<Slot>()
  /** How many slots there are. */
  size = 0

  add({ id, of, version }: Move): void {
    const slot: Slot = { ...id, length: 1, of, version, undone: false }
    let item = this.#items.at(of)
    if (!item) {
      item = { ...of, length: 1, slots: [] }
      this.#items.add(item)
    }
    let place = item.slots.length
    while (place > 0 && byStamp(item.slots[place - 1] as Slot, slot) > 0) place--
    item.slots.splice(place, 0, slot)
    this.#slots.add(slot)
    this.size++
  }

  setUndone({ id }: Move, undone: boolean): void {
    const slot = this.#slots.at(id)
    if (slot) slot.undone = undone
  }

  /** The element at which an item is shown, unless it is removed. */
  shown(item: ElementId): ElementId {
    return this.#items.at(item)?.slots.findLast(slot => !slot.undone) ?? item
  }

  /** The slots at which items are shown whose first elements are in `range`. */
  *shownOf(range: IdRange): Generator<ElementId> {
    for (const item of this.#items.in(range)) {
      const shown = this.shown(item)
      if (shown !== item) yield shown
    }
  }

  /** The item that belongs to an element: itself, unless it is a slot. */
  itemOf(element: ElementId): ElementId {
    return this.#slots.at(element)?.of ?? element
  }

  /** How many elements at the beginning of `range` are no slots. */
  itemsBeforeSlot(range: IdRange): number {
    const slot = this.#slots.firstIn(range)
    return slot ? slot.clock - range.clock : range.length
  }

  /** A line for each item that was moved. */
  describe(): readonly (readonly (number | string)[])[] {
    return Array.from(this.#items, ({ store, clock, slots }) => [
      ...['moved', store, clock],
      ...slots.flatMap(slot => [slot.version, slot.store, slot.clock, slot.undone ? 1 : 0]),
    ])
  }
}
