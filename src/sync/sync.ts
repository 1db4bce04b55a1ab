/**
 * Who has which frames, and how everybody comes to have all of them: the rule of one document ("scope") at one replica.
 *
 * A deterministic machine: an event goes in, effects come out; time, randomness, keys, disk and links are outside. Its
 * state stays inside and is changed in place, because copying logs for each keystroke would be quadratic.
 *
 * A frame passes these doors, in this order (SPEC, Y1 to Y9):
 *   envelope and limits → new? → no gap in its author's log → seal → causal past is here → each entry's check → applied,
 *   kept, passed on.
 * What fails before the seal says nothing about the author and is only counted. What fails after it was truly said by
 * the author: the frame is kept and passed on as the last of its author's log, so that all replicas stop at one place.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, compareBytes, equalBytes, fromHex, toHex } from '../base/bytes.ts'
import { createWriter } from '../protocol/codec.ts'
import {
  decodeSealed,
  type Entry,
  type EntryKind,
  encodeBody,
  encodeSealed,
  type Frame,
  frameHash,
  type Head,
  lastSequence,
  originHash,
  type SealedFrame,
} from '../protocol/frame.ts'
import {
  AUTHORS_MAX,
  FRAME_MAX_BYTES,
  FRAME_MAX_ENTRIES,
  WAITING_MAX_BYTES,
  WAITING_MAX_FRAMES,
} from '../protocol/limits.ts'
import { DIGEST_BYTES, type FrameBytes, type Message, type Range } from '../protocol/message.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import type { KeptFrame } from './keeper.ts'
import {
  type AuthorLog,
  createLog,
  frameEndingAt,
  type LoggedFrame,
  NOTHING_SEEN,
  reachOf,
  tailOf,
  type Vector,
} from './log.ts'

/** A peer is the author of its session: 32 hexadecimal digits. */
export type PeerId = string

export interface DeliveredEntry {
  readonly author: Bytes
  readonly store: number
  readonly kind: EntryKind
  readonly payload: Bytes
  readonly sequence: number
  readonly version: number
  /** The author's clock, in ms since the Unix epoch. For display only. */
  readonly time: number
  /** The last sequence of a store in the entry's causal past, its own predecessors included. */
  readonly past: (store: number) => number
}

export type SyncEvent =
  | { readonly type: 'peer-joined'; readonly peer: PeerId }
  | { readonly type: 'peer-left'; readonly peer: PeerId }
  | { readonly type: 'message-arrived'; readonly from: PeerId; readonly message: Message }
  /** Answers a `seal` effect. */
  | { readonly type: 'sealed'; readonly seal: Bytes }
  /** Answers an `open-seal` effect. */
  | { readonly type: 'seal-opened'; readonly author: Bytes; readonly sequence: number; readonly genuine: boolean }
  /** About once a second. */
  | { readonly type: 'ticked' }
  /** From the own keeper. */
  | { readonly type: 'restored'; readonly frames: readonly KeptFrame[] }

export type SyncEffect =
  | { readonly type: 'send'; readonly to: PeerId; readonly message: Message }
  | { readonly type: 'persist'; readonly frames: readonly KeptFrame[] }
  | { readonly type: 'seal'; readonly hash: Bytes }
  | {
      readonly type: 'open-seal'
      readonly author: Bytes
      readonly sequence: number
      readonly introduction: Bytes
      readonly hash: Bytes
      readonly seal: Bytes
    }
  /** Counted in the trace. `from` is who brought it. */
  | { readonly type: 'refused'; readonly code: RefusalCode; readonly from: PeerId | null }
  | { readonly type: 'duplicate'; readonly from: PeerId }
  | { readonly type: 'applied'; readonly author: Bytes; readonly sequence: number }
  /** This replica and `peer` hold the same, as far as the last heartbeat said. */
  | { readonly type: 'agreed'; readonly peer: PeerId; readonly agreed: boolean }

export interface SyncOptions {
  readonly room: Bytes
  readonly scope: number
  readonly author: Bytes
  readonly storeOf: (author: Bytes) => number
  /** Checks an entry and applies it; `null` is success. Called in causal order, once for each entry. */
  readonly deliver: (entry: DeliveredEntry) => RefusalCode | null
}

/** It may not be called back while it handles something: what reacts to a delivered entry has to wait for the end. */

