/**
 * What was written before this page was opened. Most of it is on the disk; what the last page could not keep any more comes
 * later, from others.
 */
import type { Entries } from '../sync/entries.ts'
import type { LoggedEntry } from '../sync/events.ts'

export interface EarlierPages {
  /** Whether anything of that time is here, by whomever. */
  any(): boolean
  /** An edit of somebody else's, an undo or a redo was applied. */
  heard(entry: LoggedEntry): void
  /** A snapshot was taken: what many entries have come to, of which the last are here with it. */
  replaced(): void
  /** What the own person did on earlier pages, as far as it was not taken before. */
  take(): EarlierEntries
}

export interface EarlierEntries {
  /** Whether these are all, and what was taken before is in them again. */
  readonly all: boolean
  /** In the order in which they came. */
  readonly entries: readonly LoggedEntry[]
}

export interface EarlierPagesOptions {
  readonly entries: Pick<Entries, 'at' | 'backwards'>
  /** Who writes here, and since when, in ms since the Unix epoch. */
  readonly self: { readonly store: number; readonly person: string; readonly opened: number }
  /** `null` for a store whose author was not introduced yet. */
  readonly personOf: (store: number) => string | null
}

/** How many entries are looked for, and how many may wait to be taken. */
const REMEMBERED = 2000

export function createEarlierPages({ entries, self, personOf }: EarlierPagesOptions): EarlierPages {
  const { person, opened } = self
  /** Where they are; `null` for all. */
  let waiting: { readonly store: number; readonly sequence: number }[] | null = null

  const isOwn = (store: number) => store !== self.store && personOf(store) === person

  function latest(): LoggedEntry[] {
    const found: LoggedEntry[] = []
    for (const entry of entries.backwards(isOwn)) {
      if (entry.time < opened && found.push(entry) === REMEMBERED) break
    }
    return found.reverse()
  }

  return {
    any() {
      for (const { time } of entries.backwards()) if (time < opened) return true
      return false
    },
    heard({ store, sequence, time }) {
      // An author may be introduced only after it was heard.
      if (!waiting || time >= opened || (personOf(store) ?? person) !== person) return
      if (waiting.push({ store, sequence }) > REMEMBERED) waiting = null
    },
    replaced() {
      waiting = null
    },
    take() {
      const places = waiting
      waiting = []
      if (!places) return { all: true, entries: latest() }
      const own = places.filter(({ store }) => isOwn(store))
      return { all: false, entries: own.flatMap(({ store, sequence }) => entries.at(store, sequence) ?? []) }
    },
  }
}
