/**
 * Snapshots for others. Whoever gives one vouches for it in the own log, by an entry that names its hash: whom it reaches knows
 * then whose word it is, by whatever way it came.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, toHex } from '../base/bytes.ts'
import type { EntryName, VouchedSnapshot } from '../protocol/message.ts'
import type { PeerId } from './events.ts'
import { latestIn, type Vector } from './frame-list.ts'
import type { History } from './history.ts'
import type { KeptFrame } from './keeper.ts'
import { type AuthorLog, reachOf } from './log.ts'
import type { Outgoing } from './outgoing.ts'

export interface Vouching {
  asked(from: PeerId, covering: readonly EntryName[]): void
  /** Something was said that is more than somebody's word for a snapshot. */
  progressed(): void
  left(peer: PeerId): void
  ticked(): void
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

/** Snapshots without anything new in them but the word for others. */
const IDLE_MAX = 2
/**
 * Heartbeats from one snapshot to the next: whoever asks meanwhile waits, for less than the patience that it has. Anybody may ask,
 * and each snapshot is an entry of the own log.
 */
const SPACING = 10

interface Made {
  readonly bytes: Bytes
  readonly reach: Vector
  /** How much was applied then. */
  readonly entries: number
}

export function createVouching(options: VouchingOptions): Vouching {
  const { own, history, outgoing, worth, answer } = options
  /** By author id: what a snapshot for the peer has to reach. */
  const asking = new Map<PeerId, Vector>()
  /** Until the frame that vouches for it is sealed. */
  let pending: Made | null = null
  let latest: (Made & { readonly vouched: VouchedSnapshot }) | null = null
  /** Heartbeats until another one may be made. */
  let pause = 0
  /** How many may be made before anything else is said: two who vouch for no more than each other's word would never end. */
  let worthwhile = IDLE_MAX

  const entries = () => history.begun().reduce((sum, log) => sum + reachOf(log), 0)
  const reachNow = (): Vector => new Map(history.begun().map(log => [log.id, reachOf(log)]))
  const covers = (reach: Vector, covering: Vector) =>
    [...covering].every(([id, sequence]) => (reach.get(id) ?? 0) >= sequence)

  function isFresh(covering: Vector): boolean {
    if (!latest || !covers(latest.reach, covering)) return false
    return !options.vouches || entries() - latest.entries < worth / 2
  }

  function goOn(): void {
    for (const [peer, covering] of asking) {
      const mayMake = options.vouches && worthwhile > 0 && covers(reachNow(), covering)
      if (!isFresh(covering) && mayMake) continue
      asking.delete(peer)
      answer(peer, isFresh(covering) ? (latest?.vouched ?? null) : null)
    }
    // What is not sealed yet would be in the document and in no log.
    if (asking.size === 0 || pending || pause > 0 || outgoing.unsealed() > 0) return
    if (reachOf(own) === 0) return options.introduce()
    pause = SPACING
    worthwhile--
    const bytes = options.write()
    pending = { bytes, reach: reachNow(), entries: entries() }
    outgoing.submit('checkpoint', sha256(bytes) as Bytes, own.frames.time)
  }

  return {
    asked(from, covering) {
      // More than one may be named of an author.
      asking.set(from, latestIn(covering.map(({ author, sequence }) => [[toHex(author), sequence]])))
      goOn()
    },
    progressed() {
      worthwhile = IDLE_MAX
    },
    left: peer => void asking.delete(peer),
    ticked() {
      if (pause > 0) pause--
      goOn()
    },
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
