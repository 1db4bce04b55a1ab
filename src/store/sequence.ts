/**
 * The order of a text's characters or a list's items that every replica agrees on, and where items were moved to in it.
 *
 * Expects causal, exactly-once delivery and ids that have been checked (see `past.ts`). Knows nothing of tables or wires.
 */
import type { ElementId, IdRange, Insertion, Move, Operation, Removal } from '../protocol/patch.ts'
import { rangesOf } from '../protocol/patch.ts'
import { createElements, type Elements, type Splice } from './elements.ts'
import { areNeighbours, placeFor } from './fugue.ts'
import type { KeptRanges } from './kept-ranges.ts'
import { Moves } from './moves.ts'
import type { SavedSequence, SequenceToSave } from './saved-sequence.ts'
import { type Content, describeRuns, endOf, join, type Span, same, startOf } from './span.ts'

export type { Splice } from './elements.ts'

/** A class, because a literal with accessors is a dictionary to the engine, and slow at each call. */
export class Sequence<C extends Content> {
  readonly #empty: C
  readonly #elements: Elements<C>
  #moves: Moves | null = null

  constructor(empty: C, saved?: SavedSequence<C>) {
    this.#empty = empty
    this.#elements = createElements(empty)
    if (!saved) return
    this.#elements.restore(saved.runs)
    if (saved.moves.length > 0) this.#moves = Moves.restore(saved.moves)
  }

  /** Visible elements. */
  get length(): number {
    return this.#elements.length
  }

  /** Whether an index may lie inside a character. */
  get hasPairs(): boolean {
    return this.#elements.contents.hasPairs
  }

  /** A removal names no more ranges. */
  get runs(): number {
    return this.#elements.spans.size + 2 * (this.#moves?.size ?? 0)
  }

