/**
 * Who leads: a pure rule that needs liveness only. Two leaders for a while harm nobody, because a run is bound to one
 * supernode and one term by its requester (see `run.ts`).
 *
 * Every page says in its presence whether it can host, how well, and in which term it leads (0: not). A leader that is
 * heard stays, whoever else would be better. With none, candidates wait in the order of their rank, so that mostly one
 * speaks. Knows neither clocks nor links: what it hears and when comes in with the events.
 *
 * L1: of several leaders one counts, the same for everybody who hears the same: whom a person called last, then the one
 *     whose kernel has more to lose, then the greater term, then the lower peer id.
 * L2: who meets a better leader, or can host no more, gives way.
 * L3: a page that slept steps down before it does anything.
 * L4: a leader that is heard is not displaced by a candidate, however good; only by a call.
 * L5: with no leader, the best candidate leads at once and each next one later. A page that is new, or met nobody, waits
 *     for its patience first: the leader may be the last one whom it meets.
 * L6: a page's terms only grow, and a new term is greater than any believable one that it heard of; the same with calls.
 *     No number that others forge brings a page to one that nobody can read.
 */
import type { Step } from '../base/step.ts'

export interface Candidate {
  readonly peer: string
  readonly capable: boolean
  /** Lower is better. */
  readonly rank: number
  /** 0 when it does not lead. */
  readonly term: number
  /** Number of the person's call by which it leads; 0 when it leads because nobody did. */
  readonly call: number
  /** Runs that it started in this term: what would be lost with its kernel. */
  readonly begun: number
}

export interface ElectionState {
  readonly self: Candidate
  readonly others: readonly Candidate[]
  /** Greatest term ever believed, the own ones included. */
  readonly maxTerm: number
  /** Greatest call ever believed, the own ones included. */
  readonly maxCall: number
  /** Since when nobody leads; ms. */
  readonly vacantSince: number
  /** When this page last did anything; ms. */
  readonly lastAwake: number
  readonly openedAt: number
  /** How long a page that is new, or met nobody, holds back; ms. */
  readonly patience: number
}

/** `now` is in ms, of one clock that neither stops in sleep nor goes back. */
export type ElectionEvent = { readonly now: number } & (
  | { readonly type: 'others-heard'; readonly others: readonly Candidate[] }
  | { readonly type: 'capability-changed'; readonly capable: boolean; readonly rank: number }
  /** The runs that this page has started in its present term. */
  | { readonly type: 'runs-counted'; readonly begun: number }
  /** Several times a second, and before anything that somebody sent is handled. */
  | { readonly type: 'ticked' }
  /** Takes the lead, whoever has it: a person asked for it. */
  | { readonly type: 'called' }
)

export type ElectionEffect = { readonly type: 'lead'; readonly term: number } | { readonly type: 'step-down' }

/** Between two candidates in the order; ms. */
export const RANK_DELAY_MS = 600
/** A page that slept this long may have been replaced: it steps down before it does anything; ms. */
export const PAUSE_LIMIT_MS = 4000
/** Terms, calls and runs that are read are below this. */
export const COUNT_END = 2 ** 52
/** Up to here a heard number is believed at once; beyond, each hearing raises by so much only. */
export const LEAP_END = 2 ** 51
const LEAP = 2 ** 20

/** @param patience - ms in which a page that is new, or met nobody, waits for others before it leads */
export function newElection(peer: string, now: number, patience: number): ElectionState {
  const self: Candidate = { peer, capable: false, rank: 0, term: 0, call: 0, begun: 0 }
  return { self, others: [], maxTerm: 0, maxCall: 0, vacantSince: now, lastAwake: now, openedAt: now, patience }
}

/**
 * L1. While a page leads, what is compared of it only grows, so that of two leaders that meet never both give way.
 */
export function leaderOf({ self, others }: Pick<ElectionState, 'self' | 'others'>): Candidate | null {
  const leaders = [self, ...others].filter(({ term }) => term > 0)
  return leaders.sort((a, b) => b.call - a.call || b.begun - a.begun || b.term - a.term || byPeer(a, b))[0] ?? null
}

export const stepElection: Step<ElectionState, ElectionEvent, ElectionEffect> = (before, event) => {
  const { now } = event
  const slept = now - before.lastAwake > PAUSE_LIMIT_MS
  const awake = { ...before, lastAwake: now }
  // L3: whoever slept is not to be trusted about the time in which it slept, nor about who is here.
  const [state, effects] = slept ? stepDown({ ...awake, vacantSince: now }) : [awake, []]
  const [after, more] = take(state, event)
  return [after, [...effects, ...more]]
}

function take(state: ElectionState, event: ElectionEvent): [ElectionState, readonly ElectionEffect[]] {
  const { self } = state
  switch (event.type) {
    case 'others-heard': {
      const maxTerm = raise(state.maxTerm, event.others, ({ term }) => term)
      const maxCall = raise(state.maxCall, event.others, ({ call }) => call)
      return decide({ ...state, others: event.others, maxTerm, maxCall }, event.now)
    }
    case 'capability-changed':
      return decide({ ...state, self: { ...self, capable: event.capable, rank: event.rank } }, event.now)
    case 'runs-counted':
      return decide({ ...state, self: { ...self, begun: self.term > 0 ? event.begun : 0 } }, event.now)
    case 'ticked':
      return decide(state, event.now)
    case 'called':
      return self.capable ? lead({ ...state, maxCall: state.maxCall + 1 }, state.maxCall + 1) : [state, []]
  }
}

/** L6. Whoever forges the greatest number there is leaves others numbers to count on. */
function raise(known: number, others: readonly Candidate[], count: (other: Candidate) => number): number {
  const heard = Math.max(known, ...others.map(count))
  return Math.max(known, Math.min(heard, Math.max(known, LEAP_END) + LEAP))
}

function decide(state: ElectionState, now: number): [ElectionState, readonly ElectionEffect[]] {
  const { self, others } = state
  const leader = leaderOf(state)
  if (leader) {
    const waiting = { ...state, vacantSince: now }
    // L2
    if (self.term > 0 && (leader.peer !== self.peer || !self.capable)) return stepDown(waiting)
    // L4
    return [waiting, []]
  }
  if (!self.capable) return [state, []]
  const order = [self, ...others].filter(({ capable }) => capable).sort((a, b) => a.rank - b.rank || byPeer(a, b))
  const place = order.findIndex(({ peer }) => peer === self.peer)
  // L5
  const delay = others.length === 0 ? state.patience : place * RANK_DELAY_MS
  const waited = now - state.vacantSince >= delay && now - state.openedAt >= state.patience
  return waited ? lead(state, 0) : [state, []]
}

function lead(state: ElectionState, call: number): [ElectionState, readonly ElectionEffect[]] {
  // L6
  const term = state.maxTerm + 1
  return [{ ...state, maxTerm: term, self: { ...state.self, term, call, begun: 0 } }, [{ type: 'lead', term }]]
}

function stepDown(state: ElectionState): [ElectionState, readonly ElectionEffect[]] {
  if (state.self.term === 0) return [state, []]
  return [{ ...state, self: { ...state.self, term: 0, call: 0, begun: 0 } }, [{ type: 'step-down' }]]
}

function byPeer(a: Candidate, b: Candidate): number {
  return a.peer < b.peer ? -1 : 1
}
