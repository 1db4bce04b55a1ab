/**
 * Frames of others, from the moment they arrive until they are applied: the doors of the docstring of `sync.ts`.
 */
import { type Bytes, toHex } from '../base/bytes.ts'
import {
  decodeSealed,
  type Entry,
  type EntryKind,
  frameHash,
  type Head,
  isAlone,
  lastSequence,
  type SealedFrame,
} from '../protocol/frame.ts'
import { WAITING_MAX_BYTES, WAITING_MAX_FRAMES } from '../protocol/limits.ts'
import type { EntryName, FrameBytes } from '../protocol/message.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import type { FrameName, PeerId, SyncEffect, SyncOptions } from './events.ts'
import { speaksOfForgotten } from './forgotten.ts'
import type { Vector } from './frame-list.ts'
import type { Found, History } from './history.ts'
import type { KeptFrame } from './keeper.ts'
import { type AuthorLog, reachOf, tailOf } from './log.ts'

export interface Intake {
  /** @param from - `null` for a file */
  arrived(frame: FrameBytes, from: PeerId | null): void
  sealOpened(author: Bytes, sequence: number, genuine: boolean): void
  /** Own entries became history, by another way. */
  wentOn(): void
  /** What the own keeper kept: seals were opened before. */
  restore(frames: readonly KeptFrame[]): void
  /** Entries that wait because what they speak of is forgotten here. */
  stuck(): readonly EntryName[]
  /** Takes out all frames that wait. */
  takeWaiting(): readonly (FrameBytes & FrameName)[]
  /** Frames that wait for a seal, a predecessor or their causal past. */
  waiting(): number
}

export interface IntakeOptions extends Pick<SyncOptions, 'deliver'> {
  readonly own: AuthorLog
  readonly history: History
  readonly emit: (effect: SyncEffect) => void
  /** A frame became history. `kept` is for the keeper. */
  readonly applied: (log: AuthorLog, last: number, kept: KeptFrame) => void
}

