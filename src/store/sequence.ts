/**
 * The order of a text's characters or a list's items that every replica agrees on.
 *
 * Elements are kept as runs ("spans"): an element's left origin is its predecessor in the run, its right origin is the run's.
 * A removed element keeps its place, for it may come back.
 *
 * Expects causal, exactly-once delivery and ids that have been checked (see `past.ts`). Knows nothing of tables or wires.
 */
import type { ElementId, IdRange, Insertion, Operation } from '../protocol/patch.ts'
import { createContents } from './contents.ts'
import { areNeighbours, placeFor, type Spans } from './fugue.ts'
import { type Content, continues, describeRuns, endOf, join, type Span, startOf } from './span.ts'
import { createSpanIndex, type SpanIndex } from './span-index.ts'
import { createSpanList } from './span-list.ts'

/** A change as the owner of a view sees it: at `index`, `removed` leaves and `inserted` comes. */
export interface Splice<C extends Content> {
  readonly index: number
  readonly removed: C
  readonly inserted: C
}

export interface Sequence<C extends Content> {
  /** Visible elements. */
  readonly length: number
  /** Whether an index may lie inside a character. */
  readonly hasPairs: boolean
  content(): C
  /** The visible elements between two indices. */
  slice(from: number, to: number): C
  /** Inserts at a visible index, as the author of `id`. */
  insertAt(index: number, content: C, id: ElementId): Insertion<C>
  /** Removes visible elements; `count` is at least 1. */
  removeAt(index: number, count: number): { operation: Operation<C>; splice: Splice<C> }
  apply(operation: Operation<C>): Splice<C>[]
  /** Takes back what applied operations did, or takes that back: what they inserted goes and what they removed comes, or the reverse. */
  setUndone(operations: readonly Operation<C>[], undone: boolean): Splice<C>[]
  /** Whether an element was ever inserted here. */
  has(id: ElementId): boolean
  hasAll(range: IdRange): boolean
  /**
   * Whether nothing that is `seen` stands between `left` and `right`, in this order; both must be here, or `null` for
   * the edge. What is seen of one store is all below some clock.
   */
  adjacent(left: ElementId | null, right: ElementId | null, seen: (id: ElementId) => boolean): boolean
  /** How many runs there are: a removal names no more ranges. */
  readonly runs: number
  /** The id of the visible element at `index`; `null` outside. */
  idAt(index: number): ElementId | null
  /** How many visible elements stand before the element, and whether it is visible itself. */
  place(id: ElementId): { readonly before: number; readonly visible: boolean } | null
  /** Ids, origins, removals and visible content of every span, split and joined the same way on every replica. */
  describe(): readonly (readonly (number | string)[])[]
}

