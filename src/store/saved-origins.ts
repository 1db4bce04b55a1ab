/**
 * Between what each run of a snapshot was inserted, written only where it does not follow from where the run stands: usually
 * it is the nearest older run on either side.
 */
import { malformed, type Reader, type Writer } from '../protocol/codec.ts'
import { readSparse, writeSparse } from '../protocol/columns.ts'
import type { ElementId } from '../protocol/patch.ts'
import type { StoreNumbers } from '../protocol/snapshot.ts'
import { endOf, type Span, same, startOf } from './span.ts'

/** How an origin is written: as it follows from the others; the edge; for a left one, the element before the run; in full. */
const FOLLOWS = 0
const EDGE = 1
const PREVIOUS = 2
const SPELLED = 3
const ORIGINS = 4

/** Beside which element each run was inserted, if it was beside the nearest older one; of another store, all are older. */
function* nearestOlder(
  spans: Iterable<Span>,
  elementOf: (older: Span, span: Span) => ElementId,
): Generator<ElementId | null> {
  const older: Span[] = []
  for (const span of spans) {
    let nearest = older.at(-1)
    while (nearest?.store === span.store && nearest.clock > span.clock) {
      older.pop()
      nearest = older.at(-1)
    }
    yield nearest ? elementOf(nearest, span) : null
    older.push(span)
  }
}

const followingLefts = (spans: readonly Span[]) => [
  ...nearestOlder(spans, (older, span) =>
    older.store === span.store
      ? { ...endOf(older), clock: Math.min(endOf(older).clock, span.clock - 1) }
      : endOf(older),
  ),
]

const followingRights = (spans: readonly Span[]) => [...nearestOlder(spans.toReversed(), startOf)].reverse()

export function writeOrigins(writer: Writer, spans: readonly Span[], stores: StoreNumbers): void {
  const [lefts, rights] = [followingLefts(spans), followingRights(spans)]
  const spelled: ElementId[] = []
  const forms = spans.map((span, i) => {
    const left = originForm(span.left, lefts[i] ?? null, previousOf(span))
    const right = originForm(span.right, rights[i] ?? null, null)
    if (left === SPELLED) spelled.push(span.left as ElementId)
    if (right === SPELLED) spelled.push(span.right as ElementId)
    return left + ORIGINS * right
  })
  writeSparse(writer, forms)
  for (const { store, clock } of spelled) {
    writer.varuint(stores.numberOf(store))
    writer.varuint(clock)
  }
}

function originForm(origin: ElementId | null, following: ElementId | null, previous: ElementId | null): number {
  if (same(origin, following)) return FOLLOWS
  if (origin === null) return EDGE
  return same(origin, previous) ? PREVIOUS : SPELLED
}

const previousOf = ({ store, clock }: Span): ElementId => ({ store, clock: clock - 1 })

/** @param spans - in the order of the sequence; their origins are set */
export function readOrigins(
  reader: Reader,
  spans: readonly Span[],
  stores: StoreNumbers,
  isHere: (id: ElementId) => boolean,
): void {
  const [lefts, rights] = [followingLefts(spans), followingRights(spans)]
  const forms = readSparse(reader, spans.length)
  const read = (form: number, following: ElementId | null, previous: ElementId | null) => {
    if (form === FOLLOWS) return following
    if (form === EDGE) return null
    const origin = form === SPELLED ? { store: stores.at(reader.varuint()), clock: reader.varuint() } : previous
    return origin && isHere(origin) ? origin : malformed('origin-outside-past')
  }
  spans.forEach((span, i) => {
    const form = forms[i] as number
    const leftForm = form % ORIGINS
    span.left = read(leftForm, lefts[i] ?? null, previousOf(span))
    span.right = read((form - leftForm) / ORIGINS, rights[i] ?? null, null)
  })
}
