/**
 * The runs of a text or list in a snapshot: see PROTOCOL.md, "Snapshots".
 *
 * Runs are written in the order of their ids, because where each one stands among the others is then a short way from the one
 * before.
 */
import { malformed, type Reader, type Writer } from '../protocol/codec.ts'
import { readSigned, readSparse, writeAll, writeSigned, writeSparse } from '../protocol/columns.ts'
import { COUNT_MAX } from '../protocol/limits.ts'
import type { StoreNumbers } from '../protocol/snapshot.ts'
import { createFinder } from './finder.ts'
import { readContent, writeContent } from './saved-content.ts'
import { readOrigins, writeOrigins } from './saved-origins.ts'
import type { Content, Span } from './span.ts'

/** Runs in the order of the sequence, and what they are made of; `null` where that is forgotten. */
export interface RunsToSave<C extends Content> {
  readonly spans: readonly Span[]
  readonly contents: readonly (C | null)[]
}

export interface SavedRuns<C extends Content> extends RunsToSave<C> {
  /** Their indices in the order of their ids. */
  readonly byId: readonly number[]
}

/** How a run is seen: the two lowest bits beside its length. */
const SHOWN = 0
/** By one removal, and its content is forgotten. */
const HIDDEN = 1
/** By more than one. */
const HIDDEN_BY = 2
/** Its content is kept. */
const HIDDEN_KEPT = 3
const FORMS = 4

/** @param empty - the content of no element: `''` or `[]` */
export function writeRuns<C extends Content>(
  writer: Writer,
  { spans, contents }: RunsToSave<C>,
  empty: C,
  stores: StoreNumbers,
): void {
  const byId = [...spans.keys()].sort((a, b) => compareIds(spans[a] as Span, spans[b] as Span, stores))
  const inOrder = byId.map(at => spans[at] as Span)
  const groups = groupByStore(inOrder)
  const forms = byId.map(at => formOf(spans[at] as Span, contents[at] !== null))
  const isShown = (i: number) => spans[i]?.removals === 0
  writeContent(
    writer,
    joined(
      contents.filter((_, i) => isShown(i)),
      empty,
    ),
  )
  writeContent(
    writer,
    joined(
      contents.filter((_, i) => !isShown(i)),
      empty,
    ),
  )
  writeAll(writer, groups, ([store, runs]) => {
    writer.varuint(stores.numberOf(store))
    writer.varuint(runs.length)
  })
  inOrder.forEach(({ length }, i) => {
    writer.varuint(length * FORMS + (forms[i] as number))
  })
  byId.forEach((at, i) => {
    writeSigned(writer, at - ((byId[i - 1] ?? -1) + 1))
  })
  writeSparse(
    writer,
    groups.flatMap(([, runs]) => runs.map(({ clock }, i) => clock - endBefore(runs, i))),
  )
  inOrder.forEach(({ removals }, i) => {
    if ((forms[i] as number) >= HIDDEN_BY) writer.varuint(removals)
  })
  writeOrigins(writer, spans, stores)
}

/** @param clocks - how many elements a store has inserted: no run goes beyond that */
export function readRuns<C extends Content>(
  reader: Reader,
  empty: C,
  stores: StoreNumbers,
  clocks: (store: number) => number,
): SavedRuns<C> {
  const shown = readContent(reader, empty)
  const hidden = readContent(reader, empty)
  const groups: { readonly store: number; readonly count: number }[] = []
  for (let left = reader.varuint(); left > 0; left--) {
    groups.push({ store: stores.at(reader.varuint()), count: reader.varuint(reader.remaining) })
  }
  if (new Set(groups.map(({ store }) => store)).size < groups.length) malformed('store-repeated')
  const count = groups.reduce((sum, group) => sum + group.count, 0)
  if (count > reader.remaining) malformed('truncated')
  const lengths = Array.from({ length: count }, () => reader.varuint())
  const positions: number[] = []
  for (let i = 0; i < count; i++) positions.push((positions[i - 1] ?? -1) + 1 + readSigned(reader))
  const gaps = readSparse(reader, count)
  const spans = new Array<Span | undefined>(count).fill(undefined)
  const kept = new Array<boolean>(count).fill(false)
  let i = 0
  for (const group of groups) {
    let clock = 0
    for (let left = group.count; left > 0; left--, i++) {
      const form = (lengths[i] as number) % FORMS
      const length = ((lengths[i] as number) - form) / FORMS
      const position = positions[i] as number
      clock += gaps[i] as number
      if (length === 0 || position < 0 || position >= count || spans[position]) malformed('number-out-of-range')
      const removals = form >= HIDDEN_BY ? reader.varuint(COUNT_MAX) : form
      if (form >= HIDDEN_BY && removals === 0) malformed('not-shortest')
      spans[position] = { store: group.store, clock, length, left: null, right: null, removals }
      kept[position] = form === SHOWN || form === HIDDEN_KEPT
      clock += length
    }
    if (clock > clocks(group.store)) malformed('number-out-of-range')
  }
  const placed = spans as Span[]
  readOrigins(reader, placed, stores, createFinder(positions.map(at => placed[at] as Span)))
  return { spans: placed, byId: positions, contents: parted(placed, kept, shown, hidden) }
}

function compareIds(a: Span, b: Span, stores: StoreNumbers): number {
  return a.store === b.store ? a.clock - b.clock : stores.numberOf(a.store) - stores.numberOf(b.store)
}

/** Of runs in the order of their ids. */
function groupByStore(spans: readonly Span[]): [number, Span[]][] {
  const groups: [number, Span[]][] = []
  for (const span of spans) {
    const last = groups.at(-1)
    if (last?.[0] === span.store) last[1].push(span)
    else groups.push([span.store, [span]])
  }
  return groups
}

const endBefore = (runs: readonly Span[], i: number) => {
  const before = runs[i - 1]
  return before ? before.clock + before.length : 0
}

function formOf({ removals }: Span, isKept: boolean): number {
  if (removals === 0) return SHOWN
  if (isKept) return HIDDEN_KEPT
  return removals === 1 ? HIDDEN : HIDDEN_BY
}

function joined<C extends Content>(contents: readonly (C | null)[], empty: C): C {
  const kept = contents.filter(content => content !== null)
  return (typeof empty === 'string' ? kept.join('') : kept.flat()) as C
}

/** Each run's part of what can be seen, or of what is hidden and kept. */
function parted<C extends Content>(
  spans: readonly Span[],
  kept: readonly boolean[],
  shown: C,
  hidden: C,
): (C | null)[] {
  const used = { shown: 0, hidden: 0 }
  const contents = spans.map(({ length, removals }, i) => {
    if (!kept[i]) return null
    const from = removals === 0 ? 'shown' : 'hidden'
    used[from] += length
    return (from === 'shown' ? shown : hidden).slice(used[from] - length, used[from]) as C
  })
  return used.shown === shown.length && used.hidden === hidden.length ? contents : malformed('trailing-bytes')
}
