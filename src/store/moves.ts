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
  /** The last of them that is not undone. */
  shown: Slot | null
}

const byStamp = (a: Slot, b: Slot) => a.version - b.version || a.store - b.store || a.clock - b.clock

/** Where a slot is, or belongs. */
function placeOf(slots: readonly Slot[], slot: Slot): number {
  let low = 0
  let high = slots.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (byStamp(slots[middle] as Slot, slot) < 0) low = middle + 1
    else high = middle
  }
  return low
}

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
      item = { ...of, length: 1, slots: [], shown: null }
      this.#items.add(item)
    }
    item.slots.splice(placeOf(item.slots, slot), 0, slot)
    if (!item.shown || byStamp(slot, item.shown) > 0) item.shown = slot
    this.#slots.add(slot)
    this.size++
  }

  static restore(saved: Iterable<Move & { readonly undone: boolean }>): Moves {
    const moves = new Moves()
    for (const move of saved) {
      moves.add(move)
      if (move.undone) moves.setUndone(move, true)
    }
    return moves
  }

  setUndone({ id, of }: Move, undone: boolean): void {
    const [slot, item] = [this.#slots.at(id), this.#items.at(of)]
    if (!slot || !item) return
    slot.undone = undone
    if (!undone && (!item.shown || byStamp(slot, item.shown) > 0)) item.shown = slot
    if (!undone || item.shown !== slot) return
    let place = placeOf(item.slots, slot)
    while (place > 0 && item.slots[place - 1]?.undone) place--
    item.shown = item.slots[place - 1] ?? null
  }

  /** The element at which an item is shown, unless it is removed. */
  shown(item: ElementId): ElementId {
    return this.#items.at(item)?.shown ?? item
  }

  /** The slots at which items are shown whose first elements are in `range`. */
  *shownOf(range: IdRange): Generator<ElementId> {
    for (const { shown } of this.#items.in(range)) if (shown) yield shown
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

  /** Each move with whether it is undone. */
  *all(): Generator<Move & { readonly undone: boolean }> {
    for (const { slots } of this.#items) {
      for (const { store, clock, of, version, undone } of slots) {
        yield { type: 'move', id: { store, clock }, left: null, right: null, of, version, undone }
      }
    }
  }

  /** A line for each item that was moved. */
  describe(): readonly (readonly (number | string)[])[] {
    return Array.from(this.#items, ({ store, clock, slots }) => [
      ...['moved', store, clock],
      ...slots.flatMap(slot => [slot.version, slot.store, slot.clock, slot.undone ? 1 : 0]),
    ])
  }
}
