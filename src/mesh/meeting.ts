/**
 * How peers meet: who calls whom, when again, and when a peer counts as gone. A pure rule.
 *
 * Peers meet on a bus that may lose, repeat, reorder and keep what is said, and on which everybody in the room can speak
 * under any name. These hold whatever arrives:
 *
 * 1. A pair has at most one link, open or being opened: `Pair.phase` has room for one.
 * 2. Of two peers the one with the lower id makes the offer, so two offers never cross.
 * 3. A link belongs to an attempt, numbered by its offerer. Signals of an older attempt are refused; a newer attempt
 *    replaces one that is not open yet.
 * 4. An open link ends by what is seen on the link itself, never by a note on the bus. A newer offer waits for that end.
 * 5. An offer is made only to a peer that spoke since the last failure; one that is only remembered is asked first, and
 *    forgotten when it does not answer.
 * 6. Everybody announces itself again and again, so that two peers that hear each other meet, whatever was lost.
 *
 * Times are milliseconds of one monotonic clock. Must not know sockets, sealing, simple-peer or what links carry.
 */
import type { Step } from '../base/step.ts'
import { sending } from './exchange.ts'
import { hear } from './hearing.ts'
import {
  announce,
  backoff,
  CONNECT_TIMEOUT_MS,
  currentPhase,
  type Draft,
  draftOf,
  idle,
  meetingOf,
  offers,
  order,
  publish,
  refuse,
  start,
  takeNext,
} from './meeting-draft.ts'
import { type Meeting, type MeetingEffect, type MeetingEvent, newMeeting, type Pair } from './meeting-state.ts'
import type { CloseReason, PeerId } from './mesh.ts'
import type { Attempt } from './note.ts'
import type { Signal } from './signal.ts'

/** An offer that nobody reacts to is given up. */
export const UNANSWERED_MS = 5_000
/** How often a peer without links announces itself. */
export const ANNOUNCE_ALONE_MS = 5_000
export const ANNOUNCE_MS = 30_000
const ASKS_MAX = 5

export const stepMeeting: Step<Meeting, MeetingEvent, MeetingEffect> = (meeting, event) => {
  if (event.type === 'opened') {
    if (meeting.instance !== null) return [meeting, []]
    const fresh = { ...newMeeting(meeting.self), attempts: meeting.attempts, announceAt: event.now }
    return stepMeeting({ ...fresh, instance: event.instance }, { type: 'ticked', now: event.now })
  }
  if (meeting.instance === null) return [meeting, []]
  const draft = draftOf(meeting, meeting.instance, event.now)
  switch (event.type) {
    case 'left':
      return [{ ...newMeeting(meeting.self), attempts: meeting.attempts }, leave(draft)]
    case 'signaling-returned':
      draft.announceAt = event.now
      announceWhenDue(draft)
      break
    case 'note-arrived':
      hear(draft, event.note)
      break
    case 'link-signaled':
      linkSignaled(draft, event.peer, event.attempt, event.signal)
      break
    case 'link-opened':
      linkOpened(draft, event.peer, event.attempt)
      break
    case 'link-disconnected': {
      // Only the offerer may offer again (2); the other side sees the same outage and waits.
      const phase = currentPhase(draft, event.peer, event.attempt)
      if (phase?.type === 'open' && phase.exchange.initiator) {
        order(draft, { type: 'restart-ice', peer: event.peer, attempt: event.attempt })
      }
      break
    }
    case 'link-closed':
      linkClosed(draft, event.peer, event.attempt, event.reason)
      break
    case 'peer-expelled':
      expel(draft, event.peer)
      break
    case 'ticked':
      for (const [peer, pair] of [...draft.pairs]) tickPair(draft, peer, pair)
      announceWhenDue(draft)
  }
  return [meetingOf(draft), draft.effects]
}

function leave(draft: Draft): MeetingEffect[] {
  publish(draft, { type: 'bye', from: draft.self, instance: draft.instance })
  for (const [peer, { phase }] of draft.pairs) {
    if (phase.type === 'idle') continue
    order(draft, { type: 'end-link', peer, attempt: phase.attempt })
    if (phase.type === 'open') order(draft, { type: 'tell', event: { type: 'peer-closed', peer, reason: 'goodbye' } })
  }
  return draft.effects
}

