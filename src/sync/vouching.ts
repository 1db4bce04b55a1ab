/**
 * Snapshots for others. Whoever gives one vouches for it in the own log, by an entry that names its hash: whom it reaches knows
 * then whose word it is, by whatever way it came.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, toHex } from '../base/bytes.ts'
import type { EntryName, VouchedSnapshot } from '../protocol/message.ts'
import type { PeerId } from './events.ts'
import type { Vector } from './frame-list.ts'
import type { History } from './history.ts'
import type { KeptFrame } from './keeper.ts'
import { type AuthorLog, reachOf } from './log.ts'
import type { Outgoing } from './outgoing.ts'

export interface Vouching {
  asked(from: PeerId, covering: readonly EntryName[]): void
  left(peer: PeerId): void
  /** Own entries were sealed. */
  sealed(kept: KeptFrame): void
  /** Somebody else's word, which can be passed on. */
  received(vouched: VouchedSnapshot, reach: Vector): void
}

export interface VouchingOptions {
  readonly own: AuthorLog
  readonly history: History
  readonly outgoing: Pick<Outgoing, 'unsealed' | 'submit'>
  /** Whether the own word counts. */
  readonly vouches: boolean
  /** Entries after which a snapshot is made anew. */
  readonly worth: number
  /** All that is applied, in short. */
  write(): Bytes
  /** Has the own introduction submitted. */
  introduce(): void
  answer(to: PeerId, vouched: VouchedSnapshot | null): void
}

interface Made {
  readonly bytes: Bytes
  readonly reach: Vector
  /** How much was applied then. */
  readonly entries: number
}

export function createVouching(options: VouchingOptions): Vouching {
  const { own, history, outgoing, worth, answer } = options
  const asking = new Map<PeerId, readonly EntryName[]>()
  /** Until the frame that vouches for it is sealed. */
  let pending: Made | null = null
  let latest: (Made & { readonly vouched: VouchedSnapshot }) | null = null

  const entries = () => history.begun().reduce((sum, log) => sum + reachOf(log), 0)
  const reachNow = (): Vector => new Map(history.begun().map(log => [log.id, reachOf(log)]))
  const covers = (reach: Vector, covering: readonly EntryName[]) =>
    covering.every(({ author, sequence }) => (reach.get(toHex(author)) ?? 0) >= sequence)

  function isFresh(covering: readonly EntryName[]): boolean {
    if (!latest || !covers(latest.reach, covering)) return false
    return !options.vouches || entries() - latest.entries < worth / 2
  }

  function goOn(): void {
    for (const [peer, covering] of asking) {
      const mayMake = options.vouches && covers(reachNow(), covering)
      if (!isFresh(covering) && mayMake) continue
      asking.delete(peer)
      answer(peer, isFresh(covering) ? (latest?.vouched ?? null) : null)
    }
    // What is not sealed yet would be in the document and in no log.
    if (asking.size === 0 || pending || outgoing.unsealed() > 0) return
    if (reachOf(own) === 0) return options.introduce()
    const bytes = options.write()
    pending = { bytes, reach: reachNow(), entries: entries() }
    outgoing.submit('checkpoint', sha256(bytes) as Bytes, own.frames.time)
  }

  return {
    asked(from, covering) {
      asking.set(from, covering)
      goOn()
    },
    left: peer => void asking.delete(peer),
    sealed({ author, bytes }) {
      // The frame after those in the snapshot is the one that vouches for it.
      if (pending) latest = { ...pending, vouched: { checkpoint: { author, bytes }, bytes: pending.bytes } }
      pending = null
      goOn()
    },
    received(vouched, reach) {
      latest = {
        bytes: vouched.bytes,
        reach,
        entries: [...reach.values()].reduce((sum, each) => sum + each, 0),
        vouched,
      }
    },
  }
}
