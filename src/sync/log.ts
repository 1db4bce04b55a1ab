/**
 * What one replica keeps of one author: the frames that were applied, those that wait, and what follows from them.
 */
import type { Bytes } from '../base/bytes.ts'
import type { SealedFrame } from '../protocol/frame.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import type { KeptFrame } from './keeper.ts'

/** The last sequence seen of each author, by author id. */
export type Vector = ReadonlyMap<string, number>

export interface LoggedFrame extends KeptFrame {
  /** Of its author. */
  readonly id: string
  /** Sequence of the last entry. */
  readonly last: number
  /** What the frame's author had seen of *others* when making it; shared between frames that name no new heads. */
  readonly past: Vector
  /** Milliseconds since the Unix epoch by the author's clock. */
  readonly time: number
}

export interface QueuedFrame {
  readonly frame: SealedFrame
  readonly bytes: Bytes
  readonly hash: Bytes
  opened: boolean
}

export interface AuthorLog {
  readonly author: Bytes
  readonly id: string
  readonly store: number
  readonly frames: LoggedFrame[]
  /** Payload of the author's introduction, once its first frame came. */
  introduction: Bytes | null
  /** Why nothing more is taken from this author. */
  ended: RefusalCode | null
  /** Sequence of the entry that was refused: the first that does not count. */
  endedAt: number
  /** In order and without a gap after `frames`: their seals are being opened, or their causal past is missing. */
  queue: QueuedFrame[]
  /** Beyond a gap, by first sequence. */
  readonly early: Map<number, { readonly frame: SealedFrame; readonly bytes: Bytes }>
  /** Sequences whose seals are still being opened for frames that were forgotten meanwhile: no other may take the answer. */
  readonly forgotten: Set<number>
  /** Hash of the last frame of `queue`, or of `frames`. */
  tailHash: Bytes
  /** Hash of the last frame of `frames`. */
  hash: Bytes
}

export const NOTHING_SEEN: Vector = new Map()

export function createLog(author: Bytes, id: string, store: number, originHash: Bytes): AuthorLog {
  return {
    author,
    id,
    store,
    frames: [],
    introduction: null,
    ended: null,
    endedAt: Number.POSITIVE_INFINITY,
    queue: [],
    early: new Map(),
    forgotten: new Set(),
    tailHash: originHash,
    hash: originHash,
  }
}

/** Last sequence applied. */
export function reachOf(log: AuthorLog): number {
  return log.frames.at(-1)?.last ?? 0
}

/** Last sequence that is here without a gap, applied or queued. */
export function tailOf(log: AuthorLog): number {
  const queued = log.queue.at(-1)?.frame
  return queued ? queued.sequence + queued.entries.length - 1 : reachOf(log)
}

/** The frame that holds `sequence`. */
export function frameWith(log: AuthorLog, sequence: number): LoggedFrame | null {
  let low = 0
  let high = log.frames.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((log.frames[middle]?.last ?? 0) < sequence) low = middle + 1
    else high = middle
  }
  return log.frames[low] ?? null
}

/** The frame that ends at `sequence`. */
export function frameEndingAt(log: AuthorLog, sequence: number): LoggedFrame | null {
  const frame = frameWith(log, sequence)
  return frame?.last === sequence ? frame : null
}
