/**
 * How a replica that lacks much, or what nobody has frames of any more, comes by a snapshot: it asks one peer, and believes
 * what somebody who may edit has vouched for.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, equalBytes, toHex } from '../base/bytes.ts'
import { decodeSealed, frameHash } from '../protocol/frame.ts'
import type { EntryName, FrameBytes, Message, Reach, VouchedSnapshot } from '../protocol/message.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import type { PeerId, SyncEffect } from './events.ts'
import { createGaps, type Missing } from './gaps.ts'
import type { History } from './history.ts'
import { type AuthorLog, reachOf, tailOf } from './log.ts'
import { basesIn } from './saved-history.ts'
import { type DocumentPort, reachIn, readSnapshot, type Snapshot, type SnapshotOf } from './snapshot.ts'

export interface CatchingUp {
  /** A peer said how far it has come. Whether a snapshot is on its way, so that nothing else needs to be asked for. */
  heardVector(from: PeerId, vector: readonly Reach[]): boolean
  heardSnapshot(from: PeerId, vouched: VouchedSnapshot | null): void
  /** One from a file, with the frames beside it. Whoever has all frames until it does without. */
  imported(bytes: Bytes, frames: readonly FrameBytes[]): void
  /** Answers the order to open the seal. */
  opened(genuine: boolean): void
  ticked(): void
  left(peer: PeerId): void
  /** Own entries were sealed: what waited for that goes on. */
  sealed(): void
}

export interface CatchingUpOptions {
  readonly of: SnapshotOf
  readonly scope: number
  readonly own: AuthorLog
  readonly history: History
  readonly document: DocumentPort
  /** Who lacks so many entries asks for a snapshot. */
  readonly worth: number
  /** Whether whoever has all frames asks for frames as long as anybody has them. */
  readonly keepsHistory: boolean
  /** Entries of which what they speak of is not here any more. */
  stuck(): readonly EntryName[]
  /** Own entries that are not sealed. */
  unsealed(): number
  /** Whether no peer is here. */
  isAlone(): boolean
  emit(effect: SyncEffect): void
  /** Puts it in the place of what is here; or tells why that cannot be. */
  restore(snapshot: Snapshot, vouched: VouchedSnapshot): RefusalCode | null
  /** Hears a vector again, now that it is known whether there is a snapshot. */
  again(from: PeerId, vector: readonly Reach[]): void
}

/** Heartbeats until another peer is asked, or for frames. */
const PATIENCE = 15
/** Heartbeats until a peer that had none is asked again. */
const PAUSE = 10
/** Heartbeats for frames after somebody did not answer: those who never do may be many. */
const REST = 10

interface Asked {
  /** `null` for a file. */
  readonly peer: PeerId | null
  readonly vector: readonly Reach[]
  age: number
  /** It is here: its seal is being opened, or own entries are being sealed. */
  found: { readonly snapshot: Snapshot; readonly vouched: VouchedSnapshot; genuine: boolean } | null
}

