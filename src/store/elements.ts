/**
 * The elements of a text or list in their order, each hidden by any number of removals.
 *
 * They are kept as runs ("spans"): an element's left origin is its predecessor in the run, its right origin is the run's. A
 * removed element keeps its place, for it may come back.
 */
import type { ElementId, IdRange } from '../protocol/patch.ts'
import { ByStore } from './by-store.ts'
import { type Contents, createContents } from './contents.ts'
import type { Placed, Spans } from './fugue.ts'
import type { KeptRanges } from './kept-ranges.ts'
import { runsToSave } from './runs-to-save.ts'
import type { RunsToSave, SavedRuns } from './saved-runs.ts'
import { type Content, continues, join, type Span } from './span.ts'
import { createSpanIndex, type SpanIndex } from './span-index.ts'
import { createSpanList, type SpanList } from './span-list.ts'

/** A change as the owner of a view sees it: at `index`, `removed` leaves and `inserted` comes. */
export interface Splice<C extends Content> {
  readonly index: number
  readonly removed: C
  readonly inserted: C
}

export interface Elements<C extends Content> {
  readonly spans: SpanList<Span>
  /** For {@link placeFor} and {@link areNeighbours}. */
  readonly order: Spans
  /** Visible elements. */
  readonly length: number
  readonly contents: Contents<C>
  contentOf(span: Span): C
  /** One element. */
  elementAt(id: ElementId): C
  /** The visible elements between two indices. */
  slice(from: number, to: number): C
  /** The span that holds the element. */
  find(id: ElementId): Span | null
  /** Whether all of a range were ever placed here. */
  hasAll(range: IdRange): boolean
  /** The span that ends before the visible element at `index`, split off where need be; `null` at the front. */
  endingBefore(index: number): Span | null
  /** Puts elements behind a span; returns the one in which they are. */
  place(before: Span | null, placed: Placed, content: C, removals: 0 | 1): Span
  /** Ends a span before `offset`, which is inside it; returns the span that begins there. */
  split(span: Span, offset: number): Span
  /** Changes how many removals hide a whole span; joins it to its neighbours. */
  hide(span: Span, by: number): void
  /** Changes how many removals hide the elements in `range`; adds what that changes to `splices`. */
  hideRange(range: IdRange, by: number, splices: Splice<C>[]): void
  /** All runs as they are, without the content of what is hidden and not `kept`. */
  save(kept: KeptRanges): RunsToSave<C>
  /** Takes in what was saved; nothing was placed here before. */
  restore(saved: SavedRuns<C>): void
}

/** @param empty - the content of no element: `''` or `[]` */
export function createElements<C extends Content>(empty: C): Elements<C> {
  const spans = createSpanList<Span>()
  const contents = createContents(empty)
  const byStore = new ByStore<SpanIndex<Span>>()

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
    indexOf(span.store).add(span)
  }

  function indexOf(store: number): SpanIndex<Span> {
    let index = byStore.get(store)
    if (!index) {
      index = createSpanIndex<Span>()
      byStore.set(store, index)
    }
    return index
  }

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

  /** Makes one span of two neighbours, where they are one run. */
  function joinNeighbours(span: Span | null, after: Span | null): void {
    if (!span || !after || !continues(span, after)) return
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

  function place(before: Span | null, { id, left, right }: Placed, content: C, removals: 0 | 1): Span {
    const span: Span = { store: id.store, clock: id.clock, length: content.length, left, right, removals }
    contents.add(id.store, id.clock, content)
    if (removals === 0) elements.length += span.length
    if (before && continues(before, span)) {
      extend(before, span.length)
      return before
    }
    add(before, span)
    return span
  }

  function endingBefore(index: number): Span | null {
    const at = spans.at(index - 1)
    if (!at) return null
    if (at.offset + 1 < at.span.length) split(at.span, at.offset + 1)
    return at.span
  }

  function hide(span: Span, by: number): void {
    const seen = span.removals === 0 ? span.length : 0
    spans.alter(span, () => {
      span.removals += by
    })
    elements.length += (span.removals === 0 ? span.length : 0) - seen
    joinNeighbours(span, spans.next(span))
    joinNeighbours(spans.previous(span), span)
  }

  function hideRange(range: IdRange, by: number, splices: Splice<C>[]): void {
    const end = range.clock + range.length
    for (let clock = range.clock; clock < end; ) {
      const span = startingWith({ store: range.store, clock })
      if (!span) break
      if (span.clock + span.length > end) split(span, end - span.clock)
      clock += span.length
      const { removals } = span
      // A snapshot may have lied about how many there are.
      const after = Math.max(0, removals + by)
      if ((removals === 0) !== (after === 0)) {
        const index = spans.visibleBefore(span)
        const content = contentOf(span)
        splices.push(
          after > 0 ? { index, removed: content, inserted: empty } : { index, removed: empty, inserted: content },
        )
      }
      hide(span, after - removals)
    }
  }

  const elements: Elements<C> & { length: number } = {
    spans,
    order,
    contents,
    length: 0,
    contentOf,
    elementAt: ({ store, clock }) => contents.slice(store, clock, 1),
    slice(from, to) {
      let result = empty
      for (let at = spans.at(from); at && result.length < to - from; at = spans.at(from + result.length)) {
        const { span, offset } = at
        const count = Math.min(span.length - offset, to - from - result.length)
        result = join(result, contents.slice(span.store, span.clock + offset, count))
      }
      return result
    },
    find,
    hasAll({ store, clock, length }) {
      const end = clock + length
      for (let next = clock; next < end; ) {
        const span = find({ store, clock: next })
        if (!span) return false
        next = span.clock + span.length
      }
      return true
    },
    endingBefore,
    place,
    split,
    hide,
    hideRange,
    save: kept => runsToSave(spans, kept, contentOf),
    restore(saved) {
      let last: Span | null = null
      for (const span of saved.spans) {
        spans.insertAfter(last, span)
        last = span
        if (span.removals === 0) elements.length += span.length
      }
      // Both indices are made for what comes in this order.
      for (const at of saved.byId) {
        const span = saved.spans[at] as Span
        const content = saved.contents[at] ?? null
        indexOf(span.store).add(span)
        if (content !== null) contents.add(span.store, span.clock, content)
      }
    },
  }
  return elements
}
