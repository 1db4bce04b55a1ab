/**
 * All logs of one document at one replica, and what follows from their order: versions, causal pasts, the frontier.
 *
 * Only frames that are applied are history; what waits is the business of `intake.ts`.
 */
import { type Bytes, equalBytes, toHex } from '../base/bytes.ts'
import { type Head, originHash } from '../protocol/frame.ts'
import { AUTHORS_MAX } from '../protocol/limits.ts'
import { createEntries, type Entries } from './entries.ts'
import { type FramePlace, latestIn, type Vector } from './frame-list.ts'
import type { KeptFrame } from './keeper.ts'
import { type AuthorLog, createLog, emptyLog, frameEndingAt, reachOf, tailOf } from './log.ts'
import type { SavedHistory, SavedLog } from './saved-history.ts'

/** A frame that another one names, with its author's id. */
export type NamedFrame = readonly [string, FramePlace]

/** What a frame names, or that one of its heads is none. */
export type Found = { readonly type: 'found'; readonly frames: readonly NamedFrame[] } | { readonly type: 'unknown' }

const FOUND_NOTHING: Found = { type: 'found', frames: [] }

/** Frames of one author that were applied one after the other: `to` is the first index that is not meant. */
export interface FrameRun {
  readonly log: AuthorLog
  readonly from: number
  to: number
}

export interface History {
  /** By author id. */
  readonly logs: ReadonlyMap<string, AuthorLog>
  /** How many frames are applied. */
  readonly applied: number
  /** Where they are, in the order of application. */
  readonly order: readonly FrameRun[]
  /** Logs of others of which no own frame names the last one, directly or through another. */
  readonly frontier: Set<AuthorLog>
  /** Greatest version seen. */
  version: number
  /** The log of an author of whom there is one. */
  known(author: Bytes): AuthorLog | null
  /** `null` when there are too many authors already. */
  open(author: Bytes): AuthorLog | null
  /** Forgets a log in which there is nothing after all: strangers could fill the list with invented authors. */
  closeEmpty(log: AuthorLog): void
  /** Logs in which something is applied. */
  begun(): AuthorLog[]
  /** The frames that `heads` name, or the first that may still come; `unknown` when no replica can ever have one. */
  find(heads: readonly Head[]): Found | { readonly type: 'missing'; readonly head: Head }
  /** The causal past of a frame, without its author's own entries; `before` itself when no head adds to it. */
  pastOf(author: string, before: Vector, heads: readonly NamedFrame[]): Vector
  /** The last sequence of a store of which there is no frame any more. */
  baseOf(store: number): number
  /** Author id; empty for a store of which there is no log. */
  idOf(store: number): string
  /** The last sequence of a store in a causal past. */
  seenOf(past: Vector, store: number): number
  readonly entries: Entries
  /** Adds an applied frame to its log. Returns it as the keeper wants it. */
  append(log: AuthorLog, place: FramePlace, bytes: Bytes, hash: Bytes): KeptFrame
  /** A frame of another author was applied: what it has in its past need not be named any more. */
  saw(log: AuthorLog, place: FramePlace): void
  /** Whether there are not too many authors with those of saved logs. */
  hasRoomFor(saved: SavedHistory): boolean
  /** Puts saved logs in the place of all that is history. */
  restore(saved: SavedHistory): void
  /** Finds the frontier anew. @param own - the log whose author has named what is in its past */
  findFrontier(own: AuthorLog): void
}

