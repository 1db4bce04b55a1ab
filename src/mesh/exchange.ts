/**
 * The signals of one attempt to open a link, each used once and in the order of its sender.
 *
 * Two signaling servers deliver everything twice and in their own order, and simple-peer destroys its peer on a second
 * answer or on a candidate that comes before its offer. Must not know what an attempt is for or how signals travel.
 */
import { SIGNALS_MAX } from './note.ts'
import type { Signal } from './signal.ts'

/** Signals that may wait for an earlier one. */
const EARLY_MAX = 64

export interface Exchange {
  readonly initiator: boolean
  /** How many signals we have sent: the sequence of the next one. */
  readonly sent: number
  /** The sequence that we expect next from the other side; above 0, it has answered. */
  readonly expected: number
  readonly early: ReadonlyMap<number, Signal>
  /** Offers that we made and that have no answer yet. */
  readonly unansweredOffers: number
}

export function newExchange(initiator: boolean): Exchange {
  return { initiator, sent: 0, expected: 0, early: new Map(), unansweredOffers: 0 }
}

/** Counts a signal of ours; `null` when this attempt has used up its number of signals. */
export function sending(exchange: Exchange, signal: Signal): { exchange: Exchange; sequence: number } | null {
  if (exchange.sent >= SIGNALS_MAX) return null
  const offers = signal.type === 'offer' ? 1 : 0
  return {
    exchange: { ...exchange, sent: exchange.sent + 1, unansweredOffers: exchange.unansweredOffers + offers },
    sequence: exchange.sent,
  }
}

export type ExchangeRefusal = 'signal-repeated' | 'too-many-early-signals' | 'signal-unexpected'

export interface Received {
  readonly exchange: Exchange
  /** What may be used now, in order. */
  readonly ready: readonly Signal[]
  readonly refusals: readonly ExchangeRefusal[]
}

/** Takes a signal of the other side; one that may not be used in our role counts as received and is not passed on. */
export function receiving(exchange: Exchange, sequence: number, signal: Signal): Received {
  if (sequence < exchange.expected || exchange.early.has(sequence)) return nothing(exchange, 'signal-repeated')
  if (sequence > exchange.expected && exchange.early.size >= EARLY_MAX)
    return nothing(exchange, 'too-many-early-signals')

  const early = new Map(exchange.early).set(sequence, signal)
  const ready: Signal[] = []
  const refusals: ExchangeRefusal[] = []
  let { expected, unansweredOffers } = exchange
  for (let next = early.get(expected); next !== undefined; next = early.get(expected)) {
    early.delete(expected)
    expected += 1
    if (next.type === 'answer' && unansweredOffers > 0) unansweredOffers -= 1
    else if (next.type === 'answer' || (next.type === 'offer' && exchange.initiator)) {
      refusals.push('signal-unexpected')
      continue
    }
    ready.push(next)
  }
  return { exchange: { ...exchange, expected, early, unansweredOffers }, ready, refusals }
}

function nothing(exchange: Exchange, refusal: ExchangeRefusal): Received {
  return { exchange, ready: [], refusals: [refusal] }
}