function announceWhenDue(draft: Draft): void {
  const alone = ![...draft.pairs.values()].some(({ phase }) => phase.type === 'open')
  // Whoever has just become alone does not wait for the slow turn.
  if (alone) draft.announceAt = Math.min(draft.announceAt, draft.now + ANNOUNCE_ALONE_MS)
  if (draft.announceAt > draft.now) return
  draft.announceAt = draft.now + (alone ? ANNOUNCE_ALONE_MS : ANNOUNCE_MS)
  announce(draft, null)
}

function linkSignaled(draft: Draft, peer: PeerId, attempt: Attempt, signal: Signal): void {
  const pair = draft.pairs.get(peer)
  const phase = currentPhase(draft, peer, attempt)
  if (pair === undefined || phase === null) return
  const sent = sending(phase.exchange, signal)
  if (sent === null) {
    refuse(draft, peer, 'too-many-own-signals')
    return
  }
  draft.pairs.set(peer, { ...pair, phase: { ...phase, exchange: sent.exchange } })
  const { self: from, instance } = draft
  publish(draft, { type: 'signal', from, instance, to: peer, attempt, sequence: sent.sequence, signal })
}

function linkOpened(draft: Draft, peer: PeerId, attempt: Attempt): void {
  const pair = draft.pairs.get(peer)
  const phase = currentPhase(draft, peer, attempt)
  if (pair === undefined || phase?.type !== 'connecting') return
  draft.pairs.set(peer, { ...pair, failures: 0, phase: { type: 'open', attempt, exchange: phase.exchange } })
  order(draft, { type: 'tell', event: { type: 'peer-opened', peer } })
}

function linkClosed(draft: Draft, peer: PeerId, attempt: Attempt, reason: CloseReason): void {
  const pair = draft.pairs.get(peer)
  const phase = currentPhase(draft, peer, attempt)
  if (pair === undefined || phase === null) return
  if (phase.type === 'connecting') {
    attemptFailed(draft, peer, pair)
    return
  }

  order(draft, { type: 'tell', event: { type: 'peer-closed', peer, reason } })
  if (reason === 'offender') draft.expelled.add(peer)
  if (reason === 'offender' || (reason === 'goodbye' && pair.next === null)) draft.pairs.delete(peer)
  else becomeIdle(draft, peer, { ...pair, phase: idle(draft.now) })
}

/** An attempt ended without a link. It counts as a failure of the path only if the other took part in it. */
function attemptFailed(draft: Draft, peer: PeerId, pair: Pair): void {
  if (pair.phase.type !== 'connecting') return
  const answered = pair.phase.exchange.expected > 0
  const failures = pair.failures + (answered ? 1 : 0)
  const later = draft.now + backoff(failures)
  if (answered) order(draft, { type: 'tell', event: { type: 'peer-closed', peer, reason: 'connect-timeout' } })
  const phase = { ...idle(draft.now), startAt: later, askAt: later }
  becomeIdle(draft, peer, { ...pair, phase, failures })
}

function becomeIdle(draft: Draft, peer: PeerId, pair: Pair): void {
  draft.pairs.set(peer, pair)
  takeNext(draft, peer, pair)
}

function expel(draft: Draft, peer: PeerId): void {
  draft.expelled.add(peer)
  const phase = draft.pairs.get(peer)?.phase
  draft.pairs.delete(peer)
  if (phase === undefined || phase.type === 'idle') return
  order(draft, { type: 'end-link', peer, attempt: phase.attempt })
  if (phase.type === 'open') order(draft, { type: 'tell', event: { type: 'peer-closed', peer, reason: 'offender' } })
}

function tickPair(draft: Draft, peer: PeerId, pair: Pair): void {
  const { phase } = pair
  if (phase.type === 'connecting') {
    const ignored = phase.exchange.expected === 0 && phase.since + UNANSWERED_MS <= draft.now
    if (!ignored && phase.since + CONNECT_TIMEOUT_MS > draft.now) return
    order(draft, { type: 'end-link', peer, attempt: phase.attempt })
    attemptFailed(draft, peer, pair)
  } else if (phase.type === 'idle') {
    if (phase.heard && offers(draft, peer)) {
      if (phase.startAt <= draft.now) start(draft, peer, pair)
    } else if (phase.askAt <= draft.now) {
      // (5)
      if (phase.asks >= ASKS_MAX) {
        draft.pairs.delete(peer)
        return
      }
      const asks = phase.asks + 1
      draft.pairs.set(peer, { ...pair, phase: { ...phase, asks, askAt: draft.now + backoff(asks) } })
      announce(draft, peer)
    }
  }
}
