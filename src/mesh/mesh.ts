/**
 * What the mesh is to those above it: who is connected, and bytes from one peer to another.
 *
 * It exists so that rooms, the simulated world and other transports share one shape. It must not know what the bytes
 * mean: to the mesh a frame, a presence update or a cell output is a message with a destination.
 */
import type { Bytes } from '../base/bytes.ts'
import type { Observable, Subscribable } from '../base/subscribe.ts'

/** 32 lower-case hexadecimal digits: the id of the author that this peer writes as. New with each page load. */
export type PeerId = string

export function isPeerId(value: unknown): value is PeerId {
  return typeof value === 'string' && /^[0-9a-f]{32}$/.test(value)
}

/** Why a link is no more. `connect-timeout`: it never opened. `offender`: the peer sent what no honest peer sends. */
export type CloseReason = 'goodbye' | 'missed-heartbeats' | 'failed' | 'connect-timeout' | 'offender'

/** Why a message did not go, or may not have arrived. */
export type SendFailure = 'not-connected' | 'message-too-large' | 'queue-full' | 'link-closed' | 'channel-refused'

export type SendOutcome = 'queued' | { readonly failed: SendFailure }

export interface SendOptions {
  /** A small message (at most 1 KiB) may overtake others that wait; a larger one queues as usual. */
  readonly urgent?: boolean
}

export type MeshEvent =
  | { readonly type: 'peer-opened'; readonly peer: PeerId }
  | { readonly type: 'peer-closed'; readonly peer: PeerId; readonly reason: CloseReason }
  | { readonly type: 'message-arrived'; readonly from: PeerId; readonly message: Bytes }
  /** Messages that `send` had called queued and that never left; one event however many there were. */
  | { readonly type: 'send-failed'; readonly to: PeerId; readonly reason: SendFailure }

export interface SignalingStatus {
  readonly url: string
  readonly state: 'connecting' | 'open' | 'retrying' | 'closed'
  /** Milliseconds from the moment of this snapshot to the next try; absent while `retrying` is under way. */
  readonly retryInMs?: number
}

export interface MeshProblem {
  readonly code: 'no-webrtc' | 'no-signaling' | 'signaling-down' | 'turn-needed'
  /** What is the matter, in plain English. */
  readonly sentence: string
  /** What the reader can do about it. */
  readonly nextStep: string
}

export interface MeshStatus {
  readonly signaling: readonly SignalingStatus[]
  /** Peers with which a link is being opened. */
  readonly connecting: number
  /** Peers with an open link. */
  readonly connected: number
  readonly problem: MeshProblem | null
}

/** What a debugger may watch; nothing in it is secret and nothing depends on it. */
export type MeshTrace =
  | { readonly type: 'refused'; readonly at: 'note' | 'link'; readonly code: string; readonly from: PeerId | null }
  | {
      readonly type: 'link'
      readonly peer: PeerId
      readonly what: 'started' | 'opened' | 'closed'
      readonly detail?: string
    }
  | { readonly type: 'signaling'; readonly url: string; readonly state: SignalingStatus['state'] }

/** How a room reaches other pages. A builder may bring another one than the mesh. */
export interface Transport {
  readonly status: Observable<MeshStatus>
  readonly events: Subscribable<MeshEvent>
  /**
   * Queues a message, which must not be changed afterwards. Messages to one peer arrive in the order of `send`, the urgent
   * ones among themselves and the others among themselves.
   */
  send(to: PeerId, message: Bytes, options?: SendOptions): SendOutcome
  /** Begins to look for others; idempotent. */
  open(): void
  /** Ends one link because its peer misbehaves; it is not met again until this transport is opened anew. */
  expel(peer: PeerId): void
  /** Replaces the signaling servers, where there are any; open links stay. */
  setSignaling(urls: readonly string[]): void
  /** Says goodbye and ends for good; idempotent. */
  dispose(): void
}

export interface Mesh extends Transport {
  readonly self: PeerId
  /** Peers with an open link, sorted. */
  readonly peers: Observable<readonly PeerId[]>
  /** Bytes that wait for this peer, here and in the browser; 0 without a link. */
  buffered(to: PeerId): number
  /** Leaves: tells every peer, synchronously, so that a closing page can still do it. {@link Transport.open} comes back. */
  goodbye(): void
}