  content(): C {
    const { spans, contentOf } = this.#elements
    const seen = Array.from(spans, span => (span.removals > 0 ? this.#empty : contentOf(span)))
    return (typeof this.#empty === 'string' ? seen.join('') : (seen as (readonly unknown[])[]).flat()) as C
  }

  /** The visible elements between two indices. */
  slice(from: number, to: number): C {
    return this.#elements.slice(from, to)
  }

  /** Inserts at a visible index, as the author of `id`. */
  insertAt(index: number, content: C, id: ElementId): Insertion<C> {
    const before = this.#elements.endingBefore(index)
    const { left, right } = this.#originsBehind(before)
    const insertion: Insertion<C> = { type: 'insert', id, left, right, content }
    this.#elements.place(before, insertion, content, 0)
    return insertion
  }

  /** Removes visible elements; `count` is at least 1. */
  removeAt(index: number, count: number): { operation: Operation<C>; splice: Splice<C> } {
    const { spans, split, hide, hideRange, contentOf } = this.#elements
    const moves = this.#moves
    const ranges: IdRange[] = []
    let removed = this.#empty
    while (removed.length < count) {
      const at = spans.at(index)
      if (!at) break
      const span = at.offset > 0 ? split(at.span, at.offset) : at.span
      const item = moves ? moves.itemOf(span) : span
      const whole = !moves ? span.length : item === span ? moves.itemsBeforeSlot(span) : 1
      const rest = Math.min(whole, count - removed.length)
      if (span.length > rest) split(span, rest)
      const { length } = span
      const { store, clock } = item
      const last = ranges.at(-1)
      if (last && last.store === store && last.clock + last.length === clock) {
        ranges[ranges.length - 1] = { ...last, length: last.length + length }
      } else ranges.push({ store, clock, length })
      removed = join(removed, contentOf(span))
      hide(span, 1)
      if (item !== span) hideRange(oneOf(item), 1, [])
    }
    // Sorted by id, as the wire has them; runs of one store may have stood apart in the text.
    if (ranges.length > 1) ranges.sort((a, b) => a.store - b.store || a.clock - b.clock)
    return { operation: { type: 'remove', ranges }, splice: { index, removed, inserted: this.#empty } }
  }

  /** Moves the visible item at `from` to `to` among the others, as the author of `id` in the edit with this version. */
  moveAt(from: number, to: number, id: ElementId, version: number): { operation: Move; splices: Splice<C>[] } {
    const of = this.idAt(from) as ElementId
    // Among all: the item itself is still where it was.
    const before = this.#elements.endingBefore(to > from ? to + 1 : to)
    const { left, right } = this.#originsBehind(before)
    const operation: Move = { type: 'move', id, left, right, of, version }
    return { operation, splices: this.#addSlot(before, operation) }
  }

  apply(operation: Operation<C>): Splice<C>[] {
    if (operation.type === 'remove') return this.#hideItems(operation.ranges, 1)
    const { order, spans, place } = this.#elements
    if (operation.type === 'move') return this.#addSlot(placeFor(order, operation), operation)
    const span = place(placeFor(order, operation), operation, operation.content, 0)
    const index = spans.visibleBefore(span) + operation.id.clock - span.clock
    return [{ index, removed: this.#empty, inserted: operation.content }]
  }

  /** Takes back what applied operations did, or takes that back: what they inserted goes and what they removed comes, or the reverse. */
  setUndone(operations: readonly Operation<C>[], undone: boolean): Splice<C>[] {
    // What hides comes first: nothing shows that will not stay.
    const hides = (operation: Operation<C>) => operation.type !== 'move' && (operation.type === 'insert') === undone
    const hidden = operations.filter(hides).map(operation => this.#shift(operation as Insertion<C> | Removal, 1))
    const shown = operations
      .filter(operation => !hides(operation))
      .map(operation => (operation.type === 'move' ? this.#takeMove(operation, undone) : this.#shift(operation, -1)))
    return [...hidden, ...shown].flat()
  }

  /** Whether an element was ever inserted here. */
  has(id: ElementId): boolean {
    return this.#elements.find(id) !== null
  }

  /** Whether all of a range were inserted here, and none of it by a move. */
  hasAll(range: IdRange): boolean {
    if (!this.#elements.hasAll(range)) return false
    return !this.#moves || this.#moves.itemsBeforeSlot(range) === range.length
  }

  /** Whether all of a range were inserted here, by moves too. */
  holds(range: IdRange): boolean {
    return this.#elements.hasAll(range)
  }

  /** Runs of elements that can be seen, in their order. */
  seenRuns(): readonly IdRange[] {
    return Array.from(this.#elements.spans).filter(({ removals }) => removals === 0)
  }

  /** Whether the first element of a range can be seen, and how many after it are as it is. */
  seenOf({ store, clock, length }: IdRange): { readonly seen: boolean; readonly length: number } {
    const span = this.#elements.find({ store, clock })
    if (!span) return { seen: false, length: 1 }
    return { seen: span.removals === 0, length: Math.min(length, span.clock + span.length - clock) }
  }

  /** Whether a move was made here. */
  hasMove({ id, of }: Move): boolean {
    return this.#moves !== null && !same(id, of) && same(this.#moves.itemOf(id), of)
  }

  /**
   * Whether nothing that is `seen` stands between `left` and `right`, in this order; both must be here, or `null` for
   * the edge. What is seen of one store is all below some clock.
   */
  adjacent(left: ElementId | null, right: ElementId | null, seen: (id: ElementId) => boolean): boolean {
    return areNeighbours(this.#elements.order, left, right, seen)
  }

  /** The id of the visible item at `index`, wherever it was moved; `null` outside. */
  idAt(index: number): ElementId | null {
    const at = this.#elements.spans.at(index)
    const id = at && { store: at.span.store, clock: at.span.clock + at.offset }
    return id && this.#moves ? this.#moves.itemOf(id) : id
  }

  /** How many visible elements stand before the item, and whether it is visible itself. */
  place(item: ElementId): { readonly before: number; readonly visible: boolean } | null {
    const id = this.#moves ? this.#moves.shown(item) : item
    const span = this.#elements.find(id)
    if (!span) return null
    const visible = span.removals === 0
    return { before: this.#elements.spans.visibleBefore(span) + (visible ? id.clock - span.clock : 0), visible }
  }

  /** Stores that inserted what is visible. */
  writers(): ReadonlySet<number> {
    const spans = Array.from(this.#elements.spans)
    return new Set(spans.flatMap(({ removals, store }) => (removals > 0 ? [] : [store])))
  }

  /** All of it, without the content of what is hidden, `kept` nowhere and never moved. */
  save(kept: KeptRanges): SequenceToSave<C> {
    const moved = [...(this.#moves?.all() ?? [])]
    // Another move of an item shows it elsewhere, whatever is undone later.
    for (const { id, of } of moved) {
      kept.add(oneOf(id))
      kept.add(oneOf(of))
    }
    return { runs: this.#elements.save(kept), moves: moved }
  }

  /** Ids, origins, removals and visible content of every span, split and joined the same way on every replica. */
  describe(): readonly (readonly (number | string)[])[] {
    const { spans, contentOf } = this.#elements
    return [...describeRuns(spans, contentOf), ...(this.#moves?.describe() ?? [])]
  }

  /** Between which elements an insertion stands that is made behind `before`. */
  #originsBehind(before: Span | null): Pick<Move, 'left' | 'right'> {
    const { spans } = this.#elements
    const after = before ? spans.next(before) : spans.first()
    return { left: before && endOf(before), right: after && startOf(after) }
  }

  /** Changes how many removals hide the items in `ranges`, wherever they are shown. */
  #hideItems(ranges: readonly IdRange[], by: number): Splice<C>[] {
    const { hideRange } = this.#elements
    const splices: Splice<C>[] = []
    for (const range of ranges) {
      hideRange(range, by, splices)
      if (this.#moves) for (const slot of this.#moves.shownOf(range)) hideRange(oneOf(slot), by, splices)
    }
    return splices
  }

  #shift(operation: Insertion<C> | Removal, by: number): Splice<C>[] {
    return this.#hideItems(rangesOf(operation), by)
  }

  #takeMove(move: Move, undone: boolean): Splice<C>[] {
    const moves = this.#moves
    return moves ? this.#reshow(move.of, moves, () => moves.setUndone(move, undone)) : []
  }

  #addSlot(before: Span | null, move: Move): Splice<C>[] {
    const moves = this.#moves ?? new Moves()
    this.#moves = moves
    this.#elements.place(before, move, this.#elements.elementAt(move.of), 1)
    return this.#reshow(move.of, moves, () => moves.add(move))
  }

  /**
   * Changes the slots of an item, and shows it where it then belongs. Its first element is hidden by its removals and, while
   * it is shown at a slot, by one more; that slot by its removals; the other slots by one.
   */
  #reshow(item: ElementId, moves: Moves, change: () => void): Splice<C>[] {
    const { find, hideRange } = this.#elements
    const before = moves.shown(item)
    change()
    const after = moves.shown(item)
    if (same(before, after)) return []
    const removals = (find(item) as Span).removals - (same(before, item) ? 0 : 1)
    const shift = (element: ElementId) => (same(element, item) ? 1 : 1 - removals)
    const splices: Splice<C>[] = []
    hideRange(oneOf(before), shift(before), splices)
    hideRange(oneOf(after), -shift(after), splices)
    return splices
  }
}

/**
 * @param empty - the content of no element: `''` or `[]`
 * @param saved - what {@link Sequence.save} gave, of which the runs belong to the sequence from now on
 */
export function createSequence<C extends Content>(empty: C, saved?: SavedSequence<C>): Sequence<C> {
  return new Sequence(empty, saved)
}

const oneOf = ({ store, clock }: ElementId): IdRange => ({ store, clock, length: 1 })
