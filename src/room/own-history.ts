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
  /** Which telling of the earlier pages; 0 for none. */
  readonly telling: number
  /** How many events of this page. */
  readonly own: number
}

export interface OwnHistory<T extends Tables> {
  /** Whether something has come of earlier pages that was not told yet: all is told anew for it. */
  isBehind(ledger: Ledger<T>): boolean
  /**
   * Reads on.
   * @param anew - called when what was read before is no more the beginning: of an earlier page something came only now. All is
   *   taken again
   */
  read(ledger: Ledger<T>, from: Bookmark, take: (event: OwnEvent) => void, anew: () => void): Bookmark
}

export const UNREAD: Bookmark = { telling: 0, own: 0 }

/** How many entries of the person's earlier pages are read again. */
const REMEMBERED = 2000
/** How many events are kept for managers that are made later, at least. */
const KEPT = 10_000

/** The version of what a document begins with, behind its author's introduction. */
const FIRST_EDIT = 2

export function createOwnHistory<T extends Tables>(): OwnHistory<T> {
  let earlier: readonly OwnEvent[] = []
  let telling = 0
  /** How much of the earlier pages was here when they were told. */
  let grown = -1
  let own: OwnEvent[] = []
  let dropped = 0
  /** How far the own log has been read. */
  let told = 0

  function tell({ store, self }: Ledger<T>, entry: LoggedEntry, events: OwnEvent[]): void {
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
    const { person, store: self, opened } = of.self
    const isEarlierPage = (store: number) => store !== self && person !== null && of.personOf(store) === person
    const entries: LoggedEntry[] = []
    for (const entry of of.entries.backwards(isEarlierPage)) {
      if (entry.time < opened && entries.push(entry) === REMEMBERED) break
    }
    const events: OwnEvent[] = []
    // They may have come in any order: what an undo undoes has a smaller version.
    for (const entry of entries.sort((a, b) => a.version - b.version || a.store - b.store)) tell(of, entry, events)
    earlier = events
    grown = of.earlierPages()
    telling++
  }

  const isBehind = (of: Ledger<T>) => grown !== of.earlierPages()

  function catchUp(of: Ledger<T>): void {
    if (isBehind(of)) tellEarlierPages(of)
    told = Math.max(told, of.entries.first(of.self.store) - 1)
    for (let entry = of.entries.at(of.self.store, told + 1); entry; entry = of.entries.at(of.self.store, told + 1)) {
      told = entry.sequence
      tell(of, entry, own)
    }
    if (own.length < 2 * KEPT) return
    dropped += own.length - KEPT
    own = own.slice(-KEPT)
  }

  return {
    isBehind,
    read(ledger, from, take, anew) {
      catchUp(ledger)
      const isAnother = from.telling !== telling
      if (isAnother) {
        anew()
        earlier.forEach(take)
      }
      for (const event of own.slice(isAnother ? 0 : Math.max(from.own - dropped, 0))) take(event)
      return { telling, own: dropped + own.length }
    },
  }
}
