/**
 * Frames of others, from the moment they arrive until they are applied: the doors of the docstring of `sync.ts`.
 */
import { type Bytes, toHex } from '../base/bytes.ts'
import {
  decodeSealed,
  type Entry,
  frameHash,
  type Head,
  isAlone,
  lastSequence,
  type SealedFrame,
} from '../protocol/frame.ts'
import { WAITING_MAX_BYTES, WAITING_MAX_FRAMES } from '../protocol/limits.ts'
import type { EntryName, FrameBytes } from '../protocol/message.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import { type ApplyingOptions, createApplying } from './applying.ts'
import type { FrameName, PeerId, SyncEffect } from './events.ts'
import { speaksOfForgotten } from './forgotten.ts'
import type { Found } from './history.ts'
import type { KeptFrame } from './keeper.ts'
import { type AuthorLog, type QueuedFrame, reachOf, tailOf } from './log.ts'

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

export interface IntakeOptions extends ApplyingOptions {
  readonly own: AuthorLog
  readonly emit: (effect: SyncEffect) => void
}

/** No log waits for another one. */
const NOBODY: readonly AuthorLog[] = []

export function createIntake(options: IntakeOptions): Intake {
  const { own, history, emit } = options
  const applyFrame = createApplying(options)
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
      while (log.queue[0]?.opened && applyNext(log, log.queue[0]));
      if (waitingFor.size > 0) ready.push(...awaken(log))
    }
  }

  /** Applies the first frame of a queue; false when it cannot be applied yet. */
  function applyNext(log: AuthorLog, { frame, bytes, hash }: QueuedFrame): boolean {
    const found = history.find(frame.heads)
    if (found.type === 'missing') {
      waitFor(found.head, log)
      return false
    }
    const entry = frame.entries[0] as Entry
    if (isAlone(entry.kind) && speaksOfForgotten(entry, log.store, history.baseOf)) {
      stuck.add(log)
      return false
    }
    log.queue.shift()
    waitingBytes -= bytes.length
    apply(log, frame, bytes, hash, found)
    return true
  }

  /** Whoever brought a frame may have forged it: it is forgotten with what was chained to it, and asked for again. */
  function disbelieve(log: AuthorLog, queued: QueuedFrame): void {
    const dropped = log.queue.splice(log.queue.indexOf(queued))
    for (const { frame, opened } of dropped.slice(1)) if (!opened) log.forgotten.add(frame.sequence)
    forget(dropped, 'seal-invalid')
    log.tailHash = log.queue.at(-1)?.hash ?? log.hash
    takeEarly(log)
    if (log !== own) history.closeEmpty(log)
  }

  function waitFor(head: Head, log: AuthorLog): void {
    const id = toHex(head.author)
    const waiting = waitingFor.get(id) ?? new Map<AuthorLog, number>()
    waitingFor.set(id, waiting.set(log, head.sequence))
  }

  /** The logs whose missing entry of `log` is here, or will never be; they wait no more. */
  function awaken(log: AuthorLog): readonly AuthorLog[] {
    const waiting = waitingFor.get(log.id)
    if (!waiting) return NOBODY
    const reach = log.ended ? Number.POSITIVE_INFINITY : reachOf(log)
    const awake = [...waiting].flatMap(([each, sequence]) => (sequence <= reach ? [each] : []))
    for (const each of awake) waiting.delete(each)
    if (waiting.size === 0) waitingFor.delete(log.id)
    return awake
  }

  function apply(log: AuthorLog, frame: SealedFrame, bytes: Bytes, hash: Bytes, found: Found): void {
    const refusal = applyFrame(log, frame, bytes, hash, found)
    if (refusal) end(log, frame, refusal)
  }

  /** Nothing more is taken of a log. */
  function end(log: AuthorLog, frame: SealedFrame, refusal: RefusalCode): void {
    refuse(refusal, null, frame)
    forget([...log.queue, ...log.early.values()], 'author-ended')
    log.queue = []
    log.early.clear()
    log.tailHash = log.hash
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
      disbelieve(log, queued)
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
