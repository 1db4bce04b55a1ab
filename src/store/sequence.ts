/**
 * The order of a text's characters or a list's items that every replica agrees on.
 *
 * FugueMax (Weidner and Kleppmann, "The Art of the Fugue", 2023): words typed at one place by two people at once stay
 * whole, whichever way they were typed. Elements are kept as runs ("spans"): an element's left origin is its
 * predecessor in the run, its right origin is the run's. A removed element keeps its id, without its content.
 *
 * Expects causal, exactly-once delivery and ids that have been checked (`missing`). Knows nothing of tables or wires.
 */
import type { ElementId, IdRange, Insertion, Operation } from '../protocol/patch.ts'
import { createSpanList } from './span-list.ts'

/** What elements are made of: UTF-16 units of a string or items of an array. */
export type Content = string | readonly unknown[]

/** A change as the owner of a view sees it: at `index`, `removed` leaves and `inserted` comes. */
export interface Splice<C extends Content> {
  readonly index: number
  readonly removed: C
  readonly inserted: C
}

interface Span<C extends Content> {
  readonly store: number
  readonly clock: number
  length: number
  readonly left: ElementId | null
  readonly right: ElementId | null
  /** `null` when removed. */
  content: C | null
}

export interface Sequence<C extends Content> {
  /** Visible elements. */
  readonly length: number
  content(): C
  /** The visible unit or item at `index`. */
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

const same = (a: ElementId | null, b: ElementId | null): boolean =>
  a === b || (a !== null && b !== null && a.store === b.store && a.clock === b.clock)

function join<C extends Content>(a: C, b: C): C {
  return (typeof a === 'string' ? a + (b as string) : [...a, ...(b as readonly unknown[])]) as C
}

/** @param empty - the content of no element: `''` or `[]` */
export function createSequence<C extends Content>(empty: C): Sequence<C> {
  const spans = createSpanList<Span<C>>()
  const byStore = new Map<number, Span<C>[]>()
  let length = 0

  /** Index in `list` of the span that holds `clock`, or where it would go. */
  function search(list: readonly Span<C>[], clock: number): number {
    let low = 0
    let high = list.length
    while (low < high) {
      const middle = (low + high) >> 1
      const span = list[middle] as Span<C>
      if (span.clock + span.length <= clock) low = middle + 1
      else high = middle
    }
    return low
  }

  function find(id: ElementId): Span<C> | null {
    const list = byStore.get(id.store)
    const span = list?.[search(list, id.clock)]
    return span && span.clock <= id.clock ? span : null
  }

  function position(id: ElementId): { index: number; offset: number } | null {
    const span = find(id)
    return span && { index: spans.indexOf(span), offset: id.clock - span.clock }
  }

  function register(span: Span<C>): void {
    const list = byStore.get(span.store)
    if (list) list.splice(search(list, span.clock), 0, span)
    else byStore.set(span.store, [span])
  }

  /** Makes a span begin at `offset` of the span at `index`; returns the index of the one that does. */
  function splitAt(index: number, offset: number): number {
    const span = spans.at(index)
    if (!span || offset === 0) return index
    if (offset === span.length) return index + 1
    const rest: Span<C> = {
      store: span.store,
      clock: span.clock + offset,
      length: span.length - offset,
      left: { store: span.store, clock: span.clock + offset - 1 },
      right: span.right,
      content: span.content && (span.content.slice(offset) as C),
    }
    spans.alter(span, () => {
      span.length = offset
      if (span.content !== null) span.content = span.content.slice(0, offset) as C
    })
    spans.insert(index + 1, rest)
    register(rest)
    return index + 1
  }

  /** Index of the span that begins at a visible index; at a border the first place, before any removed span. */
  function splitAtVisible(target: number): number {
    const { index, offset } = spans.find(target)
    return splitAt(index, offset)
  }

  /** Joins the span at `index` to its predecessor where the two are one run. */
  function joinBackward(index: number): void {
    const before = spans.at(index - 1)
    const span = spans.at(index)
    if (!before || !span || before.store !== span.store || before.clock + before.length !== span.clock) return
    if (!span.left || span.left.store !== span.store || span.left.clock !== span.clock - 1) return
    if (!same(before.right, span.right) || (before.content === null) !== (span.content === null)) return
    const list = byStore.get(span.store) ?? []
    list.splice(search(list, span.clock), 1)
    spans.remove(index)
    spans.alter(before, () => {
      before.length += span.length
      if (before.content !== null && span.content !== null) before.content = join(before.content, span.content)
    })
  }

  function place(index: number, insertion: Insertion<C>): Splice<C> {
    const { id, left, right, content } = insertion
    const span: Span<C> = { store: id.store, clock: id.clock, length: content.length, left, right, content }
    const at = spans.visibleBefore(index)
    spans.insert(index, span)
    register(span)
    length += content.length
    joinBackward(index)
    return { index: at, removed: empty, inserted: content }
  }

  /**
   * Where among what was inserted concurrently between its origins an insertion belongs. A scan over whole spans is
   * enough: within a run every left origin is the predecessor, which never stops or turns the scan.
   */
  function integrate(insertion: Insertion<C>): Splice<C> {
    const leftAt = insertion.left && position(insertion.left)
    const start = leftAt ? splitAt(leftAt.index, leftAt.offset + 1) : 0
    const rightAt = insertion.right && position(insertion.right)
    const end = rightAt ? splitAt(rightAt.index, rightAt.offset) : spans.size
    const rankOfLeft = (id: ElementId | null) => (id === null ? -1 : rank(id))
    const rankOfRight = (id: ElementId | null) => (id === null ? Number.POSITIVE_INFINITY : rank(id))
    let destination = start
    if (start < end) {
      const left = rankOfLeft(insertion.left)
      const right = rankOfRight(insertion.right)
      let scanning = false
      for (let i = start; ; i++) {
        if (!scanning) destination = i
        const other = spans.at(i)
        if (i === end || !other) break
        const otherLeft = rankOfLeft(other.left)
        if (otherLeft < left) break
        if (otherLeft > left) continue
        const otherRight = rankOfRight(other.right)
        if (otherRight < right) scanning = true
        else if (otherRight === right && insertion.id.store < other.store) break
        else scanning = false
      }
    }
    return place(destination, insertion)
  }

  /** A number that grows along the order of elements, valid until the next change. */
  function rank(id: ElementId): number {
    const at = position(id)
    return at ? at.index + at.offset / 2 ** 32 : -1
  }

  function removeRange(range: IdRange): Splice<C>[] {
    const splices: Splice<C>[] = []
    let clock = range.clock
    const end = range.clock + range.length
    while (clock < end) {
      const at = position({ store: range.store, clock })
      if (!at) break
      const index = splitAt(at.index, at.offset)
      const span = spans.at(index) as Span<C>
      if (clock + span.length > end) splitAt(index, end - clock)
      clock += span.length
      if (span.content === null) continue
      splices.push({ index: spans.visibleBefore(index), removed: span.content, inserted: empty })
      length -= span.length
      spans.alter(span, () => {
        span.content = null
      })
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
      let before = 0
      let result = empty
      for (const span of spans) {
        if (before >= to) break
        if (span.content === null) continue
        const part = span.content.slice(Math.max(0, from - before), Math.max(0, to - before)) as C
        if (part.length > 0) result = join(result, part)
        before += span.length
      }
      return result
    },
    insertAt(index, content, id) {
      const at = splitAtVisible(index)
      const before = spans.at(at - 1)
      const after = spans.at(at)
      const insertion: Insertion<C> = {
        type: 'insert',
        id,
        left: before ? { store: before.store, clock: before.clock + before.length - 1 } : null,
        right: after ? { store: after.store, clock: after.clock } : null,
        content,
      }
      place(at, insertion)
      return insertion
    },
    removeAt(index, count) {
      const ranges: IdRange[] = []
      let rest = count
      for (let i = splitAtVisible(index); rest > 0 && i < spans.size; i++) {
        const span = spans.at(i) as Span<C>
        if (span.content === null) continue
        if (span.length > rest) splitAt(i, rest)
        const last = ranges.at(-1)
        if (last && last.store === span.store && last.clock + last.length === span.clock) {
          ranges[ranges.length - 1] = { ...last, length: last.length + span.length }
        } else {
          ranges.push({ store: span.store, clock: span.clock, length: span.length })
        }
        rest -= span.length
      }
      const splices = ranges.flatMap(removeRange)
      // Sorted by id, as the wire has them; runs of one store may have stood apart in the text.
      ranges.sort((a, b) => a.store - b.store || a.clock - b.clock)
      return { operation: { type: 'remove', ranges }, splices }
    },
    apply(operation) {
      return operation.type === 'insert' ? [integrate(operation)] : operation.ranges.flatMap(removeRange)
    },
    has: id => find(id) !== null,
    hasAll(range) {
      const list = byStore.get(range.store) ?? []
      let clock = range.clock
      for (let i = search(list, clock); clock < range.clock + range.length; i++) {
        const span = list[i]
        if (!span || span.clock > clock) return false
        clock = span.clock + span.length
      }
      return true
    },
    adjacent(left, right, seen) {
      const leftAt = left && position(left)
      const rightAt = right && position(right)
      const end = rightAt?.index ?? spans.size
      if (leftAt && left) {
        const span = spans.at(leftAt.index) as Span<C>
        const next = { store: left.store, clock: left.clock + 1 }
        const inside = leftAt.offset + 1 < span.length
        if (inside && same(next, right)) return true
        if (leftAt.index >= end || (inside && seen(next))) return false
      }
      // A span is seen from its beginning, if at all.
      if (rightAt && rightAt.offset > 0) return false
      for (let i = leftAt ? leftAt.index + 1 : 0; i < end; i++) if (seen(spans.at(i) as Span<C>)) return false
      return true
    },
    get runs() {
      return spans.size
    },
    idAt(index) {
      if (index < 0) return null
      // The first place may be one before removed elements.
      for (let { index: i, offset } = spans.find(index); i < spans.size; i++, offset = 0) {
        const span = spans.at(i) as Span<C>
        if (span.content !== null) return { store: span.store, clock: span.clock + offset }
      }
      return null
    },
    place(id) {
      const at = position(id)
      if (!at) return null
      const shown = spans.at(at.index)?.content !== null
      return { before: spans.visibleBefore(at.index) + (shown ? at.offset : 0), visible: shown }
    },
    describe() {
      // Neighbouring spans are joined as far as they are one run, so that the history of splits does not show.
      for (let i = spans.size - 1; i > 0; i--) joinBackward(i)
      return Array.from(spans, span => [
        span.store,
        span.clock,
        span.length,
        span.left?.store ?? -1,
        span.left?.clock ?? -1,
        span.right?.store ?? -1,
        span.right?.clock ?? -1,
        span.content === null ? -1 : JSON.stringify(span.content),
      ])
    },
  }
}
