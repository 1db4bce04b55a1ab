/**
 * What a peer keeps in mind about the others while it meets them, and the facts and deeds of the rule in `meeting.ts`.
 */
import type { Exchange } from './exchange.ts'
import type { CloseReason, MeshEvent, PeerId } from './mesh.ts'
import type { Attempt, Note } from './note.ts'
import type { Signal } from './signal.ts'

/** No link. An offer waits until the peer was `heard` since the last failure and for `startAt`, a question for `askAt`. */
export interface Idle {
  readonly type: 'idle'
  readonly heard: boolean
  readonly startAt: number
  readonly askAt: number
  readonly asks: number
}

/** A link, or what is to become one. */
export type Linked =
  | { readonly type: 'connecting'; readonly attempt: Attempt; readonly since: number; readonly exchange: Exchange }
  | { readonly type: 'open'; readonly attempt: Attempt; readonly exchange: Exchange }

/** A newer attempt of the other's that has to wait: for the end of an open link, or for its own offer. */
export interface NextAttempt {
  readonly attempt: Attempt
  readonly since: number
  readonly exchange: Exchange
  readonly ready: readonly Signal[]
}

export interface Pair {
  /** The other's latest opening that we heard of. */
  readonly instance: number
  readonly phase: Idle | Linked
  /** Attempts in a row that the other answered and that did not open all the same. */
  readonly failures: number
  readonly next: NextAttempt | null
}

export interface Meeting {
  readonly self: PeerId
  /** Our own opening; `null` while we are away. */
  readonly instance: number | null
  /** How many attempts we have started. */
  readonly attempts: number
  readonly announceAt: number
  readonly pairs: ReadonlyMap<PeerId, Pair>
  /** Never met again during this opening. */
  readonly expelled: ReadonlySet<PeerId>
}

interface LinkFact {
  readonly peer: PeerId
  readonly attempt: Attempt
}

export type MeetingEvent =
  /** `instance` is greater than at any earlier opening of this peer. */
  | { readonly type: 'opened'; readonly now: number; readonly instance: number }
  | { readonly type: 'left'; readonly now: number }
  | { readonly type: 'signaling-returned'; readonly now: number }
  | { readonly type: 'note-arrived'; readonly now: number; readonly note: Note }
  | (LinkFact & { readonly type: 'link-signaled'; readonly now: number; readonly signal: Signal })
  | (LinkFact & { readonly type: 'link-opened'; readonly now: number })
  /** The path is lost for the moment and may be found again. */
  | (LinkFact & { readonly type: 'link-disconnected'; readonly now: number })
  | (LinkFact & { readonly type: 'link-closed'; readonly now: number; readonly reason: CloseReason })
  | { readonly type: 'peer-expelled'; readonly now: number; readonly peer: PeerId }
  | { readonly type: 'ticked'; readonly now: number }

export type MeetingEffect =
  | { readonly type: 'publish'; readonly note: Note }
  | (LinkFact & { readonly type: 'start-link'; readonly initiator: boolean })
  | (LinkFact & { readonly type: 'pass-signal'; readonly signal: Signal })
  | (LinkFact & { readonly type: 'restart-ice' })
  | (LinkFact & { readonly type: 'end-link' })
  | { readonly type: 'tell'; readonly event: MeshEvent }
  | { readonly type: 'refuse'; readonly from: PeerId; readonly code: string }

export function newMeeting(self: PeerId): Meeting {
  return { self, instance: null, attempts: 0, announceAt: 0, pairs: new Map(), expelled: new Set() }
}

export function openPeers(meeting: Meeting): PeerId[] {
  return [...meeting.pairs].flatMap(([peer, { phase }]) => (phase.type === 'open' ? [peer] : [])).sort()
}

export function connectingCount(meeting: Meeting): number {
  return [...meeting.pairs.values()].filter(({ phase }) => phase.type === 'connecting').length
}

/**
 * Peers that answer on the bus and cannot be reached all the same. One failure is not enough, because the other may have
 * gone in the middle of it: it has to take part in another attempt.
 */
export function unreachableCount(meeting: Meeting): number {
  return [...meeting.pairs.values()].filter(
    ({ phase, failures }) => phase.type !== 'open' && (failures > 1 || (failures === 1 && phase.type === 'connecting')),
  ).length
}
