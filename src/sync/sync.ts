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
import { type Bytes, toHex } from '../base/bytes.ts'
import type { EntryKind } from '../protocol/frame.ts'
import type { Message, Reach } from '../protocol/message.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import { createCatchingUp } from './catching-up.ts'
import type { Entries } from './entries.ts'
import { type FrameName, type PeerId, SNAPSHOTS, type SyncEffect, type SyncEvent, type SyncOptions } from './events.ts'
import { isOfForgotten } from './forgotten.ts'
import type { Vector } from './frame-list.ts'
import { createHealing } from './healing.ts'
import { createHistory } from './history.ts'
import { createIntake } from './intake.ts'
import type { KeptFrame, KeptSnapshot } from './keeper.ts'
import { type AuthorLog, reachOf } from './log.ts'
import { createOutgoing } from './outgoing.ts'
import { isOwnBeginning } from './own-beginning.ts'
import { basesIn } from './saved-history.ts'
import { reachIn, readSnapshot, type Snapshot, writeSnapshot } from './snapshot.ts'
import { createVouching } from './vouching.ts'

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
  readonly entries: Pick<Entries, 'at' | 'first' | 'backwards'>
  /** All applied frames that are here, in the order of application. */
  frames(): readonly KeptFrame[]
  /** The snapshot that the frames go on from; `null` when they begin at the beginning. */
  readonly base: KeptSnapshot | null
  /**
   * All that is applied, in short. Own entries have to be sealed.
   * @param horizon - how many of the last entries can still be undone by whoever has nothing but the snapshot
   */
  snapshot(horizon: number): Bytes
}

