/**
 * The order of concurrent insertions: FugueMax (Weidner and Kleppmann, "The Art of the Fugue", 2023), found by a scan over
 * what was inserted between an insertion's origins.
 */
import type { ElementId, Move } from '../protocol/patch.ts'
import { type Span, same } from './span.ts'

export interface Spans {
  first(): Span | null
  next(span: Span): Span | null
  /** Along the order of spans. */
  compare(a: Span, b: Span): number
  /** The span that holds the element. */
  find(id: ElementId): Span | null
  /** The span that begins with the element, and the one that ends with it: split off where need be. */
  startingWith(id: ElementId): Span | null
  endingWith(id: ElementId): Span | null
}

/** An insertion, or the slot of a move. */
export type Placed = Pick<Move, 'id' | 'left' | 'right'>

/** Along the order of elements; the edge stands before them. */
function compareLeft(spans: Spans, a: ElementId | null, b: ElementId | null): number {
  if (same(a, b)) return 0
  if (a === null || b === null) return a === null ? -1 : 1
  const one = spans.find(a) as Span
  const other = spans.find(b) as Span
  return one === other ? a.clock - b.clock : spans.compare(one, other)
}

/** Along the order of elements; the edge stands behind them. */
function compareRight(spans: Spans, a: ElementId | null, b: ElementId | null): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1
  return compareLeft(spans, a, b)
}

/**
 * Behind which span, among what was inserted concurrently between its origins, an insertion belongs. A scan over whole
 * spans is enough: within a run every left origin is the predecessor, which never stops or turns the scan.
 */
export function placeFor(spans: Spans, { id, left, right }: Placed): Span | null {
  const start = left && spans.endingWith(left)
  const end = right && spans.startingWith(right)
  let destination = start
  let scanning = false
  let before = start
  for (let other = start ? spans.next(start) : spans.first(); ; before = other, other = spans.next(other)) {
    if (!scanning) destination = before
    if (other === null || other === end) break
    const lefts = compareLeft(spans, other.left, left)
    if (lefts < 0) break
    if (lefts > 0) continue
    const rights = compareRight(spans, other.right, right)
    if (rights < 0) scanning = true
    else if (rights === 0 && id.store < other.store) break
    else scanning = false
  }
  return destination
}

/** Whether nothing that is `seen` stands between two elements that are here; what is seen of one store is all below some clock. */
export function areNeighbours(
  spans: Spans,
  left: ElementId | null,
  right: ElementId | null,
  seen: (id: ElementId) => boolean,
): boolean {
  const leftSpan = left && spans.find(left)
  const rightSpan = right && spans.find(right)
  if (left && leftSpan && left.clock + 1 < leftSpan.clock + leftSpan.length) {
    const next = { store: left.store, clock: left.clock + 1 }
    if (same(next, right)) return true
    if (seen(next)) return false
  }
  // A span is seen from its beginning, if at all.
  if (right && rightSpan && right.clock > rightSpan.clock) return false
  let span = leftSpan ? spans.next(leftSpan) : spans.first()
  if (span === rightSpan) return true
  if (leftSpan && rightSpan && spans.compare(leftSpan, rightSpan) >= 0) return false
  for (; span !== rightSpan; span = spans.next(span)) {
    if (span === null || seen(span)) return false
  }
  return true
}
