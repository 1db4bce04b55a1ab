/**
 * What happens to the replica of one document, what it orders, and what it is given: the shapes of `sync.ts`.
 */
import type { Bytes } from '../base/bytes.ts'
import type { EntryKind } from '../protocol/frame.ts'
import type { Message } from '../protocol/message.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import type { KeptFrame, KeptSnapshot } from './keeper.ts'
import type { DocumentPort } from './snapshot.ts'

/** A peer is the author of its session: 32 hexadecimal digits. */
export type PeerId = string

/** An entry of an author's log that was applied. */
export interface LoggedEntry {
  readonly store: number
  readonly sequence: number
  readonly kind: EntryKind
  readonly payload: Bytes
  readonly version: number
  /** The author's clock, in ms since the Unix epoch. For display only. */
  readonly time: number
}

export interface DeliveredEntry extends LoggedEntry {
  readonly author: Bytes
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
  /** Answers an `open-snapshot` effect. */
  | { readonly type: 'snapshot-opened'; readonly genuine: boolean }
  /** About once a second. */
  | { readonly type: 'ticked' }
  /** From the own keeper. */
  | { readonly type: 'restored'; readonly frames: readonly KeptFrame[] }
  /** From the own keeper, before its frames. */
  | { readonly type: 'snapshot-restored'; readonly snapshot: Bytes }
  /** From a file, before its frames: one of these vouches for it. */
  | { readonly type: 'snapshot-imported'; readonly snapshot: Bytes; readonly frames: readonly KeptFrame[] }
  /** From a file: believed no more than what strangers send. */
  | { readonly type: 'imported'; readonly frames: readonly KeptFrame[] }

/** `sequence` is that of the first entry. */
export interface FrameName {
  readonly author: Bytes
  readonly sequence: number
}

/** An author, as it was introduced. */
export interface FrameAuthor {
  readonly author: Bytes
  readonly introduction: Bytes
}

export type SyncEffect =
  | { readonly type: 'send'; readonly to: PeerId; readonly message: Message }
  /** A frame became history, if only as the last of a log that ends with it. */
  | { readonly type: 'persist'; readonly frame: KeptFrame }
  | { readonly type: 'seal'; readonly hash: Bytes }
  | {
      readonly type: 'open-seal'
      readonly author: Bytes
      readonly sequence: number
      readonly introduction: Bytes
      readonly hash: Bytes
      readonly seal: Bytes
    }
  /** A snapshot, what the frame that vouches for it says is its SHA-256, that frame's seal, and all introductions in it. */
  | {
      readonly type: 'open-snapshot'
      readonly bytes: Bytes
      readonly digest: Bytes
      readonly author: Bytes
      readonly introduction: Bytes
      readonly hash: Bytes
      readonly seal: Bytes
      readonly introductions: readonly FrameAuthor[]
    }
  /** The own introduction is to be submitted, if it has not been: own entries follow. */
  | { readonly type: 'introduce' }
  /** A snapshot took the place of all that was here, until the last sequence of each author. */
  | { readonly type: 'replaced'; readonly snapshot: KeptSnapshot }
  /** Counted in the trace. `from` is who brought it, while that is known; `frame` is `null` when it cannot be read. */
  | {
      readonly type: 'refused'
      readonly code: RefusalCode
      readonly from: PeerId | null
      readonly frame: FrameName | null
    }
  | { readonly type: 'duplicate'; readonly from: PeerId | null }
  /** Whether what lacks here is what nobody here can give, and has been for long. */
  | { readonly type: 'apart'; readonly apart: boolean }
  /** This replica and `peer` hold the same, as far as the last heartbeat said. */
  | { readonly type: 'agreed'; readonly peer: PeerId; readonly agreed: boolean }

export interface SyncOptions {
  readonly room: Bytes
  readonly scope: number
  readonly author: Bytes
  readonly storeOf: (author: Bytes) => number
  /** Checks an entry and applies it; `null` is success. Called in causal order, once for each entry. */
  readonly deliver: (entry: DeliveredEntry) => RefusalCode | null
  readonly document: DocumentPort
  /** When snapshots are taken instead of frames; by default as {@link SNAPSHOTS} has it. */
  readonly snapshots?: Partial<SnapshotPolicy>
}

export interface SnapshotPolicy {
  /** How many of the last entries come with a snapshot, so that they can be undone. */
  readonly horizon: number
  /** Who lacks so many entries asks for a snapshot instead. */
  readonly worth: number
  /** Whether whoever has all frames asks for frames as long as anybody has them: a snapshot would take the place of their history. */
  readonly keepsHistory: boolean
  /** Whether the own word counts: whoever may not edit vouches for nothing. */
  readonly vouches: boolean
}

export const SNAPSHOTS: SnapshotPolicy = { horizon: 1000, worth: 4000, keepsHistory: true, vouches: true }
