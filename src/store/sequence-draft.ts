/**
 * Texts and lists while they are being written: every index is checked as it comes.
 */
import { inWords, SupermeshError } from '../base/error.ts'
import type { JsonValue } from '../protocol/patch.ts'
import { type Location, requireAccepted, stage, wrongType } from './field-draft.ts'
import type { SequenceMetadata, SequenceUpdate } from './fields.ts'
import { toJsonValue } from './json-value.ts'
import { type Content, join } from './span.ts'
import { isInsidePair, replace, requireIndex, type View } from './text-view.ts'
import { requireBelow } from './transaction-size.ts'

/** What a text and a list have in common while they are being written. */
function sequenceDraft<C extends Content>(location: Location, empty: C) {
  const { document, staging, table, record, key } = location
  const staged = () => staging.get(table, record, key) as SequenceUpdate<C> | undefined
  const base = () => document.value(table, record, key) as View<C> | undefined
  const sequence = () => (document.metadata(table, record, key) as SequenceMetadata<C> | undefined)?.sequence
  /** What the field held after the first `count` of the updates. */
  let found: {
    readonly count: number
    readonly last: SequenceUpdate<C>[number] | undefined
    readonly content: C
  } | null = null

  function updated(content: C, update: SequenceUpdate<C>[number]): C {
    if (!('move' in update)) return replace(content, update.index, update.remove, update.insert)
    const item = content.slice(update.move, update.move + 1) as C
    return replace(replace(content, update.move, 1, empty), update.to, 0, item)
  }

  const draft = {
    /** Whether an index may lie inside a character. */
    get hasPairs() {
      return staged() !== undefined || sequence()?.hasPairs === true
    },
    length() {
      let length = base()?.length ?? 0
      for (const each of staged() ?? NONE) if ('insert' in each) length += each.insert.length - each.remove
      return length
    },
    content(): C {
      const updates = staged()
      if (!updates) return base()?.content() ?? empty
      // What was found after the updates before these is gone on from.
      const known = found && found.count <= updates.length && found.last === updates[found.count - 1] ? found : null
      let content = known?.content ?? base()?.content() ?? empty
      for (const each of known ? updates.slice(known.count) : updates) content = updated(content, each)
      found = { count: updates.length, last: updates.at(-1), content }
      return content
    },
    /** The content between two indices, without building the whole where nothing is staged. */
    slice(from: number, to: number): C {
      if (staged()) return draft.content().slice(from, to) as C
      return sequence()?.slice(from, to) ?? empty
    },
    /** At an index that the caller has checked. */
    splice(index: number, remove: number, insert: C): void {
      if (remove === 0 && insert.length === 0) return
      const before = staged() ?? NONE
      const last = before.at(-1)
      // What is typed or pushed letter by letter is one insertion.
      const goesOn = remove === 0 && last && 'insert' in last && index === last.index + last.insert.length
      if (goesOn) stage(location, [...before.slice(0, -1), { ...last, insert: join(last.insert as C, insert) }])
      else add({ index, remove, insert })
    },
    move: (from: number, to: number) => add({ move: from, to }),
  }

  function add(update: SequenceUpdate<C>[number]): void {
    const updates = [...(staged() ?? []), update]
    requireBelow(updates.length, 'transactionSplices')
    stage(location, updates)
  }

  return draft
}

const NONE: SequenceUpdate<Content> = []

export function textDraft(location: Location) {
  const draft = sequenceDraft<string>(location, '')
  const requireBoundary = (index: number) => {
    if (!isInsidePair(draft, index)) return
    throw new SupermeshError('inside-surrogate-pair', `Index ${index} lies inside a character.`, { index })
  }
  return {
    get length() {
      return draft.length()
    },
    toString: draft.content,
    splice(index: number, remove: number, insert: string): void {
      if (typeof insert !== 'string') throw wrongType(location, "a text, '' where nothing is inserted")
      if (!insert.isWellFormed()) {
        throw new SupermeshError('text-ill-formed', 'A text cannot hold half a surrogate pair.')
      }
      requireRange(index, remove, draft.length())
      requireBoundary(index)
      if (remove !== 0) requireBoundary(index + remove)
      draft.splice(index, remove, insert)
    },
  }
}

/**
 * A list as its schema shows it: an item that is not accepted (another version, or a stranger, may have written it) has no
 * index here, and stays where it is.
 */
export function listDraft(location: Location) {
  const draft = sequenceDraft<readonly JsonValue[]>(location, [])
  /** Where what is shown stands among all items; one more for the end. */
  const places = () => {
    const all = draft.content()
    return [...all.flatMap((item, i) => (location.accepts(item) ? [i] : [])), all.length]
  }
  const own = (item: unknown, i: number) => requireAccepted(location, toJsonValue(item, `[${i}]`))
  const list = {
    get length() {
      return places().length - 1
    },
    toArray: () => draft.content().filter(location.accepts),
    splice(index: number, remove: number, insert: readonly unknown[]) {
      if (!Array.isArray(insert)) throw wrongType(location, 'an array, [] where nothing is inserted')
      const items = Array.from(insert, own)
      const at = places()
      requireRange(index, remove, at.length - 1)
      const [start, end] = [at[index], at[index + remove]] as [number, number]
      if (end - start === remove) return draft.splice(start, remove, items)
      // Between them stands what is not shown. From the end, so that the places before stay right.
      for (const place of at.slice(index, index + remove).reverse()) draft.splice(place, 1, [])
      draft.splice(start, 0, items)
    },
    move(from: number, to: number) {
      const at = places()
      requireRange(from, 1, at.length - 1)
      requireIndex(to, at.length - 2)
      if (from === to) return
      const [start] = at.splice(from, 1) as [number]
      const end = at[to] as number
      draft.move(start, end > start ? end - 1 : end)
    },
    push: (...items: unknown[]) => draft.splice(draft.length(), 0, items.map(own)),
    remove(item: unknown) {
      const all = draft.content()
      for (let i = all.length - 1; i >= 0; i--) if (all[i] === item) draft.splice(i, 1, [])
    },
  }
  return list
}

/** @throws SupermeshError `index-out-of-range` */
function requireRange(index: number, remove: number, length: number): void {
  requireIndex(index, length)
  if (Number.isInteger(remove) && remove >= 0 && index + remove <= length) return
  throw new SupermeshError('index-out-of-range', `Cannot remove ${inWords(remove)} at ${index} of ${length}.`, {
    index,
    remove,
    length,
  })
}