export function createIntake({ own, deliver, history, emit, applied }: IntakeOptions): Intake {
  let waitingBytes = 0
  /** Logs that hold an opened frame back, with the sequence that it waits for, by the id of that sequence's author. */
  const waitingFor = new Map<string, Map<AuthorLog, number>>()

  /** Logs whose next frame waits for a snapshot. */
  const stuck = new Set<AuthorLog>()

  const refuse = (code: RefusalCode, from: PeerId | null, frame: FrameName | null = null) =>
    emit({ type: 'refused', code, from, frame: frame && { author: frame.author, sequence: frame.sequence } })

  /** A frame continues the log: its seal is to be opened. */
  function enqueue(log: AuthorLog, frame: SealedFrame, bytes: Bytes): void {
    const hash = frameHash(log.tailHash, frame.body)
    log.tailHash = hash
    log.queue.push({ frame, bytes, hash, opened: false })
    if (frame.sequence === 1) log.introduction = frame.entries[0]?.payload ?? null
    const { author, introduction } = log
    const { sequence, seal } = frame
    if (introduction) emit({ type: 'open-seal', author, sequence, introduction, hash, seal })
  }

  /** Moves what now continues the log from beyond the gap into the queue, and has its seals opened. */
  function takeEarly(log: AuthorLog): void {
    for (let next = log.early.get(tailOf(log) + 1); next; next = log.early.get(tailOf(log) + 1)) {
      // The answer that is still to come would be taken for this frame's.
      if (log.forgotten.has(next.frame.sequence)) break
      log.early.delete(next.frame.sequence)
      enqueue(log, next.frame, next.bytes)
    }
    if (log.early.size === 0) return
    const tail = tailOf(log)
    const overlapping = [...log.early.values()].filter(({ frame }) => frame.sequence <= tail)
    for (const { frame } of overlapping) log.early.delete(frame.sequence)
    forget(overlapping, 'sequence-overlaps')
  }

  function forget(dropped: Iterable<{ readonly frame: SealedFrame; readonly bytes: Bytes }>, code: RefusalCode): void {
    for (const { frame, bytes } of dropped) {
      waitingBytes -= bytes.length
      refuse(code, null, frame)
    }
  }

  /** Applies what `first` holds ready, and what waited for it, until nothing more can be. */
  function applyFrom(first: AuthorLog): void {
    const ready = [first]
    for (const log of ready) {
      for (let next = log.queue[0]; next?.opened; next = log.queue[0]) {
        const past = history.find(next.frame.heads)
        if (past.type === 'missing') {
          waitFor(past.head, log)
          break
        }
        const [first] = next.frame.entries
        if (first && isAlone(first.kind) && speaksOfForgotten(first, log.store, history.baseOf)) {
          stuck.add(log)
          break
        }
        log.queue.shift()
        waitingBytes -= next.bytes.length
        apply(log, next.frame, next.bytes, next.hash, past)
      }
      for (const awake of awaken(log)) ready.push(awake)
    }
  }

  function waitFor(head: Head, log: AuthorLog): void {
    const id = toHex(head.author)
    const waiting = waitingFor.get(id) ?? new Map<AuthorLog, number>()
    waitingFor.set(id, waiting.set(log, head.sequence))
  }

  /** The logs whose missing entry of `log` is here, or will never be; they wait no more. */
  function awaken(log: AuthorLog): AuthorLog[] {
    const waiting = waitingFor.get(log.id)
    if (!waiting) return []
    const reach = log.ended ? Number.POSITIVE_INFINITY : reachOf(log)
    const awake = [...waiting].flatMap(([each, sequence]) => (sequence <= reach ? [each] : []))
    for (const each of awake) waiting.delete(each)
    if (waiting.size === 0) waitingFor.delete(log.id)
    return awake
  }

  /** What the author of an entry had seen, its own entries before it included. */
  const seenBefore = (own: number, sequence: number, past: Vector) => (store: number) =>
    store === own ? sequence - 1 : history.seenOf(past, store)

  function apply(log: AuthorLog, frame: SealedFrame, bytes: Bytes, hash: Bytes, found: Found): void {
    const before = log.frames
    const named = found.type === 'found' ? found.frames : []
    const past = history.pastOf(log.id, before.past, named)
    let base = before.version
    for (const [, head] of named) base = Math.max(base, head.version)
    const time = before.time + frame.elapsed
    const version = base + frame.entries.length
    // An entry may speak of those before it in its frame.
    const run = frame.entries.length > 1 && { log, sequence: frame.sequence, entries: frame.entries, version, time }
    if (run) history.entries.unlogged.push(run)
    let refusal: RefusalCode | null = found.type === 'unknown' ? 'head-unknown' : null
    if (refusal) log.endedAt = frame.sequence
    for (let i = 0; i < frame.entries.length && !refusal; i++) {
      const entry = frame.entries[i] as Entry
      const sequence = frame.sequence + i
      refusal = checkKind(entry.kind, sequence, frame.entries.length)
      refusal ??= deliver({
        author: log.author,
        store: log.store,
        kind: entry.kind,
        payload: entry.payload,
        sequence,
        version: base + 1 + i,
        time,
        past: seenBefore(log.store, sequence, past),
      })
      if (refusal) log.endedAt = sequence
    }
    if (run) history.entries.logged(run)
    if (refusal) {
      log.ended = refusal
      refuse(refusal, null, frame)
      forget([...log.queue, ...log.early.values()], 'author-ended')
      log.queue = []
      log.early.clear()
    }
    const last = lastSequence(frame)
    const kept = history.append(log, { sequence: frame.sequence, last, version, past, time }, bytes, hash)
    history.version = Math.max(history.version, version)
    const { frontier } = history
    if (frontier.size > 1 || !frontier.has(log)) {
      for (const other of frontier) if ((past.get(other.id) ?? 0) >= reachOf(other)) frontier.delete(other)
      frontier.add(log)
    }
    applied(log, last, kept)
    if (!refusal) emit({ type: 'applied', author: log.author, sequence: last })
  }

  /** Applies a frame whose seal was opened before; false when it cannot be applied now. */
  function reapply(log: AuthorLog, frame: SealedFrame, bytes: Bytes): boolean {
    const past = history.find(frame.heads)
    const follows = frame.sequence === reachOf(log) + 1 && log.queue.length === 0 && log.ended === null
    if (!follows || past.type === 'missing' || speaksOfForgotten(frame.entries[0] as Entry, log.store, history.baseOf))
      return false
    if (frame.sequence === 1) log.introduction = frame.entries[0]?.payload ?? null
    apply(log, frame, bytes, frameHash(log.hash, frame.body), past)
    return true
  }

  const intake: Intake = {
    arrived({ author, bytes }, from) {
      const decoded = decodeSealed(author, bytes)
      if (!decoded.ok) return refuse(decoded.code, from)
      const frame = decoded.value
      const log = history.open(author)
      if (!log) return refuse('waiting-room-full', from, frame)
      const tail = tailOf(log)
      if (lastSequence(frame) <= tail) return emit({ type: 'duplicate', from })
      if (log.ended) return refuse('author-ended', from, frame)
      if (frame.sequence <= tail) return refuse('sequence-overlaps', from, frame)
      if (frame.sequence === 1 && frame.entries[0]?.kind !== 'introduction') {
        return refuse('introduction-missing', from, frame)
      }
      if (log.early.has(frame.sequence)) return emit({ type: 'duplicate', from })
      if (log.queue.length + log.early.size >= WAITING_MAX_FRAMES || waitingBytes + bytes.length > WAITING_MAX_BYTES) {
        return refuse('waiting-room-full', from, frame)
      }
      waitingBytes += bytes.length
      if (frame.sequence === tail + 1 && !log.forgotten.has(frame.sequence)) enqueue(log, frame, bytes)
      else log.early.set(frame.sequence, { frame, bytes })
      if (log.early.size > 0) takeEarly(log)
    },
    sealOpened(author, sequence, genuine) {
      const log = history.known(author)
      if (log && log.forgotten.size > 0 && log.forgotten.delete(sequence)) return takeEarly(log)
      const queued = log?.queue.find(({ frame }) => frame.sequence === sequence)
      if (!log || !queued) return
      if (genuine) {
        queued.opened = true
        return applyFrom(log)
      }
      // Whoever brought it may have forged it: forget it and what was chained to it, and ask again.
      const dropped = log.queue.splice(log.queue.indexOf(queued))
      for (const { frame, opened } of dropped.slice(1)) if (!opened) log.forgotten.add(frame.sequence)
      forget(dropped, 'seal-invalid')
      log.tailHash = log.queue.at(-1)?.hash ?? log.hash
      takeEarly(log)
      if (log !== own) history.closeEmpty(log)
    },
    wentOn() {
      for (const log of awaken(own)) applyFrom(log)
    },
    restore(frames) {
      // A frame's version is above those of its causal past.
      for (const { author, bytes } of [...frames].sort((a, b) => a.version - b.version)) {
        const decoded = decodeSealed(author, bytes)
        const log = history.open(author)
        if (!decoded.ok || !log) refuse(decoded.ok ? 'waiting-room-full' : decoded.code, null)
        // Two pages may have written to one disk: what does not follow on what is here waits, as if somebody had sent it.
        else if (!reapply(log, decoded.value, bytes)) intake.arrived({ author, bytes }, null)
      }
    },
    stuck: () =>
      [...stuck].flatMap(({ author, queue }) => (queue[0] ? [{ author, sequence: queue[0].frame.sequence }] : [])),
    takeWaiting() {
      stuck.clear()
      const waiting = [...history.logs.values()].flatMap(({ queue, early }) => [...queue, ...early.values()])
      for (const log of history.logs.values()) {
        for (const { frame, opened } of log.queue) if (!opened) log.forgotten.add(frame.sequence)
        log.queue = []
        log.early.clear()
        log.tailHash = log.hash
      }
      waitingFor.clear()
      waitingBytes = 0
      return waiting.map(({ frame, bytes }) => ({ author: frame.author, sequence: frame.sequence, bytes }))
    },
    waiting: () => [...history.logs.values()].reduce((count, log) => count + log.queue.length + log.early.size, 0),
  }
  return intake
}

/** An introduction is an author's first entry, and only that; an undo has a frame to itself. */
function checkKind(kind: EntryKind, sequence: number, company: number): RefusalCode | null {
  if (kind === 'introduction') return sequence > 1 ? 'introduction-repeated' : null
  return isAlone(kind) && company > 1 ? 'undo-not-alone' : null
}