export function createHistory(room: Bytes, scope: number, storeOf: (author: Bytes) => number): History {
  const logs = new Map<string, AuthorLog>()
  /** Only of authors whose seals were genuine: a store id is a part of an author, and anybody can invent another with the same. */
  const byStore = new Map<number, AuthorLog>()
  const order: FrameRun[] = []
  /** The log that was asked for last: frames of one author come in rows. */
  let opened: AuthorLog | null = null

  function known(author: Bytes): AuthorLog | null {
    if (opened === null || !equalBytes(opened.author, author)) opened = logs.get(toHex(author)) ?? null
    return opened
  }

  const history: History & { applied: number } = {
    logs,
    order,
    entries: createEntries({ order, logOf: store => byStore.get(store) }),
    applied: 0,
    frontier: new Set(),
    version: 0,
    known,
    open(author) {
      const log = known(author)
      if (log || logs.size >= AUTHORS_MAX) return log
      const id = toHex(author)
      opened = createLog(author, id, storeOf(author), originHash(room, scope, author))
      logs.set(id, opened)
      return opened
    },
    closeEmpty(log) {
      if (tailOf(log) === 0 && log.early.size === 0 && log.forgotten.size === 0) {
        logs.delete(log.id)
        opened = null
      }
    },
    begun: () => [...logs.values()].filter(log => reachOf(log) > 0),
    find(heads) {
      if (heads.length === 0) return FOUND_NOTHING
      const frames: NamedFrame[] = []
      for (const head of heads) {
        const log = logs.get(toHex(head.author))
        if (!log || reachOf(log) < head.sequence) return log?.ended ? { type: 'unknown' } : { type: 'missing', head }
        const frame = frameEndingAt(log, head.sequence)
        if (!frame) return { type: 'unknown' }
        frames.push([log.id, frame])
      }
      return { type: 'found', frames }
    },
    pastOf(author, before, heads) {
      if (heads.length === 0) return before
      const past = new Map(before)
      const raise = (id: string, sequence: number) => {
        if (id !== author && (past.get(id) ?? 0) < sequence) past.set(id, sequence)
      }
      for (const [id, head] of heads) {
        raise(id, head.last)
        for (const [seen, sequence] of head.past) raise(seen, sequence)
      }
      return past
    },
    idOf: store => byStore.get(store)?.id ?? '',
    baseOf: store => byStore.get(store)?.frames.base ?? 0,
    seenOf(past, store) {
      return past.get(history.idOf(store)) ?? 0
    },
    append(log, place, bytes, hash) {
      const { author, frames } = log
      if (frames.length === 0 && !byStore.has(log.store)) byStore.set(log.store, log)
      frames.push(place, bytes)
      history.applied++
      ordered(log, frames.length - 1)
      log.hash = hash
      if (log.queue.length === 0) log.tailHash = hash
      return { author, sequence: place.sequence, version: place.version, bytes }
    },
    saw(log, { version, past }) {
      history.version = Math.max(history.version, version)
      const { frontier } = history
      if (frontier.size === 1 && frontier.has(log)) return
      for (const other of frontier) if ((past.get(other.id) ?? 0) >= reachOf(other)) frontier.delete(other)
      frontier.add(log)
    },
    hasRoomFor({ logs: saved }) {
      const newcomers = saved.filter(({ author }) => !logs.has(toHex(author)))
      return logs.size + newcomers.length <= AUTHORS_MAX
    },
    restore(saved) {
      for (const log of logs.values()) emptyLog(log, originHash(room, scope, log.author))
      order.length = 0
      history.applied = 0
      const framesOf = saved.logs.map((): Bytes[] => [])
      for (const [number, bytes] of saved.frames) framesOf[number]?.push(bytes)
      saved.logs.forEach(({ author, introduction, endedAt, hash, places, dropped, time }, number) => {
        const log = history.open(author)
        if (!log) return
        log.frames.restore(places, dropped, time, framesOf[number] ?? [])
        Object.assign(log, { introduction, hash, tailHash: hash })
        if (endedAt !== null) Object.assign(log, { ended: 'author-ended', endedAt })
        byStore.set(log.store, log)
        history.applied += log.frames.length
        history.version = Math.max(history.version, log.frames.version)
      })
      const next = saved.logs.map(({ dropped }) => dropped)
      for (const [number] of saved.frames) {
        const log = known((saved.logs[number] as SavedLog).author)
        const at = next[number] as number
        if (log) ordered(log, at)
        next[number] = at + 1
      }
    },
    findFrontier(own) {
      const begun = history.begun()
      history.frontier.clear()
      const named = latestIn(begun.map(({ frames }) => frames.past))
      for (const log of begun) {
        const isNamed = (named.get(log.id) ?? 0) >= reachOf(log)
        if (log !== own && !isNamed) history.frontier.add(log)
      }
    },
  }
  return history

  /** A frame was applied, or as good as. */
  function ordered(log: AuthorLog, index: number): void {
    const run = order.at(-1)
    if (run?.log === log) run.to++
    else order.push({ log, from: index, to: index + 1 })
  }
}