export function createSync(options: SyncOptions): Sync {
  const { room, scope, author, deliver, document } = options
  const { horizon, worth, keepsHistory, vouches } = { ...SNAPSHOTS, ...options.snapshots }
  let effects: SyncEffect[] = []
  let base: KeptSnapshot | null = null
  const emit = (effect: SyncEffect) => void effects.push(effect)
  const history = createHistory(room, scope, options.storeOf)
  const own = history.open(author) as AuthorLog
  const healing = createHealing(scope, own, history, emit)
  const intake = createIntake({
    own,
    deliver(entry) {
      if (entry.kind !== 'checkpoint') vouching.progressed()
      return deliver(entry)
    },
    history,
    emit,
    applied(log, last, kept) {
      emit({ type: 'persist', frame: kept })
      healing.progressed(log.id, last)
      healing.spread(kept, log.id)
    },
  })
  const outgoing = createOutgoing({
    own,
    history,
    seal: hash => emit({ type: 'seal', hash }),
    finished(kept) {
      emit({ type: 'persist', frame: kept })
      healing.spread(kept, own.id)
      vouching.sealed(kept)
    },
  })
  const vouching = createVouching({
    ...{ own, history, outgoing, vouches, worth },
    write: () => writeSnapshot(options, history, document, horizon),
    introduce: () => emit({ type: 'introduce' }),
    answer: (to, vouched) => emit({ type: 'send', to, message: { type: 'snapshot', scope, vouched } }),
  })
  const catchingUp = createCatchingUp({
    ...{ of: options, scope, own, history, document, worth, keepsHistory, emit },
    stuck: intake.stuck,
    unsealed: outgoing.unsealed,
    isAlone: healing.isAlone,
    again: heardVector,
    restore(snapshot, vouched) {
      const refusal = isOwnBeginning(snapshot.history, own)
        ? restoreSnapshot(snapshot, vouched.bytes)
        : 'snapshot-not-vouched'
      if (refusal) return refusal
      const kept = base as KeptSnapshot
      emit({ type: 'replaced', snapshot: kept })
      vouching.received(vouched, kept.reach)
      intake.arrived(vouched.checkpoint, null)
      return null
    },
  })

  function heardVector(from: PeerId, vector: readonly Reach[]): void {
    if (!catchingUp.heardVector(from, vector)) healing.heardVector(from, vector)
  }

  function heard(from: PeerId, message: Message): void {
    if (!('scope' in message)) return
    if (message.scope !== scope) return emit({ type: 'refused', code: 'scope-not-followed', from, frame: null })
    switch (message.type) {
      case 'frames':
        for (const framed of message.frames) intake.arrived(framed, from)
        break
      case 'vector':
        heardVector(from, message.vector)
        break
      case 'want':
        healing.asked(from, message.ranges)
        break
      case 'want-snapshot':
        vouching.asked(from, message.covering)
        break
      case 'snapshot':
        catchingUp.heardSnapshot(from, message.vouched)
        break
      case 'digest':
        healing.heardDigest(from, message.digest, message.neighbours)
    }
  }

  /** Puts a snapshot in the place of what is here. What is here and not in it is taken again, on top. */
  function restoreSnapshot(snapshot: Snapshot, bytes: Bytes): RefusalCode | null {
    const reach = reachIn(snapshot)
    const isCovered = ({ author, sequence }: FrameName) => sequence <= (reach.get(toHex(author)) ?? 0)
    const further = framesHere().filter(frame => !isCovered(frame))
    const bases = basesIn(snapshot.history)
    const baseOf = (store: number) => bases.get(history.idOf(store)) ?? 0
    if (further.some(frame => isOfForgotten(frame, options.storeOf(frame.author), baseOf))) return 'snapshot-too-new'
    if (!history.hasRoomFor(snapshot.history)) return 'waiting-room-full'
    const waiting = intake.takeWaiting().filter(frame => !isCovered(frame))
    base = { bytes, reach }
    history.restore(snapshot.history)
    for (const log of history.begun()) introduce(log)
    document.restore(snapshot.document, () => takeAgain(further))
    history.findFrontier(own)
    for (const frame of waiting) intake.arrived(frame, null)
    return null
  }

  /** Frames that were history before: they are kept already, and others have heard of them. */
  function takeAgain(frames: readonly KeptFrame[]): void {
    const before = effects
    effects = []
    intake.restore(frames)
    effects = [...before, ...effects.filter(({ type }) => type !== 'persist' && type !== 'send')]
  }

  function introduce({ author, store, introduction, frames }: AuthorLog): void {
    const entry = { kind: 'introduction', payload: introduction ?? new Uint8Array(0), sequence: 1, version: 1 } as const
    deliver({ ...entry, author, store, time: frames.timeAt(0), past: () => 0 })
  }

  const framesHere = () =>
    history.order.flatMap(({ log, from, to }) => Array.from({ length: to - from }, (_, i) => log.frames.at(from + i)))

  function take(event: SyncEvent): void {
    switch (event.type) {
      case 'peer-joined':
        healing.joined(event.peer)
        break
      case 'peer-left':
        healing.left(event.peer)
        vouching.left(event.peer)
        catchingUp.left(event.peer)
        break
      case 'message-arrived':
        heard(event.from, event.message)
        break
      case 'sealed':
        outgoing.sealed(event.seal)
        intake.wentOn()
        catchingUp.sealed()
        break
      case 'seal-opened':
        intake.sealOpened(event.author, event.sequence, event.genuine)
        break
      case 'snapshot-opened':
        catchingUp.opened(event.genuine)
        break
      case 'ticked':
        healing.ticked()
        vouching.ticked()
        catchingUp.ticked()
        break
      case 'snapshot-imported':
        catchingUp.imported(event.snapshot, event.frames)
        break
      case 'imported':
        for (const frame of event.frames) intake.arrived(frame, null)
        break
      case 'snapshot-restored': {
        const read = readSnapshot(event.snapshot, options, document)
        const refusal = read.ok ? restoreSnapshot(read.value, event.snapshot) : read.code
        if (refusal) emit({ type: 'refused', code: refusal, from: null, frame: null })
        break
      }
      case 'restored':
        takeAgain(event.frames)
    }
  }

  return {
    handle(event) {
      effects = []
      take(event)
      return effects
    },
    nextPlace: () => ({ sequence: outgoing.last() + 1, version: history.version + 1 }),
    submit(kind, payload, now) {
      effects = []
      vouching.progressed()
      outgoing.submit(kind, payload, now)
      return effects
    },
    vector: () => new Map(history.begun().map(log => [log.id, reachOf(log)])),
    get unsealed() {
      return outgoing.unsealed()
    },
    get waiting() {
      return intake.waiting()
    },
    entries: history.entries,
    get base() {
      return base
    },
    snapshot: entries => writeSnapshot(options, history, document, entries),
    frames: framesHere,
  }
}
