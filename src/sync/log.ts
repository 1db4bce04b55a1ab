/**
 * What one replica keeps of one author: the frames that were applied, those that wait, and what follows from them.
 */
import type { Bytes } from '../base/bytes.ts'
import type { SealedFrame } from '../protocol/frame.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import { FrameList, type FramePlace } from './frame-list.ts'

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
  frames: FrameList
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

export function createLog(author: Bytes, id: string, store: number, originHash: Bytes): AuthorLog {
  return {
    author,
    id,
    store,
    frames: new FrameList(author),
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

/** Forgets all that was applied or waits. @param originHash - as at the beginning */
export function emptyLog(log: AuthorLog, originHash: Bytes): void {
  Object.assign(log, createLog(log.author, log.id, log.store, originHash))
}

/** Last sequence applied. */
export function reachOf(log: AuthorLog): number {
  return log.frames.reach
}

/** Last sequence that is here without a gap, applied or queued. */
export function tailOf(log: AuthorLog): number {
  const queued = log.queue.at(-1)?.frame
  return queued ? queued.sequence + queued.entries.length - 1 : reachOf(log)
}

/** The place of the frame that ends at `sequence`. */
export function frameEndingAt({ frames }: AuthorLog, sequence: number): FramePlace | null {
  const index = frames.indexWith(sequence)
  return index >= 0 && frames.lastAt(index) === sequence ? frames.placeAt(index) : null
}
