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
import type { Bytes } from '../base/bytes.ts'
import type { EntryKind } from '../protocol/frame.ts'
import type { FrameBytes, Message } from '../protocol/message.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import { createHealing } from './healing.ts'
import { createHistory } from './history.ts'
import { createIntake } from './intake.ts'
import type { KeptFrame } from './keeper.ts'
import { type AuthorLog, reachOf, type Vector } from './log.ts'
import { createOutgoing } from './outgoing.ts'

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

/** `sequence` is that of the first entry. */
export interface FrameName {
  readonly author: Bytes
  readonly sequence: number
}

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
  /** Counted in the trace. `from` is who brought it, while that is known; `frame` is `null` when it cannot be read. */
  | {
      readonly type: 'refused'
      readonly code: RefusalCode
      readonly from: PeerId | null
      readonly frame: FrameName | null
    }
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

export function createSync(options: SyncOptions): Sync {
  const { room, scope, author, deliver } = options
  let effects: SyncEffect[] = []
  const emit = (effect: SyncEffect) => void effects.push(effect)
  const history = createHistory(room, scope, options.storeOf)
  const own = history.open(author) as AuthorLog
  const healing = createHealing(scope, own, history, emit)
  const intake = createIntake({
    scope,
    own,
    deliver,
    history,
    emit,
    applied(log, last, kept) {
      emit({ type: 'persist', frames: [kept] })
      healing.progressed(log.id, last)
      healing.spread(kept, log.id)
    },
  })
  const outgoing = createOutgoing({
    scope,
    own,
    history,
    seal: hash => emit({ type: 'seal', hash }),
    finished(kept) {
      emit({ type: 'persist', frames: [kept] })
      healing.spread(kept, own.id)
    },
  })

  function heard(from: PeerId, message: Message): void {
    if (!('scope' in message)) return
    if (message.scope !== scope) return emit({ type: 'refused', code: 'scope-not-followed', from, frame: null })
    switch (message.type) {
      case 'frames':
        for (const framed of message.frames) intake.arrived(framed, from)
        break
      case 'vector':
        healing.heardVector(from, message.vector)
        break
      case 'want':
        healing.asked(from, message.ranges)
        break
      case 'digest':
        healing.heardDigest(from, message.digest, message.neighbours)
    }
  }

  function take(event: SyncEvent): void {
    switch (event.type) {
      case 'peer-joined':
        healing.joined(event.peer)
        break
      case 'peer-left':
        healing.left(event.peer)
        break
      case 'message-arrived':
        heard(event.from, event.message)
        break
      case 'sealed':
        outgoing.sealed(event.seal)
        break
      case 'seal-opened':
        intake.sealOpened(event.author, event.sequence, event.genuine)
        break
      case 'ticked':
        healing.ticked()
        break
      case 'restored':
        intake.restore(event.frames)
        // They come from the keeper: they need not go there again.
        effects = effects.filter(effect => effect.type !== 'persist')
    }
  }

  function collect(run: () => void): SyncEffect[] {
    effects = []
    run()
    return effects
  }

  return {
    handle: event => collect(() => take(event)),
    nextPlace: () => ({ sequence: outgoing.last + 1, version: history.version + 1 }),
    submit: (kind, payload, now) => collect(() => outgoing.submit(kind, payload, now)),
    vector: () => new Map(history.begun().map(log => [log.id, reachOf(log)])),
    get unsealed() {
      return outgoing.unsealed
    },
    get waiting() {
      return intake.waiting
    },
    frames: () => history.order,
  }
}