export interface Sync {
  handle(event: SyncEvent): SyncEffect[]
  /** Where the next own entry will stand. */
  nextPlace(): { readonly sequence: number; readonly version: number }
  /** Takes an own entry, which is already applied, into the log. `now` in ms since the Unix epoch. */
  submit(kind: EntryKind, payload: Bytes, now: number): SyncEffect[]
  /** Applied entries by author id; own entries count once they are sealed. */
  vector(): Vector
  /** Own entries that are not sealed, and so neither kept nor sent, yet. */
  readonly unsealed: number
  /** Frames that wait for a seal, a predecessor or their causal past. */
  readonly waiting: number
  /** All applied frames, in the order of application. */
  frames(): readonly FrameBytes[]
}

interface Draft {
  readonly sequence: number
  readonly heads: readonly Head[]
  readonly past: Vector
  readonly entries: Entry[]
  /** Version of the last entry. */
  version: number
  readonly time: number
  bytes: number
}

interface Peer {
  /** Who the peer is linked to, as it last said. */
  neighbours: ReadonlySet<PeerId>
}

/** What was asked of a peer for one author, and how many heartbeats ago. */
interface Request {
  readonly peer: PeerId
  readonly upTo: number
  age: number
}

/** Heartbeats without an answer before another peer is asked. */
const PATIENCE = 3
/** Bytes of frames in one answer message. */
const BATCH_BYTES = 256 * 1024

