/**
 * What a peer makes of a note on the signaling bus. Part of the rule in `meeting.ts`, whose numbers are cited here.
 */
import { newExchange, receiving } from './exchange.ts'
import {
  announce,
  type Draft,
  idle,
  newPair,
  offers,
  order,
  PAIRS_MAX,
  refuse,
  start,
  takeNext,
} from './meeting-draft.ts'
import type { Pair } from './meeting-state.ts'
import type { PeerId } from './mesh.ts'
import { compareAttempts, type Note } from './note.ts'

/** An offer younger than this is on its way; an announcement that crosses it starts no second one. */
const OFFER_UNDER_WAY_MS = 2_000

export function hear(draft: Draft, note: Note): void {
  const { from } = note
  // A bus like y-webrtc's brings our own notes back, and those that others address to each other.
  if (from === draft.self) return
  if (note.type !== 'bye' && note.to !== null && note.to !== draft.self) return
  const known = draft.pairs.get(from)
  const refusal = noteRefusal(draft, note, known)
  if (refusal !== null) {
    refuse(draft, from, refusal)
    return
  }
  if (note.type === 'bye') {
    hearGoodbye(draft, from, known)
    return
  }
  const pair = known === undefined ? newPair(note.instance, draft.now) : renewed(draft, from, known, note.instance)
  draft.pairs.set(from, pair)
  if (note.type === 'announce') hearAnnouncement(draft, from, pair)
  else hearSignal(draft, from, pair, note)
}

function noteRefusal(draft: Draft, note: Note, known: Pair | undefined): string | null {
  if (draft.expelled.has(note.from)) return 'peer-expelled'
  if (known !== undefined && note.instance < known.instance) return 'note-outdated'
  if (known === undefined && note.type !== 'bye' && draft.pairs.size >= PAIRS_MAX) return 'too-many-peers'
  return null
}

function hearGoodbye(draft: Draft, from: PeerId, pair: Pair | undefined): void {
  // The link itself says goodbye, too (4).
  if (pair === undefined || pair.phase.type === 'open') return
  if (pair.phase.type === 'connecting') order(draft, { type: 'end-link', peer: from, attempt: pair.phase.attempt })
  draft.pairs.delete(from)
}

/** The pair as of this opening of the other's: after one that we did not hear of, what was under way is void. */
function renewed(draft: Draft, from: PeerId, pair: Pair, instance: number): Pair {
  if (instance === pair.instance) return pair
  if (pair.phase.type === 'connecting') order(draft, { type: 'end-link', peer: from, attempt: pair.phase.attempt })
  // An open link of the former opening shows its end itself (4).
  const phase = pair.phase.type === 'open' ? pair.phase : idle(draft.now)
  return { instance, phase, failures: 0, next: null }
}

function hearAnnouncement(draft: Draft, from: PeerId, pair: Pair): void {
  const { phase } = pair
  if (phase.type === 'open') return
  if (!offers(draft, from)) announce(draft, from)
  else if (phase.type === 'idle') {
    if (phase.startAt <= draft.now) start(draft, from, pair)
    else draft.pairs.set(from, { ...pair, phase: { ...phase, heard: true } })
  } else if (phase.exchange.expected === 0 && phase.since + OFFER_UNDER_WAY_MS <= draft.now) {
    // It speaks and did not react to our offer, so the offer is lost.
    order(draft, { type: 'end-link', peer: from, attempt: phase.attempt })
    start(draft, from, pair)
  }
}

function hearSignal(draft: Draft, from: PeerId, pair: Pair, note: Note & { type: 'signal' }): void {
  const { phase, next } = pair
  const age = phase.type === 'idle' ? 1 : compareAttempts(note.attempt, phase.attempt)
  if (phase.type !== 'idle' && age === 0) {
    const { exchange, ready, refusals } = receiving(phase.exchange, note.sequence, note.signal)
    draft.pairs.set(from, { ...pair, phase: { ...phase, exchange } })
    for (const signal of ready) order(draft, { type: 'pass-signal', peer: from, attempt: phase.attempt, signal })
    for (const code of refusals) refuse(draft, from, code)
    return
  }

  // An attempt that we do not know yet can only be the offerer's, newer, and of the opening in which it speaks (2, 3).
  const ageOfNext = next === null ? 1 : compareAttempts(note.attempt, next.attempt)
  const outdated = age < 0 || ageOfNext < 0 || note.attempt.instance !== note.instance
  if (offers(draft, from) || outdated) {
    refuse(draft, from, 'signal-outdated')
    return
  }

  const waiting =
    next !== null && ageOfNext === 0
      ? next
      : { attempt: note.attempt, since: draft.now, exchange: newExchange(false), ready: [] }
  const { exchange, ready, refusals } = receiving(waiting.exchange, note.sequence, note.signal)
  for (const code of refusals) refuse(draft, from, code)
  const following = { ...pair, next: { ...waiting, exchange, ready: [...waiting.ready, ...ready] } }
  draft.pairs.set(from, following)
  takeNext(draft, from, following)
}
