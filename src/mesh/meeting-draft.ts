/**
 * One step of the meeting under work: the verbs that `meeting.ts` and `hearing.ts` share, whose numbers are those of
 * `meeting.ts`. A draft lives within one step and is never seen outside.
 */
import { newExchange } from './exchange.ts'
import type { Idle, Linked, Meeting, MeetingEffect, Pair } from './meeting-state.ts'
import type { PeerId } from './mesh.ts'
import type { Attempt, Note } from './note.ts'

/** A link that is not open by then is given up. */
export const CONNECT_TIMEOUT_MS = 15_000
/** Peers that one peer keeps in mind. */
export const PAIRS_MAX = 256
const BACKOFF_FIRST_MS = 500
const BACKOFF_MAX_MS = 15_000

export interface Draft {
  readonly self: PeerId
  readonly instance: number
  readonly now: number
  attempts: number
  announceAt: number
  readonly pairs: Map<PeerId, Pair>
  readonly expelled: Set<PeerId>
  readonly effects: MeetingEffect[]
}

export function draftOf(meeting: Meeting, instance: number, now: number): Draft {
  return {
    ...meeting,
    instance,
    now,
    pairs: new Map(meeting.pairs),
    expelled: new Set(meeting.expelled),
    effects: [],
  }
}

export function meetingOf({ self, instance, attempts, announceAt, pairs, expelled }: Draft): Meeting {
  return { self, instance, attempts, announceAt, pairs, expelled }
}

/** (2) */
export function offers(draft: Draft, peer: PeerId): boolean {
  return draft.self < peer
}

export function newPair(instance: number, now: number): Pair {
  return { instance, phase: { ...idle(now), askAt: now + backoff(1) }, failures: 0, next: null }
}

/** Without a link: free to start now, and to be asked from now on. */
export function idle(now: number): Idle {
  return { type: 'idle', heard: false, startAt: now, askAt: now, asks: 0 }
}

export function backoff(failures: number): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures, 10))
}

export function order(draft: Draft, effect: MeetingEffect): void {
  draft.effects.push(effect)
}

export function refuse(draft: Draft, from: PeerId, code: string): void {
  order(draft, { type: 'refuse', from, code })
}

export function publish(draft: Draft, note: Note): void {
  order(draft, { type: 'publish', note })
}

/** Says that we are here, to `to` alone or to everybody. */
export function announce(draft: Draft, to: PeerId | null): void {
  publish(draft, { type: 'announce', from: draft.self, instance: draft.instance, to })
}

/** What is going on with `peer`, if it still is this attempt; hands report late. */
export function currentPhase(draft: Draft, peer: PeerId, attempt: Attempt): Linked | null {
  const phase = draft.pairs.get(peer)?.phase
  if (phase === undefined || phase.type === 'idle') return null
  return phase.attempt.instance === attempt.instance && phase.attempt.number === attempt.number ? phase : null
}

/** Makes an offer. */
export function start(draft: Draft, peer: PeerId, pair: Pair): void {
  draft.attempts += 1
  const attempt = { instance: draft.instance, number: draft.attempts }
  const exchange = newExchange(true)
  draft.pairs.set(peer, { ...pair, phase: { type: 'connecting', attempt, since: draft.now, exchange } })
  order(draft, { type: 'start-link', peer, attempt, initiator: true })
}

/** Takes up the newer attempt of the other's, once its offer is here, in place of whatever there was (1, 3). */
export function takeNext(draft: Draft, peer: PeerId, pair: Pair): void {
  const { next, phase } = pair
  const [first] = next?.ready ?? []
  if (next === null || first === undefined || phase.type === 'open') return
  if (first.type !== 'offer' || next.since + CONNECT_TIMEOUT_MS <= draft.now) {
    draft.pairs.set(peer, { ...pair, next: null })
    refuse(draft, peer, 'signal-unexpected')
    return
  }
  if (phase.type === 'connecting') order(draft, { type: 'end-link', peer, attempt: phase.attempt })
  const { attempt, exchange, ready } = next
  draft.pairs.set(peer, { ...pair, phase: { type: 'connecting', attempt, since: draft.now, exchange }, next: null })
  order(draft, { type: 'start-link', peer, attempt, initiator: false })
  for (const signal of ready) order(draft, { type: 'pass-signal', peer, attempt, signal })
}
