/**
 * What peers write to each other on the signaling bus, inside a sealed payload: I am here, a signal for you, I leave.
 *
 * The bus may lose, repeat, reorder and keep notes, and everybody in the room can read and write them; so a note says
 * which opening of which peer it belongs to, and a signal says which attempt and which place in it. Must not know how a
 * note is sealed or carried.
 */
import type { Bytes } from '../base/bytes.ts'
import { toUtf8 } from '../base/bytes.ts'
import { isPeerId, type PeerId } from './mesh.ts'
import { SDP_MAX, type Signal, signalIn } from './signal.ts'

/** Largest note, in bytes of UTF-8. */
export const NOTE_MAX = SDP_MAX + 4096
/** Signals that one side may send within one attempt. */
export const SIGNALS_MAX = 256

/** One try to open a link, numbered by the peer that makes the offer: later tries are greater. */
export interface Attempt {
  /** The offering peer's opening. */
  readonly instance: number
  readonly number: number
}

export function compareAttempts(a: Attempt, b: Attempt): number {
  return a.instance - b.instance || a.number - b.number
}

export type Note =
  /** I am here. Addressed to one peer when it answers or asks; `instance` grows with each opening of a peer. */
  | { readonly type: 'announce'; readonly from: PeerId; readonly instance: number; readonly to: PeerId | null }
  | {
      readonly type: 'signal'
      readonly from: PeerId
      readonly instance: number
      readonly to: PeerId
      readonly attempt: Attempt
      /** 0, 1, 2, … for the signals of this sender in this attempt. */
      readonly sequence: number
      readonly signal: Signal
    }
  | { readonly type: 'bye'; readonly from: PeerId; readonly instance: number }

export function encodeNote(note: Note): Bytes {
  return toUtf8(JSON.stringify(note))
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** The note in `bytes`, rebuilt from the fields we know; `null` when it is not one. Never throws. */
export function decodeNote(bytes: Uint8Array): Note | null {
  if (bytes.length > NOTE_MAX) return null
  let value: unknown
  try {
    value = JSON.parse(decoder.decode(bytes))
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const { type, from, instance, to, attempt, sequence, signal } = value as Record<string, unknown>
  if (!isPeerId(from) || !isCount(instance)) return null
  switch (type) {
    case 'announce':
      return to === null || isPeerId(to) ? { type, from, instance, to } : null
    case 'bye':
      return { type, from, instance }
    case 'signal': {
      const known = signalIn(signal)
      const numbered = attemptIn(attempt)
      if (!isPeerId(to) || known === null || numbered === null) return null
      if (!isCount(sequence) || sequence >= SIGNALS_MAX) return null
      return { type, from, instance, to, attempt: numbered, sequence, signal: known }
    }
    default:
      return null
  }
}

function attemptIn(value: unknown): Attempt | null {
  if (typeof value !== 'object' || value === null) return null
  const { instance, number } = value as Record<string, unknown>
  return isCount(instance) && isCount(number) ? { instance, number } : null
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