export function createCatchingUp(options: CatchingUpOptions): CatchingUp {
  const { history, own, worth, emit } = options
  let asked: Asked | null = null
  const gaps = createGaps()
  /** Heartbeats until anybody is asked. */
  let rest = 0
  /** Peers that had none, or none but this one, and for how many heartbeats they are left alone. */
  const without = new Map<PeerId, number>()
  /** Peers that did not answer in time: what they send may still be on its way; and how often that was. */
  const late = new Map<PeerId, { vector: readonly Reach[]; times: number; isOwed: boolean }>()

  /** Whoever has all frames keeps them, as long as others have those that lack. */
  const hasAllFrames = () => {
    const begun = history.begun()
    return begun.some(log => log !== own) && begun.every(({ frames }) => frames.base === 0)
  }

  const missingOf = (vector: readonly Reach[]) =>
    vector.flatMap(({ author, sequence, base }): Missing[] => {
      const id = toHex(author)
      const log = history.logs.get(id)
      const tail = tailById(id)
      return log === own || log?.ended || sequence <= tail ? [] : [{ id, entries: sequence - tail, isGap: tail < base }]
    })

  function isNeeded(vector: readonly Reach[], missing: readonly Missing[]): boolean {
    if (options.keepsHistory && hasAllFrames()) return gaps.last(missing)
    const lacking = missing.reduce((sum, { entries }) => sum + entries, 0)
    return (
      missing.some(({ isGap }) => isGap) || lacking >= worth || options.stuck().some(entry => reaches(vector, entry))
    )
  }

  const tailById = (id: string) => {
    const log = history.logs.get(id)
    return log ? tailOf(log) : 0
  }

  /** Whether the frames after a snapshot cannot be taken without it. */
  const hasGapBefore = ({ history: saved }: Snapshot) => [...basesIn(saved)].some(([id, base]) => tailById(id) < base)

  /** What is here without frames could not be brought back. */
  const bases = (): readonly EntryName[] =>
    history.begun().flatMap(({ author, frames }) => (frames.base > 0 ? [{ author, sequence: frames.base }] : []))

  const reachHere = (id: string) => {
    const log = history.logs.get(id)
    return log ? reachOf(log) : 0
  }

  function giveUp(code: RefusalCode | null): void {
    if (!asked) return
    const { peer, vector } = asked
    asked = null
    if (code) emit({ type: 'refused', code, from: peer, frame: null })
    if (peer === null) return
    without.set(peer, PAUSE)
    options.again(peer, vector)
  }

  /** Its snapshot, and what is to be asked of the keys; or what is wrong with it. */
  function examine({ checkpoint, bytes }: VouchedSnapshot): Snapshot | RefusalCode {
    const frame = decodeSealed(checkpoint.author, checkpoint.bytes)
    if (!frame.ok) return frame.code
    const [word] = frame.value.entries
    if (word?.kind !== 'checkpoint') return 'snapshot-not-vouched'
    const read = readSnapshot(bytes, options.of, options.document)
    if (!read.ok) return read.code
    const { logs } = read.value.history
    const author = logs.find(log => equalBytes(log.author, checkpoint.author))
    if (author?.reach !== frame.value.sequence - 1) return 'snapshot-not-vouched'
    const reach = reachIn(read.value)
    if ([...reach].every(([id, sequence]) => sequence <= reachHere(id))) return 'snapshot-too-old'
    if (options.keepsHistory && hasAllFrames() && !hasGapBefore(read.value)) return 'snapshot-too-old'
    if (bases().some(base => (reach.get(toHex(base.author)) ?? 0) < base.sequence)) return 'snapshot-too-old'
    emit({
      type: 'open-snapshot',
      bytes,
      digest: word.payload,
      author: checkpoint.author,
      introduction: author.introduction,
      hash: frameHash(author.hash, frame.value.body),
      seal: frame.value.seal,
      introductions: logs,
    })
    return read.value
  }

  function restoreWhenSealed(): void {
    if (!asked?.found?.genuine || options.unsealed() > 0) return
    const { peer, vector, found } = asked
    const { snapshot, vouched } = found
    const refusal = options.restore(snapshot, vouched)
    if (refusal) return giveUp(refusal)
    asked = null
    if (peer === null) return
    // What lacks still comes in frames: it may give the same one again, and claim to have more.
    without.set(peer, PAUSE)
    options.again(peer, vector)
  }

  function take(vouched: VouchedSnapshot, asking: Asked): void {
    const snapshot = examine(vouched)
    if (typeof snapshot === 'string') giveUp(snapshot)
    else asking.found = { snapshot, vouched, genuine: false }
  }

  return {
    heardVector(from, vector) {
      if (asked?.peer === from) asked = { ...asked, vector }
      const missing = missingOf(vector)
      gaps.heard(missing)
      if (asked) return true
      if (rest > 0 || without.has(from) || !isNeeded(vector, missing)) return false
      asked = { peer: from, vector, age: 0, found: null }
      emit(send(from, { type: 'want-snapshot', scope: options.scope, covering: [...options.stuck(), ...bases()] }))
      return true
    },
    heardSnapshot(from, vouched) {
      const owed = late.get(from)
      if (owed?.isOwed && asked?.peer !== from && !asked?.found) {
        asked = { peer: from, vector: owed.vector, age: 0, found: null }
      }
      late.delete(from)
      if (asked?.peer !== from || asked.found) {
        return emit({ type: 'refused', code: 'snapshot-not-wanted', from, frame: null })
      }
      if (!vouched) return giveUp(null)
      take(vouched, asked)
    },
    imported(bytes, frames) {
      const digest = sha256(bytes)
      const checkpoint = frames.find(frame => isCheckpointOf(frame, digest))
      if (asked || !checkpoint) return emit({ type: 'refused', code: 'snapshot-not-vouched', from: null, frame: null })
      const read = readSnapshot(bytes, options.of, options.document)
      if (hasAllFrames() && !(read.ok && hasGapBefore(read.value))) return
      asked = { peer: null, vector: [], age: 0, found: null }
      take({ checkpoint, bytes }, asked)
    },
    opened(genuine) {
      if (!asked?.found) return
      if (!genuine) return giveUp('snapshot-not-vouched')
      asked.found.genuine = true
      restoreWhenSealed()
    },
    ticked() {
      const { isApart } = gaps
      gaps.ticked(!options.isAlone() && options.stuck().length > 0)
      if (gaps.isApart !== isApart) emit({ type: 'apart', apart: gaps.isApart })
      for (const [peer, left] of without) {
        if (left > 1) without.set(peer, left - 1)
        else without.delete(peer)
      }
      if (rest > 0) rest--
      if (!asked || asked.found || ++asked.age < PATIENCE) return
      const { peer, vector } = asked
      rest = REST
      giveUp(null)
      if (peer === null) return
      const times = (late.get(peer)?.times ?? 0) + 1
      late.set(peer, { vector, times, isOwed: true })
      without.set(peer, REST + PAUSE * 2 ** Math.min(times, 6))
    },
    left(peer) {
      without.delete(peer)
      late.delete(peer)
      if (asked?.peer === peer && !asked.found) asked = null
    },
    sealed: restoreWhenSealed,
  }
}

function isCheckpointOf({ author, bytes }: FrameBytes, digest: Uint8Array): boolean {
  const frame = decodeSealed(author, bytes)
  if (!frame.ok) return false
  const [entry] = frame.value.entries
  return entry?.kind === 'checkpoint' && equalBytes(entry.payload, digest)
}

const send = (to: PeerId, message: Message): SyncEffect => ({ type: 'send', to, message })

const reaches = (vector: readonly Reach[], entry: EntryName) =>
  vector.some(({ author, sequence }) => equalBytes(author, entry.author) && sequence >= entry.sequence)
