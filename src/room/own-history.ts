/**
 * What the own person did, on this page and on earlier ones, in the order in which it happened: read from the log once, for all
 * undo managers of a document.
 */
import type { Tables } from '../store/schema.ts'
import type { LoggedEntry } from '../sync/events.ts'
import type { Ledger } from './transacting.ts'
import type { UndoEvent } from './undo-steps.ts'

/** An edit names the table and the record of each field that it wrote to. */
export type OwnEvent =
  | (Extract<UndoEvent, { type: 'edit' }> & { readonly paths: readonly (readonly [string, string, string])[] })
  | Exclude<UndoEvent, { type: 'edit' }>

/** How far somebody has read. */
export interface Bookmark {
  /** How often the history has been told anew. */
  readonly telling: number
  /** How many of its events were read. */
  readonly events: number
}

export interface OwnHistory<T extends Tables> {
  /**
   * Reads on.
   * @param anew - called when what was read before is no more the beginning: of an earlier page something came only now. All is
   *   taken again
   */
  read(ledger: Ledger<T>, from: Bookmark, take: (event: OwnEvent) => void, anew: () => void): Bookmark
}

export const UNREAD: Bookmark = { telling: 0, events: 0 }

/** How many entries of the person's earlier pages are read again. */
const REMEMBERED = 2000
/** How many events are kept for managers that are made later, at least. */
const KEPT = 10_000

/** The version of what a document begins with, behind its author's introduction. */
const FIRST_EDIT = 2

export function createOwnHistory<T extends Tables>(): OwnHistory<T> {
  let events: OwnEvent[] = []
  let dropped = 0
  let telling = 0
  /** How far the own log has been read; `null` before the earlier pages were. */
  let told: number | null = null

  function tell({ store, self }: Ledger<T>, entry: LoggedEntry): void {
    const { sequence, time, version } = entry
    const edit = { store: entry.store, sequence }
    const said = store.explain(edit)
    if (!said || (self.filled && version === FIRST_EDIT)) return
    if (said.kind !== 'edit') return void events.push({ type: said.kind, of: said.of })
    const fields = said.fields.map(path => path.join('/')).join()
    const last = events.at(-1)
    // Who types writes to one field again and again: it is kept once.
    const where = last?.type === 'edit' && last.fields === fields ? last : { fields, paths: said.fields }
    events.push({ type: 'edit', edit, fields: where.fields, paths: where.paths, time, label: said.label ?? '' })
  }

  function tellEarlierPages(of: Ledger<T>): void {
    const earlier: LoggedEntry[] = []
    const { person, store: own, opened } = of.self
    for (const entry of of.entries.backwards()) {
      if (entry.store === own || person === null || entry.time >= opened || of.personOf(entry.store) !== person)
        continue
      earlier.push(entry)
      if (earlier.length === REMEMBERED) break
    }
    // They may have come in any order: what an undo undoes has a smaller version.
    for (const entry of earlier.sort((a, b) => a.version - b.version || a.store - b.store)) tell(of, entry)
  }

  function catchUp(of: Ledger<T>): void {
    if (of.earlierPagesGrew()) {
      events = []
      dropped = 0
      told = null
      telling++
    }
    if (told === null) tellEarlierPages(of)
    told = Math.max(told ?? 0, of.entries.first(of.self.store) - 1)
    for (let entry = of.entries.at(of.self.store, told + 1); entry; entry = of.entries.at(of.self.store, told + 1)) {
      told = entry.sequence
      tell(of, entry)
    }
    if (events.length < 2 * KEPT) return
    dropped += events.length - KEPT
    events = events.slice(-KEPT)
  }

  return {
    read(ledger, from, take, anew) {
      catchUp(ledger)
      const isNew = from.telling !== telling
      if (isNew) anew()
      for (let i = isNew ? 0 : Math.max(from.events - dropped, 0); i < events.length; i++) take(events[i] as OwnEvent)
      return { telling, events: dropped + events.length }
    },
  }
}
