/**
 * The order of a text's characters or a list's items that every replica agrees on.
 *
 * Elements are kept as runs ("spans"): an element's left origin is its predecessor in the run, its right origin is the run's.
 * A removed element keeps its id, without its content.
 *
 * Expects causal, exactly-once delivery and ids that have been checked (see `past.ts`). Knows nothing of tables or wires.
 */
import type { ElementId, IdRange, Insertion, Operation } from '../protocol/patch.ts'
import { placeFor, type Spans } from './fugue.ts'
import { type Content, continues, describeRuns, endOf, join, type Span, same, startOf } from './span.ts'
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
  content(): C
  /** The visible elements between two indices. */
  slice(from: number, to: number): C
  /** Inserts at a visible index, as the author of `id`. */
  insertAt(index: number, content: C, id: ElementId): Insertion<C>
  /** Removes visible elements; `count` is at least 1. */
  removeAt(index: number, count: number): { operation: Operation<C>; splices: Splice<C>[] }
  apply(operation: Operation<C>): Splice<C>[]
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
  /** Ids, origins and visibility of every span, split and joined the same way on every replica. */
  describe(): readonly (readonly (number | string)[])[]
}

/** @param empty - the content of no element: `''` or `[]` */
export function createSequence<C extends Content>(empty: C): Sequence<C> {
  const spans = createSpanList<Span<C>>()
  const byStore = new Map<number, SpanIndex<Span<C>>>()
  let length = 0

  function find(id: ElementId): Span<C> | null {
    const span = byStore.get(id.store)?.from(id.clock)
    return span && span.clock <= id.clock ? span : null
  }

  function add(before: Span<C> | null, span: Span<C>): void {
    spans.insertAfter(before, span)
    const index = byStore.get(span.store) ?? createSpanIndex<Span<C>>()
    byStore.set(span.store, index)
    index.add(span)
  }

  /** Ends a span before `offset`, which is inside it; returns the span that begins there. */
  function split(span: Span<C>, offset: number): Span<C> {
    const { store, clock, right, content } = span
    const left = { store, clock: clock + offset - 1 }
    const tail = content && (content.slice(offset) as C)
    const rest: Span<C> = { store, clock: clock + offset, length: span.length - offset, left, right, content: tail }
    spans.alter(span, () => {
      span.length = offset
      if (content !== null) span.content = content.slice(0, offset) as C
    })
    add(span, rest)
    return rest
  }

  /** The span that begins with the element. */
  function startingWith(id: ElementId): Span<C> | null {
    const span = find(id)
    return span && (span.clock === id.clock ? span : split(span, id.clock - span.clock))
  }

  /** The span that ends with the element. */
  function endingWith(id: ElementId): Span<C> | null {
    const span = find(id)
    if (span && id.clock < span.clock + span.length - 1) split(span, id.clock + 1 - span.clock)
    return span
  }

  const { first, next, compare } = spans
  const order: Spans<C> = { first, next, compare, find, startingWith, endingWith }

  /** Makes one span of a span and its successor, where they are one run. */
  function joinNext(span: Span<C>): void {
    const after = spans.next(span)
    if (!after || !continues(span, after)) return
    byStore.get(span.store)?.remove(after)
    spans.remove(after)
    extend(span, after)
  }

  function extend(span: Span<C>, { length, content }: Pick<Span<C>, 'length' | 'content'>): void {
    spans.alter(span, () => {
      span.length += length
      if (span.content !== null && content !== null) span.content = join(span.content, content)
    })
  }

  function place(before: Span<C> | null, { id, left, right, content }: Insertion<C>): void {
    const span: Span<C> = { store: id.store, clock: id.clock, length: content.length, left, right, content }
    if (before && continues(before, span)) extend(before, span)
    else add(before, span)
    length += content.length
  }

  /** Hides a whole span; joins it to its neighbours. */
  function hide(span: Span<C>): void {
    length -= span.length
    spans.alter(span, () => {
      span.content = null
    })
    joinNext(span)
    const before = spans.previous(span)
    if (before) joinNext(before)
  }

  function removeRange(range: IdRange): Splice<C>[] {
    const splices: Splice<C>[] = []
    const end = range.clock + range.length
    for (let clock = range.clock; clock < end; ) {
      const span = startingWith({ store: range.store, clock })
      if (!span) break
      if (span.clock + span.length > end) split(span, end - span.clock)
      clock += span.length
      if (span.content === null) continue
      splices.push({ index: spans.visibleBefore(span), removed: span.content, inserted: empty })
      hide(span)
    }
    return splices
  }

  return {
    get length() {
      return length
    },
    content() {
      if (typeof empty === 'string') return Array.from(spans, span => span.content ?? '').join('') as C
      return [...spans].flatMap(span => (span.content ?? []) as readonly unknown[]) as unknown as C
    },
    slice(from, to) {
      let result = empty
      for (let at = spans.at(from); at && result.length < to - from; at = spans.at(from + result.length)) {
        const { span, offset } = at
        result = join(result, span.content?.slice(offset, offset + to - from - result.length) as C)
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
        removed = join(removed, span.content as C)
        hide(span)
      }
      // Sorted by id, as the wire has them; runs of one store may have stood apart in the text.
      ranges.sort((a, b) => a.store - b.store || a.clock - b.clock)
      return { operation: { type: 'remove', ranges }, splices: [{ index, removed, inserted: empty }] }
    },
    apply(operation) {
      if (operation.type === 'remove') return operation.ranges.flatMap(removeRange)
      place(placeFor(order, operation), operation)
      const span = find(operation.id) as Span<C>
      const index = spans.visibleBefore(span) + operation.id.clock - span.clock
      return [{ index, removed: empty, inserted: operation.content }]
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
    adjacent(left, right, seen) {
      const leftSpan = left && find(left)
      const rightSpan = right && find(right)
      if (left && leftSpan && left.clock + 1 < leftSpan.clock + leftSpan.length) {
        const next = { store: left.store, clock: left.clock + 1 }
        if (same(next, right)) return true
        if (seen(next)) return false
      }
      if (leftSpan && rightSpan && spans.compare(leftSpan, rightSpan) >= 0) return false
      // A span is seen from its beginning, if at all.
      if (right && rightSpan && right.clock > rightSpan.clock) return false
      for (let span = leftSpan ? spans.next(leftSpan) : spans.first(); span !== rightSpan; span = spans.next(span)) {
        if (span === null || seen(span)) return false
      }
      return true
    },
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
      const visible = span.content !== null
      return { before: spans.visibleBefore(span) + (visible ? id.clock - span.clock : 0), visible }
    },
    describe: () => describeRuns(spans),
  }
}
