/**
 * How a connection to one signaling server is kept: connect, subscribe, ping, and try again, later each time.
 *
 * A pure rule: time and dice come with the events. Must not know WebSocket, or what is said on the bus.
 */
import type { Step } from '../base/step.ts'
import type { SignalingStatus } from './mesh.ts'

/** A connection that is not open by then is given up. */
export const DIAL_TIMEOUT_MS = 10_000
export const PING_MS = 15_000
/** A server that has been silent for so long, pings included, is given up. */
export const SERVER_SILENCE_MS = 40_000
const RETRY_FIRST_MS = 500
const RETRY_MAX_MS = 15_000
/** A connection that lasted so long was a good one: the next failure counts as the first. */
const STABLE_MS = 5_000

export type Dialling =
  | { readonly type: 'closed' }
  | { readonly type: 'connecting'; readonly since: number; readonly failures: number }
  | {
      readonly type: 'open'
      readonly since: number
      readonly failures: number
      readonly heardAt: number
      readonly pingAt: number
    }
  | { readonly type: 'retrying'; readonly at: number; readonly failures: number }

/** Times in milliseconds of one monotonic clock; `dice` from 0 up to 1. */
export type DiallingEvent =
  | { readonly type: 'started'; readonly now: number }
  | { readonly type: 'stopped' }
  | { readonly type: 'opened'; readonly now: number }
  | { readonly type: 'heard'; readonly now: number }
  | { readonly type: 'failed'; readonly now: number; readonly dice: number }
  /** The device says that it is online again. */
  | { readonly type: 'network-returned'; readonly now: number }
  | { readonly type: 'ticked'; readonly now: number; readonly dice: number }

export type DiallingEffect = 'connect' | 'disconnect' | 'subscribe' | 'ping'

/** Between half and all of a time that doubles with each failure, so that a crowd does not come back at once. */
export function retryDelay(failures: number, dice: number): number {
  return Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** Math.min(failures, 10)) * (0.5 + dice / 2)
}

export const stepDialling: Step<Dialling, DiallingEvent, DiallingEffect> = (state, event) => {
  switch (event.type) {
    case 'started':
      return state.type === 'closed' ? connect(event.now, 0) : [state, []]
    case 'stopped':
      return [{ type: 'closed' }, holdsSocket(state) ? ['disconnect'] : []]
    case 'opened': {
      if (state.type !== 'connecting') return [state, []]
      const { now } = event
      const open = { type: 'open', since: now, failures: state.failures, heardAt: now, pingAt: now + PING_MS } as const
      return [open, ['subscribe']]
    }
    case 'heard':
      return [state.type === 'open' ? { ...state, heardAt: event.now } : state, []]
    case 'failed':
      return holdsSocket(state) ? fail(state, event.now, event.dice) : [state, []]
    case 'network-returned':
      return state.type === 'retrying' ? connect(event.now, 0) : [state, []]
    case 'ticked':
      return tick(state, event.now, event.dice)
  }
}

/** The state as people see it: a server that failed counts as `retrying` until it is open, not only between attempts. */
export function statusOf(url: string, state: Dialling, now: number): SignalingStatus {
  if (state.type === 'retrying') return { url, state: 'retrying', retryInMs: Math.max(0, Math.round(state.at - now)) }
  if (state.type === 'connecting' && state.failures > 0) return { url, state: 'retrying' }
  return { url, state: state.type }
}

type Holding = Dialling & { type: 'connecting' | 'open' }

function holdsSocket(state: Dialling): state is Holding {
  return state.type === 'connecting' || state.type === 'open'
}

function connect(now: number, failures: number): [Dialling, DiallingEffect[]] {
  return [{ type: 'connecting', since: now, failures }, ['connect']]
}

function fail(state: Holding, now: number, dice: number): [Dialling, DiallingEffect[]] {
  const failures = state.type === 'open' && now - state.since >= STABLE_MS ? 0 : state.failures
  return [{ type: 'retrying', at: now + retryDelay(failures, dice), failures: failures + 1 }, ['disconnect']]
}

function tick(state: Dialling, now: number, dice: number): [Dialling, DiallingEffect[]] {
  switch (state.type) {
    case 'closed':
      return [state, []]
    case 'retrying':
      return state.at <= now ? connect(now, state.failures) : [state, []]
    case 'connecting':
      return state.since + DIAL_TIMEOUT_MS <= now ? fail(state, now, dice) : [state, []]
    case 'open':
      if (state.heardAt + SERVER_SILENCE_MS <= now) return fail(state, now, dice)
      return state.pingAt <= now ? [{ ...state, pingAt: now + PING_MS }, ['ping']] : [state, []]
  }
}