export function createSync(options: SyncOptions): Sync {
  const { room, scope, deliver } = options
  const ownId = toHex(options.author)
  const logs = new Map<string, AuthorLog>()
  const order: (FrameBytes & { readonly id: string; readonly last: number })[] = []
  const peers = new Map<PeerId, Peer>()
  const requests = new Map<string, Request>()
  const own = openLog(options.author) as AuthorLog
  /** Applied frames of others that no own frame names, directly or through another, as author id → sequence. */
  const frontier = new Map<string, number>()
  const drafts: Draft[] = []
  let sealing = false
  let waitingBytes = 0
  let version = 0
  let effects: SyncEffect[] = []

  function openLog(author: Bytes): AuthorLog | null {
    const id = toHex(author)
    let log = logs.get(id)
    if (!log && logs.size < AUTHORS_MAX) {
      log = createLog(author, id, options.storeOf(author), originHash(room, scope, author))
      logs.set(id, log)
    }
    return log ?? null
  }

  const emit = (effect: SyncEffect) => void effects.push(effect)
  const refuse = (code: RefusalCode, from: PeerId | null) => emit({ type: 'refused', code, from })

  // --- frames of others -------------------------------------------------------------------------------------------

  function arrived({ author, bytes }: FrameBytes, from: PeerId): void {
    const decoded = decodeSealed(author, bytes)
    if (!decoded.ok) return refuse(decoded.code, from)
    const frame = decoded.value
    if (frame.scope !== scope) return refuse('scope-not-followed', from)
    const log = openLog(author)
    if (!log) return refuse('waiting-room-full', from)
    const tail = tailOf(log)
    if (lastSequence(frame) <= tail) return emit({ type: 'duplicate', from })
    if (log.ended) return refuse('author-ended', from)
    if (frame.sequence <= tail) return refuse('sequence-overlaps', from)
    if (frame.sequence === 1 && frame.entries[0]?.kind !== 'introduction') return refuse('introduction-missing', from)
    if (log.early.has(frame.sequence)) return emit({ type: 'duplicate', from })
    if (log.queue.length + log.early.size >= WAITING_MAX_FRAMES || waitingBytes + bytes.length > WAITING_MAX_BYTES) {
      return refuse('waiting-room-full', from)
    }
    waitingBytes += bytes.length
    log.early.set(frame.sequence, { frame, bytes })
    takeEarly(log)
  }

  /** Moves what now continues the log from beyond the gap into the queue, and has its seals opened. */
  function takeEarly(log: AuthorLog): void {
    for (let next = log.early.get(tailOf(log) + 1); next; next = log.early.get(tailOf(log) + 1)) {
      const { frame, bytes } = next
      log.early.delete(frame.sequence)
      const hash = frameHash(log.tailHash, frame.body)
      log.tailHash = hash
      log.queue.push({ frame, bytes, hash, opened: false })
      if (frame.sequence === 1) log.introduction = frame.entries[0]?.payload ?? null
      const { author, introduction } = log
      if (introduction)
        emit({ type: 'open-seal', author, sequence: frame.sequence, introduction, hash, seal: frame.seal })
    }
  }

  function sealOpened(author: Bytes, sequence: number, genuine: boolean): void {
    const log = logs.get(toHex(author))
    const index = log?.queue.findIndex(queued => queued.frame.sequence === sequence) ?? -1
    const queued = log?.queue[index]
    if (!log || !queued) return
    if (genuine) {
      queued.opened = true
      applyReady()
      return
    }
    // Whoever brought it may have forged it: forget it and what was chained to it, and ask again.
    forget(log.queue.splice(index), 'seal-invalid')
    log.tailHash = log.queue.at(-1)?.hash ?? log.hash
  }

  function forget(dropped: Iterable<{ readonly bytes: Bytes }>, code: RefusalCode): void {
    for (const { bytes } of dropped) {
      waitingBytes -= bytes.length
      refuse(code, null)
    }
  }

  /** Applies whatever can be, until nothing more can. */
  function applyReady(): void {
    for (let progress = true; progress; ) {
      progress = false
      for (const log of logs.values()) {
        for (let next = log.queue[0]; next?.opened; next = log.queue[0]) {
          const heads = headsHere(next.frame.heads)
          if (heads === 'missing') break
          log.queue.shift()
          waitingBytes -= next.bytes.length
          apply(log, next.frame, next.bytes, next.hash, heads)
          progress = true
        }
      }
    }
  }

  /** The frames that `heads` name; `unknown` when no replica can ever have one of them. */
  function headsHere(heads: readonly Head[]): readonly (readonly [string, LoggedFrame])[] | 'missing' | 'unknown' {
    const found: [string, LoggedFrame][] = []
    for (const head of heads) {
      const log = logs.get(toHex(head.author))
      if (!log || reachOf(log) < head.sequence) return log?.ended ? 'unknown' : 'missing'
      const frame = frameEndingAt(log, head.sequence)
      if (!frame) return 'unknown'
      found.push([log.id, frame])
    }
    return found
  }

  function apply(
    log: AuthorLog,
    frame: SealedFrame,
    bytes: Bytes,
    hash: Bytes,
    heads: readonly (readonly [string, LoggedFrame])[] | 'unknown',
  ): void {
    const before = log.frames.at(-1)
    const known = heads === 'unknown' ? [] : heads
    const past = pastOf(log.id, before?.past ?? NOTHING_SEEN, known)
    const base = Math.max(before?.version ?? 0, ...known.map(([, head]) => head.version))
    const time = (before?.time ?? 0) + frame.elapsed
    let refusal: RefusalCode | null = heads === 'unknown' ? 'head-unknown' : null
    for (const [i, entry] of frame.entries.entries()) {
      if (refusal) break
      const sequence = frame.sequence + i
      refusal = checkKind(entry.kind, sequence)
      refusal ??= deliver({
        author: log.author,
        store: log.store,
        kind: entry.kind,
        payload: entry.payload,
        sequence,
        version: base + 1 + i,
        time,
        past: store => (store === log.store ? sequence - 1 : seenOf(past, store)),
      })
    }
    if (refusal) {
      log.ended = refusal
      refuse(refusal, null)
      forget([...log.queue, ...log.early.values()], 'author-ended')
      log.queue = []
      log.early.clear()
    }
    append(log, frame, bytes, hash, { past, version: base + frame.entries.length, time })
    version = Math.max(version, base + frame.entries.length)
    for (const [author, sequence] of frontier) if ((past.get(author) ?? 0) >= sequence) frontier.delete(author)
    frontier.set(log.id, lastSequence(frame))
    const request = requests.get(log.id)
    if (request) {
      if (request.upTo <= lastSequence(frame)) requests.delete(log.id)
      else request.age = 0
    }
    const message: Message = { type: 'frames', scope, frames: [{ author: log.author, bytes }] }
    for (const [id, peer] of peers) {
      if (id !== log.id && !peer.neighbours.has(log.id)) emit({ type: 'send', to: id, message })
    }
    if (!refusal) emit({ type: 'applied', author: log.author, sequence: lastSequence(frame) })
  }

  function checkKind(kind: EntryKind, sequence: number): RefusalCode | null {
    if (kind === 'introduction') return sequence === 1 ? null : 'introduction-repeated'
    return kind === 'edit' ? null : 'entry-not-offered-yet'
  }

  function append(
    log: AuthorLog,
    frame: Frame,
    bytes: Bytes,
    hash: Bytes,
    rest: Pick<LoggedFrame, 'past' | 'version' | 'time'>,
  ): void {
    log.frames.push({ bytes, first: frame.sequence, last: lastSequence(frame), ...rest })
    log.hash = hash
    if (log.queue.length === 0) log.tailHash = hash
    order.push({ author: log.author, bytes, id: log.id, last: lastSequence(frame) })
    emit({ type: 'persist', frames: [{ author: log.author, bytes, sequence: frame.sequence, version: rest.version }] })
  }

  /** The causal past without the author's own; `before` itself when no head adds to it. */
  function pastOf(author: string, before: Vector, heads: readonly (readonly [string, LoggedFrame])[]): Vector {
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
  }

  function seenOf(past: Vector, store: number): number {
    for (const [id, sequence] of past) if (logs.get(id)?.store === store) return sequence
    return 0
  }

  // --- own entries ------------------------------------------------------------------------------------------------

  const ownLast = () => {
    const draft = drafts.at(-1)
    return draft ? draft.sequence + draft.entries.length - 1 : reachOf(own)
  }

  /** Edits made while a seal is under way share a frame, as long as nothing of others was seen between them. */
  function draftFor(size: number, now: number): Draft {
    const open = drafts.at(-1)
    const sealed = sealing && drafts.length === 1
    const full = open && (open.entries.length >= FRAME_MAX_ENTRIES || open.bytes + size > FRAME_MAX_BYTES / 2)
    if (open && !sealed && !full && frontier.size === 0) return open
    const named = [...frontier].map(([id, sequence]) => ({ author: fromHex(id), sequence }))
    const heads = named.sort((a, b) => compareBytes(a.author, b.author))
    const found = heads.map(head => {
      const log = logs.get(toHex(head.author)) as AuthorLog
      return [log.id, frameEndingAt(log, head.sequence) as LoggedFrame] as const
    })
    const before = open ?? own.frames.at(-1)
    const draft: Draft = {
      sequence: ownLast() + 1,
      heads,
      past: pastOf(ownId, before?.past ?? NOTHING_SEEN, found),
      entries: [],
      version,
      time: now,
      bytes: 0,
    }
    frontier.clear()
    drafts.push(draft)
    return draft
  }

  function sealNext(): void {
    const draft = drafts[0]
    if (!draft || sealing) return
    sealing = true
    emit({ type: 'seal', hash: frameHash(own.hash, encodeBody(frameOf(draft))) })
  }

  function frameOf(draft: Draft): Frame {
    const { sequence, heads, entries } = draft
    const elapsed = Math.max(0, Math.floor(draft.time) - (own.frames.at(-1)?.time ?? 0))
    return { author: options.author, scope, sequence, elapsed, heads, entries }
  }

  function sealed(seal: Bytes): void {
    const draft = drafts.shift()
    if (!draft) return
    sealing = false
    const frame = frameOf(draft)
    const body = encodeBody(frame)
    const bytes = encodeSealed(body, seal)
    const time = (own.frames.at(-1)?.time ?? 0) + frame.elapsed
    append(own, frame, bytes, frameHash(own.hash, body), { past: draft.past, version: draft.version, time })
    const message: Message = { type: 'frames', scope, frames: [{ author: options.author, bytes }] }
    for (const peer of peers.keys()) emit({ type: 'send', to: peer, message })
    sealNext()
  }

  // --- healing ----------------------------------------------------------------------------------------------------

  function vectorMessage(): Message {
    const reached = [...logs.values()].filter(log => reachOf(log) > 0)
    return { type: 'vector', scope, vector: reached.map(log => ({ author: log.author, sequence: reachOf(log) })) }
  }

  function digest(): Bytes {
    const writer = createWriter()
    const reached = [...logs.values()].filter(log => reachOf(log) > 0)
    for (const log of reached.sort((a, b) => (a.id < b.id ? -1 : 1))) {
      writer.bytes(log.author)
      writer.varuint(reachOf(log))
    }
    return sha256(writer.finish()).slice(0, DIGEST_BYTES) as Bytes
  }

  function ask(peer: PeerId, vector: readonly { readonly author: Bytes; readonly sequence: number }[]): void {
    const ranges: Range[] = []
    for (const { author, sequence } of vector) {
      const log = openLog(author)
      if (!log || log.ended || log === own || tailOf(log) >= sequence) continue
      const request = requests.get(log.id)
      if (request && request.upTo >= sequence && peers.has(request.peer)) continue
      requests.set(log.id, { peer, upTo: sequence, age: 0 })
      ranges.push({ author, after: tailOf(log), upTo: sequence })
    }
    if (ranges.length > 0) emit({ type: 'send', to: peer, message: { type: 'want', scope, ranges } })
  }

  /** In the order in which they were applied here, so that the other side need not hold them back. */
  function answer(peer: PeerId, ranges: readonly Range[]): void {
    const wanted = new Map(ranges.map(range => [toHex(range.author), range]))
    let batch: FrameBytes[] = []
    let size = 0
    const flush = () => {
      if (batch.length > 0) emit({ type: 'send', to: peer, message: { type: 'frames', scope, frames: batch } })
      batch = []
      size = 0
    }
    for (const framed of order) {
      const range = wanted.get(framed.id)
      if (!range || framed.last <= range.after || framed.last > range.upTo) continue
      if (size + framed.bytes.length > BATCH_BYTES) flush()
      batch.push(framed)
      size += framed.bytes.length
    }
    flush()
  }

  function message(from: PeerId, arrivedMessage: Message): void {
    if (!('scope' in arrivedMessage)) return
    if (arrivedMessage.scope !== scope) return refuse('scope-not-followed', from)
    switch (arrivedMessage.type) {
      case 'frames':
        for (const framed of arrivedMessage.frames) arrived(framed, from)
        break
      case 'vector':
        ask(from, arrivedMessage.vector)
        break
      case 'want':
        answer(from, arrivedMessage.ranges)
        break
      case 'digest': {
        const peer = peers.get(from)
        if (peer) peer.neighbours = new Set(arrivedMessage.neighbours.map(toHex))
        const agreed = equalBytes(arrivedMessage.digest, digest())
        emit({ type: 'agreed', peer: from, agreed })
        if (!agreed) emit({ type: 'send', to: from, message: vectorMessage() })
      }
    }
  }

  function tick(): void {
    for (const [author, request] of requests) if (++request.age >= PATIENCE) requests.delete(author)
    const neighbours = [...peers.keys()].map(fromHex)
    const heartbeat: Message = { type: 'digest', scope, digest: digest(), neighbours }
    for (const peer of peers.keys()) emit({ type: 'send', to: peer, message: heartbeat })
  }

  /** Seals were opened before they were kept. A frame's version is above those of its causal past. */
  function restore(frames: readonly KeptFrame[]): void {
    for (const { author, bytes } of [...frames].sort((a, b) => a.version - b.version)) {
      const decoded = decodeSealed(author, bytes)
      const log = openLog(author)
      if (!decoded.ok || !log || decoded.value.sequence !== reachOf(log) + 1) {
        refuse(decoded.ok ? 'sequence-overlaps' : decoded.code, null)
        continue
      }
      const heads = headsHere(decoded.value.heads)
      if (decoded.value.sequence === 1) log.introduction = decoded.value.entries[0]?.payload ?? null
      if (heads === 'missing') refuse('head-unknown', null)
      else apply(log, decoded.value, bytes, frameHash(log.hash, decoded.value.body), heads)
    }
    // They come from the keeper: they need not go there again.
    effects = effects.filter(effect => effect.type !== 'persist')
  }

  function collect(run: () => void): SyncEffect[] {
    effects = []
    run()
    return effects
  }

  return {
    handle: event =>
      collect(() => {
        switch (event.type) {
          case 'peer-joined':
            peers.set(event.peer, { neighbours: new Set() })
            emit({ type: 'send', to: event.peer, message: vectorMessage() })
            break
          case 'peer-left':
            peers.delete(event.peer)
            for (const [author, request] of requests) if (request.peer === event.peer) requests.delete(author)
            break
          case 'message-arrived':
            message(event.from, event.message)
            break
          case 'sealed':
            sealed(event.seal)
            break
          case 'seal-opened':
            sealOpened(event.author, event.sequence, event.genuine)
            break
          case 'ticked':
            tick()
            break
          case 'restored':
            restore(event.frames)
        }
      }),
    nextPlace: () => ({ sequence: ownLast() + 1, version: version + 1 }),
    submit: (kind, payload, now) =>
      collect(() => {
        const draft = draftFor(payload.length, now)
        draft.entries.push({ kind, payload })
        draft.bytes += payload.length
        draft.version = ++version
        sealNext()
      }),
    vector: () => new Map([...logs.values()].filter(log => reachOf(log) > 0).map(log => [log.id, reachOf(log)])),
    get unsealed() {
      return drafts.reduce((count, draft) => count + draft.entries.length, 0)
    },
    get waiting() {
      return [...logs.values()].reduce((count, log) => count + log.queue.length + log.early.size, 0)
    },
    frames: () => order,
  }
}
