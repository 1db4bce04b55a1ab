/**
 * Entries by their places, read out of the frames in which they are kept.
 */
import { decodeSealed, type Entry } from '../protocol/frame.ts'
import type { LoggedEntry } from './events.ts'
import type { FrameRun } from './history.ts'
import type { AuthorLog } from './log.ts'

/** Entries of one frame, or of what will be one. */
export interface EntryRun {
  readonly log: AuthorLog
  /** Of the first. */
  readonly sequence: number
  readonly entries: readonly Entry[]
  /** Of the last; the others' run up to it. */
  readonly version: number
  /** Milliseconds since the Unix epoch by the author's clock. */
  readonly time: number
}

export interface Entries {
  /** Runs that count as applied and are no frames of a log yet: the one being applied, and own ones that are not sealed. */
  readonly unlogged: EntryRun[]
  /** It is a frame of its log from now on, or never will be. */
  logged(run: EntryRun): void
  /** An entry that was applied; `null` when there is none at that place, or it is here no more. */
  at(store: number, sequence: number): LoggedEntry | null
  /** The first sequence of a store of which there is an entry here, or would be. */
  first(store: number): number
  /** Those that were applied, the latest first: of all stores, or of some. */
  backwards(isWanted?: (store: number) => boolean): Iterable<LoggedEntry>
}

export interface EntriesOptions {
  logOf(store: number): AuthorLog | undefined
  readonly order: readonly FrameRun[]
}

const everyStore = () => true

export function createEntries({ logOf, order }: EntriesOptions): Entries {
  const unlogged: EntryRun[] = []
  /** The frame that was opened last: who asks for one entry asks for its neighbours. */
  let opened: EntryRun | null = null

  function runOf(log: AuthorLog, index: number): EntryRun {
    if (opened?.log === log && opened.sequence === log.frames.sequenceAt(index)) return opened
    const { sequence, version, time, bytes } = log.frames.at(index)
    const decoded = decodeSealed(log.author, bytes)
    if (!decoded.ok) throw new Error(`A frame that was applied cannot be read again: ${decoded.code}.`)
    opened = { log, sequence, entries: decoded.value.entries, version, time }
    return opened
  }

  function entryIn({ log, sequence: first, entries, version, time }: EntryRun, sequence: number): LoggedEntry | null {
    const entry = entries[sequence - first]
    if (!entry || sequence >= log.endedAt) return null
    return { ...entry, store: log.store, sequence, version: version - (entries.length - 1) + (sequence - first), time }
  }

  function* reversed(run: EntryRun): Iterable<LoggedEntry> {
    for (let i = run.entries.length - 1; i >= 0; i--) {
      const entry = entryIn(run, run.sequence + i)
      if (entry) yield entry
    }
  }

  return {
    unlogged,
    logged: run => void unlogged.splice(unlogged.lastIndexOf(run), 1),
    at(store, sequence) {
      for (const run of unlogged) {
        const entry = run.log.store === store ? entryIn(run, sequence) : null
        if (entry) return entry
      }
      const log = logOf(store)
      const index = log?.frames.indexWith(sequence) ?? -1
      // Of what is before the first frame that is here nothing is known but its place.
      return log && index >= log.frames.dropped ? entryIn(runOf(log, index), sequence) : null
    },
    first: store => (logOf(store)?.frames.base ?? 0) + 1,
    *backwards(isWanted = everyStore) {
      for (const run of unlogged.toReversed()) if (isWanted(run.log.store)) yield* reversed(run)
      for (const { log, from, to } of order.toReversed()) {
        // A frame is opened for what is asked for, and not to be passed over.
        if (!isWanted(log.store)) continue
        for (let i = to - 1; i >= from; i--) yield* reversed(runOf(log, i))
      }
    },
  }
}