/** @param empty - the content of no element: `''` or `[]` */
export function createSequence<C extends Content>(empty: C): Sequence<C> {
  const spans = createSpanList<Span>()
  const contents = createContents(empty)
  const byStore = new Map<number, SpanIndex<Span>>()
  let length = 0

  const contentOf = (span: Span) => contents.slice(span.store, span.clock, span.length)

  /** The two spans that were found last: an insertion asks for its neighbours again and again. */
  let found: Span | null = null
  let foundBefore: Span | null = null

  const holds = (span: Span, { store, clock }: ElementId) =>
    span.store === store && span.clock <= clock && clock < span.clock + span.length

  function find(id: ElementId): Span | null {
    if (found && holds(found, id)) return found
    if (foundBefore && holds(foundBefore, id)) return foundBefore
    const span = byStore.get(id.store)?.from(id.clock)
    if (!span || span.clock > id.clock) return null
    foundBefore = found
    found = span
    return span
  }

  function add(before: Span | null, span: Span): void {
    spans.insertAfter(before, span)
    const index = byStore.get(span.store) ?? createSpanIndex<Span>()
    if (!byStore.has(span.store)) byStore.set(span.store, index)
    index.add(span)
  }

  /** Ends a span before `offset`, which is inside it; returns the span that begins there. */
  function split(span: Span, offset: number): Span {
    const { store, clock, right, removals } = span
    const left = { store, clock: clock + offset - 1 }
    const rest: Span = { store, clock: clock + offset, length: span.length - offset, left, right, removals }
    spans.alter(span, () => {
      span.length = offset
    })
    add(span, rest)
    return rest
  }

  /** The span that begins with the element. */
  function startingWith(id: ElementId): Span | null {
    const span = find(id)
    return span && (span.clock === id.clock ? span : split(span, id.clock - span.clock))
  }

  /** The span that ends with the element. */
  function endingWith(id: ElementId): Span | null {
    const span = find(id)
    if (span && id.clock < span.clock + span.length - 1) split(span, id.clock + 1 - span.clock)
    return span
  }

  const { first, next, compare } = spans
  const order: Spans = { first, next, compare, find, startingWith, endingWith }

  /** Makes one span of a span and its successor, where they are one run. */
  function joinNext(span: Span): void {
    const after = spans.next(span)
    if (!after || !continues(span, after)) return
    byStore.get(span.store)?.remove(after)
    spans.remove(after)
    extend(span, after.length)
    // Whoever remembers it finds nothing in it any more.
    after.length = 0
  }

  function extend(span: Span, by: number): void {
    spans.alter(span, () => {
      span.length += by
    })
  }

  /** Returns the span in which the inserted elements are. */
  function place(before: Span | null, { id, left, right, content }: Insertion<C>): Span {
    const span: Span = { store: id.store, clock: id.clock, length: content.length, left, right, removals: 0 }
    contents.add(id.store, id.clock, content)
    length += span.length
    if (before && continues(before, span)) {
      extend(before, span.length)
      return before
    }
    add(before, span)
    return span
  }

  /** Changes how many removals hide a whole span; joins it to its neighbours. */
  function hide(span: Span, by: number): void {
    const seen = span.removals === 0 ? span.length : 0
    spans.alter(span, () => {
      span.removals += by
    })
    length += (span.removals === 0 ? span.length : 0) - seen
    joinNext(span)
    const before = spans.previous(span)
    if (before) joinNext(before)
  }

  /** Changes how many removals hide what is in `range`. */
  function hideRange(range: IdRange, by: number): Splice<C>[] {
    const splices: Splice<C>[] = []
    const end = range.clock + range.length
    for (let clock = range.clock; clock < end; ) {
      const span = startingWith({ store: range.store, clock })
      if (!span) break
      if (span.clock + span.length > end) split(span, end - span.clock)
      clock += span.length
      const { removals } = span
      if (removals === 0 || removals + by === 0) {
        const [index, content] = [spans.visibleBefore(span), contentOf(span)]
        splices.push({
          index,
          ...(by > 0 ? { removed: content, inserted: empty } : { removed: empty, inserted: content }),
        })
      }
      hide(span, by)
    }
    return splices
  }

  return {
    get length() {
      return length
    },
    get hasPairs() {
      return contents.hasPairs
    },
    content() {
      const seen = Array.from(spans, span => (span.removals > 0 ? empty : contentOf(span)))
      return (typeof empty === 'string' ? seen.join('') : (seen as (readonly unknown[])[]).flat()) as C
    },
    slice(from, to) {
      let result = empty
      for (let at = spans.at(from); at && result.length < to - from; at = spans.at(from + result.length)) {
        const { span, offset } = at
        const count = Math.min(span.length - offset, to - from - result.length)
        result = join(result, contents.slice(span.store, span.clock + offset, count))
      }
      return result
    },
    insertAt(index, content, id) {
      const at = spans.at(index - 1)
      if (at && at.offset + 1 < at.span.length) split(at.span, at.offset + 1)
      const before = at?.span ?? null
      const after = before ? spans.next(before) : spans.first()
      const origins = { left: before && endOf(before), right: after && startOf(after) }
      const insertion: Insertion<C> = { type: 'insert', id, ...origins, content }
      place(before, insertion)
      return insertion
    },
    removeAt(index, count) {
      const ranges: IdRange[] = []
      let removed = empty
      while (removed.length < count) {
        const at = spans.at(index)
        if (!at) break
        const span = at.offset > 0 ? split(at.span, at.offset) : at.span
        const rest = count - removed.length
        if (span.length > rest) split(span, rest)
        const { store, clock, length } = span
        const last = ranges.at(-1)
        if (last && last.store === store && last.clock + last.length === clock) {
          ranges[ranges.length - 1] = { ...last, length: last.length + length }
        } else ranges.push({ store, clock, length })
        removed = join(removed, contentOf(span))
        hide(span, 1)
      }
      // Sorted by id, as the wire has them; runs of one store may have stood apart in the text.
      if (ranges.length > 1) ranges.sort((a, b) => a.store - b.store || a.clock - b.clock)
      return { operation: { type: 'remove', ranges }, splice: { index, removed, inserted: empty } }
    },
    apply(operation) {
      if (operation.type === 'remove') return operation.ranges.flatMap(range => hideRange(range, 1))
      const span = place(placeFor(order, operation), operation)
      const index = spans.visibleBefore(span) + operation.id.clock - span.clock
      return [{ index, removed: empty, inserted: operation.content }]
    },
    setUndone(operations, undone) {
      const hides = (operation: Operation<C>) => (operation.type === 'insert') === undone
      const shift = (by: number) => (operation: Operation<C>) =>
        rangesOf(operation).flatMap(range => hideRange(range, by))
      // What hides comes first: nothing shows that will not stay.
      return [
        ...operations.filter(hides).flatMap(shift(1)),
        ...operations.filter(operation => !hides(operation)).flatMap(shift(-1)),
      ]
    },
    has: id => find(id) !== null,
    hasAll({ store, clock, length }) {
      const index = byStore.get(store)
      let next = clock
      for (let span = index?.from(clock); span && next < clock + length; span = index?.after(span)) {
        if (span.clock > next) return false
        next = span.clock + span.length
      }
      return next >= clock + length
    },
    adjacent: (left, right, seen) => areNeighbours(order, left, right, seen),
    get runs() {
      return spans.size
    },
    idAt(index) {
      const at = spans.at(index)
      return at && { store: at.span.store, clock: at.span.clock + at.offset }
    },
    place(id) {
      const span = find(id)
      if (!span) return null
      const visible = span.removals === 0
      return { before: spans.visibleBefore(span) + (visible ? id.clock - span.clock : 0), visible }
    },
    describe: () => describeRuns(spans, contentOf),
  }
}

function rangesOf(operation: Operation<Content>): readonly IdRange[] {
  return operation.type === 'remove' ? operation.ranges : [{ ...operation.id, length: operation.content.length }]
}
