/**
 * How a replica that lacks much, or what nobody has frames of any more, comes by a snapshot: it asks one peer, and believes
 * what somebody who may edit has vouched for.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { equalBytes, toHex } from '../base/bytes.ts'
import { decodeSealed, frameHash } from '../protocol/frame.ts'
import type { EntryName, Message, Reach, VouchedSnapshot } from '../protocol/message.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import type { PeerId, SyncEffect } from './events.ts'
import type { History } from './history.ts'
import { type AuthorLog, reachOf, tailOf } from './log.ts'
import {
  type DocumentPort,
  isSnapshotSound,
  reachIn,
  readSnapshot,
  type Snapshot,
  type SnapshotOf,
} from './snapshot.ts'

export interface CatchingUp {
  /** A peer said how far it has come. Whether a snapshot is on its way, so that nothing else needs to be asked for. */
  heardVector(from: PeerId, vector: readonly Reach[]): boolean
  heardSnapshot(from: PeerId, vouched: VouchedSnapshot | null): void
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
  /** Entries of which what they speak of is not here any more. */
  stuck(): readonly EntryName[]
  /** Own entries that are not sealed. */
  unsealed(): number
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
  readonly peer: PeerId
  readonly vector: readonly Reach[]
  age: number
  /** It is here: its seal is being opened, or own entries are being sealed. */
  found: { readonly snapshot: Snapshot; readonly vouched: VouchedSnapshot; genuine: boolean } | null
}

export function createCatchingUp(options: CatchingUpOptions): CatchingUp {
  const { history, own, worth, emit } = options
  let asked: Asked | null = null
  /** Heartbeats until anybody is asked. */
  let rest = 0
  /** Peers that had none, or none but this one, and for how many heartbeats they are left alone. */
  const without = new Map<PeerId, number>()

  function isNeeded(vector: readonly Reach[]): boolean {
    let lacking = 0
    for (const { author, sequence, base } of vector) {
      const log = history.logs.get(toHex(author))
      const tail = log ? tailOf(log) : 0
      if (log === own || log?.ended || sequence <= tail) continue
      if (tail < base) return true
      lacking += sequence - tail
    }
    return lacking >= worth || options.stuck().some(entry => reaches(vector, entry))
  }

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
    without.set(peer, PAUSE)
    if (code) emit({ type: 'refused', code, from: peer, frame: null })
    options.again(peer, vector)
  }

  /** Its snapshot, and what is to be asked of the keys; or what is wrong with it. */
  function examine({ checkpoint, bytes }: VouchedSnapshot): Snapshot | RefusalCode {
    const frame = decodeSealed(checkpoint.author, checkpoint.bytes)
    if (!frame.ok) return frame.code
    const [entry] = frame.value.entries
    if (entry?.kind !== 'checkpoint' || !equalBytes(entry.payload, sha256(bytes))) return 'snapshot-not-vouched'
    const read = readSnapshot(bytes, options.of, options.document)
    if (!read.ok) return read.code
    const { logs } = read.value.history
    const author = logs.find(log => equalBytes(log.author, checkpoint.author))
    if (author?.reach !== frame.value.sequence - 1) return 'snapshot-not-vouched'
    const reach = reachIn(read.value)
    if (!isSnapshotSound(read.value, options.of, options.document)) return 'snapshot-not-vouched'
    if ([...reach].every(([id, sequence]) => sequence <= reachHere(id))) return 'snapshot-too-old'
    if (bases().some(base => (reach.get(toHex(base.author)) ?? 0) < base.sequence)) return 'snapshot-too-old'
    emit({
      type: 'open-snapshot',
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
    // What lacks still comes in frames: it may give the same one again, and claim to have more.
    without.set(peer, PAUSE)
    options.again(peer, vector)
  }

  return {
    heardVector(from, vector) {
      if (asked?.peer === from) asked = { ...asked, vector }
      if (asked) return true
      if (rest > 0 || without.has(from) || !isNeeded(vector)) return false
      asked = { peer: from, vector, age: 0, found: null }
      emit(send(from, { type: 'want-snapshot', scope: options.scope, covering: [...options.stuck(), ...bases()] }))
      return true
    },
    heardSnapshot(from, vouched) {
      if (asked?.peer !== from || asked.found) {
        return emit({ type: 'refused', code: 'snapshot-not-wanted', from, frame: null })
      }
      if (!vouched) return giveUp(null)
      const snapshot = examine(vouched)
      if (typeof snapshot === 'string') return giveUp(snapshot)
      asked.found = { snapshot, vouched, genuine: false }
    },
    opened(genuine) {
      if (!asked?.found) return
      if (!genuine) return giveUp('seal-invalid')
      asked.found.genuine = true
      restoreWhenSealed()
    },
    ticked() {
      for (const [peer, left] of without) {
        if (left > 1) without.set(peer, left - 1)
        else without.delete(peer)
      }
      if (rest > 0) rest--
      if (!asked || asked.found || ++asked.age < PATIENCE) return
      rest = REST
      giveUp(null)
    },
    left(peer) {
      without.delete(peer)
      if (asked?.peer === peer && !asked.found) asked = null
    },
    sealed: restoreWhenSealed,
  }
}

const send = (to: PeerId, message: Message): SyncEffect => ({ type: 'send', to, message })

const reaches = (vector: readonly Reach[], entry: EntryName) =>
  vector.some(({ author, sequence }) => equalBytes(author, entry.author) && sequence >= entry.sequence)
