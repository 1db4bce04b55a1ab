/**
 * The value of a text or list field: what it held at one moment, found only when somebody asks.
 *
 * The newest view reads its sequence. When the sequence moves on, the view before it learns how to get back from its
 * successor (Baker's persistent arrays), so that an old snapshot stays true and costs nothing unless it is read.
 */
import { inWords, SupermeshError } from '../base/error.ts'
import type { Sequence, Splice } from './sequence.ts'
import type { Content } from './span.ts'

interface Link<C extends Content> {
  readonly next: LinkedView<C>
  /** They lead from the view to `next`. */
  readonly splices: readonly Splice<C>[]
}

/** An anchor names an element, not an index, so it survives edits. Opaque; safe to store and to send. */
export type Anchor = string & { readonly __anchor: true }
/** Which neighbour an anchor sticks to: typing at the anchor goes before it (`after`) or behind it (`before`). */
export type AnchorSide = 'before' | 'after'

export interface View<C extends Content> {
  /** UTF-16 units or items. */
  readonly length: number
  content(): C
}

/** Where the newest view looks. */
type Seen<C extends Content> = Pick<Sequence<C>, 'length' | 'content'>

/** A class, because there may be one for each edit. */
export class LinkedView<C extends Content> implements View<C> {
  length: number
  readonly #sequence: Seen<C>
  #memo: C | null = null
  #isRead = false
  /** How to get back from the successor; `null` when the content is at hand, or there is none. */
  link: Link<C> | null = null

  constructor(sequence: Seen<C>) {
    this.#sequence = sequence
    this.length = sequence.length
  }

  content(): C {
    if (this.#memo === null) {
      this.#memo = this.link ? goBack(this.link) : this.#sequence.content()
      this.link = null
    }
    return this.#memo
  }

  /** Somebody keeps it: it stays as it is. */
  keep(): this {
    this.#isRead = true
    return this
  }

  /** The view of what `sequence` holds now, to which `splices` lead from this one: the same, when nobody keeps it. */
  next(sequence: Sequence<C>, splices: readonly Splice<C>[]): LinkedView<C> {
    // That of an empty field, or of one out of a snapshot, looks at what stays as it is.
    if (sequence !== this.#sequence) return new LinkedView(sequence)
    if (this.#isRead) return this.leadTo(new LinkedView(sequence), splices)
    this.length = sequence.length
    this.#memo = null
    return this
  }

  /** Makes another view the successor of this one, which stays as it is. */
  leadTo(next: LinkedView<C>, splices: readonly Splice<C>[]): LinkedView<C> {
    // The way back begins at the successor: that stays, too.
    if (this.#memo === null) this.link = { next: next.keep(), splices }
    return next
  }
}

/** A loop, because a view may be as many edits old as anybody likes. */
function goBack<C extends Content>(link: Link<C>): C {
  const way = [link]
  for (let next = link.next.link; next; next = next.next.link) way.push(next)
  const newest = way.at(-1) as Link<C>
  return way.reduceRight((content, { splices }) => revert(content, splices), newest.next.content())
}

function revert<C extends Content>(content: C, splices: readonly Splice<C>[]): C {
  let result: C = content
  for (let i = splices.length - 1; i >= 0; i--) {
    const splice = splices[i] as Splice<C>
    result = replace(result, splice.index, splice.inserted.length, splice.removed)
  }
  return result
}

export function replace<C extends Content>(content: C, index: number, count: number, inserted: C): C {
  if (typeof content === 'string') return (content.slice(0, index) + inserted + content.slice(index + count)) as C
  const items = content as readonly unknown[]
  return [...items.slice(0, index), ...(inserted as readonly unknown[]), ...items.slice(index + count)] as unknown as C
}

export function formatAnchor(id: { store: number; clock: number } | null, side: AnchorSide): Anchor {
  const edge = side === 'after' ? 'a' : 'b'
  return (id ? `${edge}${id.store.toString(36)}.${id.clock.toString(36)}` : edge) as Anchor
}

/** `null` when `anchor` is not one; `id: null` is the edge of the text. */
export function parseAnchor(
  anchor: string,
): { readonly id: { readonly store: number; readonly clock: number } | null; readonly side: AnchorSide } | null {
  const match = /^([ab])(?:([0-9a-z]{1,11})\.([0-9a-z]{1,11}))?$/.exec(typeof anchor === 'string' ? anchor : '')
  if (!match) return null
  const side = match[1] === 'a' ? 'after' : 'before'
  if (match[2] === undefined || match[3] === undefined) return { id: null, side }
  return { id: { store: Number.parseInt(match[2], 36), clock: Number.parseInt(match[3], 36) }, side }
}

/**
 * @param side - `before`: sticks to the element before `index`; `after`: to the one at `index`
 * @throws SupermeshError `index-out-of-range`, `option-invalid`
 */
export function anchorAt<C extends Content>(sequence: Sequence<C> | null, index: number, side: AnchorSide): Anchor {
  requireIndex(index, sequence?.length ?? 0)
  if (side !== 'before' && side !== 'after') {
    throw new SupermeshError(
      'option-invalid',
      `An anchor is "before" or "after" what it sticks to, not ${inWords(side)}.`,
    )
  }
  if (!sequence) return formatAnchor(null, side)
  return formatAnchor(sequence.idAt(side === 'before' ? index - 1 : index), side)
}

/** @throws SupermeshError `index-out-of-range` */
export function requireIndex(index: number, length: number): void {
  if (Number.isInteger(index) && index >= 0 && index <= length) return
  throw new SupermeshError('index-out-of-range', `There is no index ${inWords(index)} in ${length}.`, { index, length })
}

/** Whether an index lies inside a character, as a text may have them that are two UTF-16 units. */
export function isInsidePair<C extends Content>(
  content: Pick<Sequence<C>, 'hasPairs' | 'slice'>,
  index: number,
): boolean {
  if (!(index > 0) || !content.hasPairs) return false
  const around = content.slice(index - 1, index + 1)
  return (
    typeof around === 'string' && around.length === 2 && isHigh(around.charCodeAt(0)) && isLow(around.charCodeAt(1))
  )
}

const isHigh = (unit: number) => unit >= 0xd800 && unit < 0xdc00
const isLow = (unit: number) => unit >= 0xdc00 && unit < 0xe000

/**
 * Where the anchor is now; `null` when it is malformed or its element is not here (yet). One that was made inside a character
 * is before it, where a splice can begin.
 */
export function indexOfAnchor<C extends Content>(sequence: Sequence<C>, anchor: Anchor): number | null {
  const parsed = parseAnchor(anchor)
  if (!parsed) return null
  if (!parsed.id) return parsed.side === 'before' ? 0 : sequence.length
  const place = sequence.place(parsed.id)
  if (!place) return null
  const index = place.before + (parsed.side === 'before' && place.visible ? 1 : 0)
  return isInsidePair(sequence, index) ? index - 1 : index
}
