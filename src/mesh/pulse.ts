/**
 * Which links are dead: a peer that has been silent for three heartbeats and a half is gone.
 *
 * Browsers notice a killed peer after 7 to 28 seconds; people should not wait so long. The rule doubts itself first: a
 * page that was frozen or busy has heard nobody, and must not blame the others for it. A pure rule; must not know what a
 * link is.
 */
import type { Step } from '../base/step.ts'
import type { PeerId } from './mesh.ts'

export const HEARTBEAT_MS = 1_000
/** Silence after which a link is dead. */
export const SILENCE_MS = 3_500
/** How often the rule wants to be ticked. */
export const TICK_MS = 250
/** An own tick that is later than this means that we were away. */
const PAUSE_MS = 2_000

export interface Pulse {
  readonly tickedAt: number
  readonly beatAt: number
  readonly heardAt: ReadonlyMap<PeerId, number>
}

/** Times in milliseconds of one monotonic clock. */
export type PulseEvent =
  | { readonly type: 'link-opened'; readonly now: number; readonly peer: PeerId }
  | { readonly type: 'link-closed'; readonly peer: PeerId }
  | { readonly type: 'ticked'; readonly now: number; readonly heard: ReadonlySet<PeerId> }

export type PulseEffect =
  | { readonly type: 'beat'; readonly to: PeerId }
  | { readonly type: 'declare-dead'; readonly peer: PeerId }

export function newPulse(now: number): Pulse {
  return { tickedAt: now, beatAt: now, heardAt: new Map() }
}

/** `heard` of a tick: the peers of whom anything came since the tick before. */
export const stepPulse: Step<Pulse, PulseEvent, PulseEffect> = (pulse, event) => {
  const heardAt = new Map(pulse.heardAt)
  if (event.type === 'link-opened') return [{ ...pulse, heardAt: heardAt.set(event.peer, event.now) }, []]
  if (event.type === 'link-closed') {
    heardAt.delete(event.peer)
    return [{ ...pulse, heardAt }, []]
  }
  const { now, heard } = event
  const wasAway = now - pulse.tickedAt > TICK_MS + PAUSE_MS
  const effects: PulseEffect[] = []
  for (const [peer, at] of heardAt) {
    if (wasAway || heard.has(peer)) heardAt.set(peer, now)
    else if (now - at >= SILENCE_MS) {
      heardAt.delete(peer)
      effects.push({ type: 'declare-dead', peer })
    }
  }
  // Timers may ring a little early or late; a beat too many costs a byte, one too few costs a link.
  const beatIsDue = now - pulse.beatAt >= HEARTBEAT_MS - TICK_MS / 10
  if (beatIsDue) for (const peer of heardAt.keys()) effects.push({ type: 'beat', to: peer })
  return [{ tickedAt: now, beatAt: beatIsDue ? now : pulse.beatAt, heardAt }, effects]
}
