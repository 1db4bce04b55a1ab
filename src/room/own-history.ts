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
  readonly telling: number
  readonly events: number
}

export interface OwnHistory<T extends Tables> {
  /**
   * Reads on.
   * @param anew - called when what was read before is no more the beginning: something of an earlier page came only now. All is
   *   taken again
   */
  read(ledger: Ledger<T>, from: Bookmark, take: (event: OwnEvent) => void, anew: () => void): Bookmark
}

export const UNREAD: Bookmark = { telling: 0, events: 0 }

/** How many events are kept for managers that are made later, at least. */
const KEPT = 10_000

/** The version of what a document begins with, behind its author's introduction. */
const FIRST_EDIT = 2

interface EarlierEvent {
  readonly event: OwnEvent
  readonly store: number
  /** By the person's clock; within a page it does not go back. */
  readonly time: number
}

export function createOwnHistory<T extends Tables>(): OwnHistory<T> {
  /** Of earlier pages, before all of this one, in the order in which it happened. */
  let earlier: EarlierEvent[] = []
  /** Of each earlier page, the time of its last event. */
  let ends = new Map<number, number>()
  let own: OwnEvent[] = []
  let dropped = 0
  /** How far the own log has been read. */
  let told = 0
  let telling = 0

  function eventOf({ store, self }: Ledger<T>, entry: LoggedEntry, last: OwnEvent | undefined): OwnEvent | null {
    const { sequence, time, version } = entry
    const edit = { store: entry.store, sequence }
    const said = store.explain(edit)
    if (!said || (self.filled && version === FIRST_EDIT)) return null
    if (said.kind !== 'edit') return { type: said.kind, of: said.of }
    const fields = said.fields.map(path => path.join('/')).join()
    // Who types writes to one field again and again: it is kept once.
    const where = last?.type === 'edit' && last.fields === fields ? last : { fields, paths: said.fields }
    return { type: 'edit', edit, fields: where.fields, paths: where.paths, time, label: said.label ?? '' }
  }

  /** Puts what an earlier page did in its place: mostly at the end, since pages come one after the other. */
  function insert(of: Ledger<T>, entry: LoggedEntry): void {
    const event = eventOf(of, entry, earlier.at(-1)?.event)
    if (!event) return
    const { store } = entry
    const time = Math.max(entry.time, ends.get(store) ?? 0)
    ends.set(store, time)
    let place = earlier.length
    for (let before = earlier[place - 1]; before && isAfter(before, { store, time }); before = earlier[place - 1])
      place--
    if (place < earlier.length || own.length > 0) telling++
    earlier.splice(place, 0, { event, store, time })
  }

  function catchUp(of: Ledger<T>): void {
    const { all, entries } = of.earlierPages()
    // After so many steps on this page nobody goes back to what was before it.
    if (dropped === 0) {
      if (all) {
        earlier = []
        ends = new Map()
        telling++
      }
      for (const entry of entries) insert(of, entry)
    }
    told = Math.max(told, of.entries.first(of.self.store) - 1)
    for (let entry = of.entries.at(of.self.store, told + 1); entry; entry = of.entries.at(of.self.store, told + 1)) {
      told = entry.sequence
      const event = eventOf(of, entry, own.at(-1))
      if (event) own.push(event)
    }
    if (own.length < 2 * KEPT) return
    dropped += own.length - KEPT
    own = own.slice(-KEPT)
  }

  return {
    read(ledger, from, take, anew) {
      catchUp(ledger)
      const isAnother = from.telling !== telling
      if (isAnother) anew()
      const start = isAnother ? 0 : from.events
      for (let i = start; i < earlier.length; i++) take((earlier[i] as EarlierEvent).event)
      for (let i = Math.max(start - earlier.length - dropped, 0); i < own.length; i++) take(own[i] as OwnEvent)
      return { telling, events: earlier.length + dropped + own.length }
    },
  }
}

const isAfter = (a: Omit<EarlierEvent, 'event'>, b: Omit<EarlierEvent, 'event'>) =>
  a.time > b.time || (a.time === b.time && a.store > b.store)
