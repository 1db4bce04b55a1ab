/**
 * Who leads: a pure rule that needs liveness only. Two leaders for a while harm nobody, because a run is bound to one
 * supernode and one term by its requester (see `run.ts`).
 *
 * Every page says in its presence whether it can host, how well, and in which term it leads (0: not). A leader that is
 * heard stays, whoever else would be better. With none, candidates wait in the order of their rank, so that mostly one
 * speaks. This is the simple election; its place is final, its inside is not.
 */
import type { Step } from '../base/step.ts'

export interface Candidate {
  readonly peer: string
  readonly capable: boolean
  /** Lower is better. */
  readonly rank: number
  /** 0 when it does not lead. */
  readonly term: number
}

export interface ElectionState {
  readonly self: Candidate
  readonly others: readonly Candidate[]
  /** Greatest term ever heard of. */
  readonly maxTerm: number
  /** Since when nobody leads; ms. */
  readonly vacantSince: number
  readonly lastTick: number
  /** How long a page that met nobody yet holds back; ms. */
  readonly patience: number
}

export type ElectionEvent =
  | { readonly type: 'others-heard'; readonly others: readonly Candidate[]; readonly now: number }
  | { readonly type: 'capability-changed'; readonly capable: boolean; readonly rank: number; readonly now: number }
  /** Several times a second. */
  | { readonly type: 'ticked'; readonly now: number }
  /** Takes the lead, whoever has it: a person asked for it. */
  | { readonly type: 'called'; readonly now: number }

export type ElectionEffect = { readonly type: 'lead'; readonly term: number } | { readonly type: 'step-down' }

/** Between two candidates in the order; ms. */
export const RANK_DELAY_MS = 600
/** A page that slept this long may have been replaced: it steps down before it does anything; ms. */
export const PAUSE_LIMIT_MS = 4000

/** @param patience - ms in which a page that met nobody waits for others before it leads */
export function newElection(peer: string, now: number, patience: number): ElectionState {
  const self = { peer, capable: false, rank: 0, term: 0 }
  return { self, others: [], maxTerm: 0, vacantSince: now, lastTick: now, patience }
}

/** L1: of several leaders the greatest term counts, then the lower peer id. */
export function leaderOf({ self, others }: Pick<ElectionState, 'self' | 'others'>): Candidate | null {
  const leaders = [self, ...others].filter(({ term }) => term > 0)
  return leaders.sort((a, b) => b.term - a.term || (a.peer < b.peer ? -1 : 1))[0] ?? null
}

export const stepElection: Step<ElectionState, ElectionEvent, ElectionEffect> = (before, event) => {
  let state = before
  switch (event.type) {
    case 'others-heard': {
      const maxTerm = Math.max(state.maxTerm, ...event.others.map(({ term }) => term))
      state = { ...state, others: event.others, maxTerm }
      break
    }
    case 'capability-changed':
      state = { ...state, self: { ...state.self, capable: event.capable, rank: event.rank } }
      break
    case 'called':
      return lead(state)
    case 'ticked': {
      // L3: whoever slept is not to be trusted about the time in which it slept.
      const slept = event.now - state.lastTick > PAUSE_LIMIT_MS
      state = { ...state, lastTick: event.now }
      if (slept && state.self.term > 0) return stepDown({ ...state, vacantSince: event.now })
    }
  }
  return decide(state, event.now)
}

function decide(state: ElectionState, now: number): [ElectionState, readonly ElectionEffect[]] {
  const leader = leaderOf(state)
  if (leader) {
    const waiting = { ...state, vacantSince: now }
    // L2: who meets a better leader, or can host no more, gives way.
    if (state.self.term > 0 && (leader.peer !== state.self.peer || !state.self.capable)) return stepDown(waiting)
    return [waiting, []]
  }
  if (!state.self.capable) return [state, []]
  const order = [state.self, ...state.others]
    .filter(({ capable }) => capable)
    .sort((a, b) => a.rank - b.rank || (a.peer < b.peer ? -1 : 1))
  const place = order.findIndex(({ peer }) => peer === state.self.peer)
  const delay = state.others.length === 0 ? state.patience : place * RANK_DELAY_MS
  return now - state.vacantSince >= delay ? lead(state) : [state, []]
}

function lead(state: ElectionState): [ElectionState, readonly ElectionEffect[]] {
  const term = state.maxTerm + 1
  return [{ ...state, maxTerm: term, self: { ...state.self, term } }, [{ type: 'lead', term }]]
}

function stepDown(state: ElectionState): [ElectionState, readonly ElectionEffect[]] {
  return [{ ...state, self: { ...state.self, term: 0 } }, [{ type: 'step-down' }]]
}
