/**
 * Who says what of itself while it is here: the latest state of each peer, forgotten when it goes.
 *
 * The wire is y-protocols' awareness; the rule is our own. A peer speaks for itself only. What it said is dropped the
 * moment the mesh reports it gone, its clock included, so that there are no ghosts and nobody who returns is ignored.
 * Knows nothing of links, and not what the fields mean.
 */
import type { Bytes } from '../base/bytes.ts'
import type { Step } from '../base/step.ts'
import { decodeAwareness, encodeAwareness, PRESENCE_MAX_BYTES } from '../protocol/awareness.ts'
import type { JsonValue } from '../protocol/patch.ts'
import type { RefusalCode } from '../protocol/refusal.ts'

export type PresenceFields = Readonly<Record<string, JsonValue>>

export interface PresenceState {
  /** The own client number: the store id. */
  readonly self: number
  readonly clock: number
  readonly own: PresenceFields
  /** Whoever spoke last stands last. */
  readonly others: ReadonlyMap<number, { readonly clock: number; readonly fields: PresenceFields }>
}

export type PresenceEvent =
  /** `null` removes a field. */
  | { readonly type: 'own-fields-set'; readonly fields: PresenceFields }
  | { readonly type: 'peer-joined'; readonly client: number }
  | { readonly type: 'peer-left'; readonly client: number }
  | { readonly type: 'update-arrived'; readonly from: number; readonly update: Bytes }

export type PresenceEffect =
  | { readonly type: 'send'; readonly to: number | 'everybody'; readonly update: Bytes }
  | { readonly type: 'changed' }
  | { readonly type: 'refused'; readonly code: RefusalCode | 'presence-of-another' | 'presence-too-large' }

export function newPresence(self: number): PresenceState {
  return { self, clock: 1, own: {}, others: new Map() }
}

export const stepPresence: Step<PresenceState, PresenceEvent, PresenceEffect> = (state, event) => {
  switch (event.type) {
    case 'own-fields-set': {
      const merged = Object.entries({ ...state.own, ...event.fields }).filter(([, value]) => value !== null)
      const next = { ...state, clock: state.clock + 1, own: Object.fromEntries(merged) }
      // P4: what the others would refuse is not sent.
      if (!presenceFits(next.own)) return [state, [{ type: 'refused', code: 'presence-too-large' }]]
      return [next, [{ type: 'send', to: 'everybody', update: ownUpdate(next) }, { type: 'changed' }]]
    }
    case 'peer-joined':
      return [state, [{ type: 'send', to: event.client, update: ownUpdate(state) }]]
    case 'peer-left':
      return without(state, event.client)
    case 'update-arrived': {
      const decoded = decodeAwareness(event.update)
      if (!decoded.ok) return [state, [{ type: 'refused', code: decoded.code }]]
      let next = state
      const effects: PresenceEffect[] = []
      for (const { client, clock, state: fields } of decoded.value) {
        // P1: a peer speaks for itself only.
        if (client !== event.from) {
          effects.push({ type: 'refused', code: 'presence-of-another' })
          continue
        }
        if ((next.others.get(client)?.clock ?? -1) >= clock) continue
        const [after, more] =
          fields === null ? without(next, client) : [withClient(next, client, clock, fields), [CHANGED]]
        next = after
        effects.push(...more)
      }
      return [next, effects]
    }
  }
}

/** Whether the others will take it, by the most bytes that it can have. */
export function presenceFits(own: PresenceFields): boolean {
  return JSON.stringify(own).length * 3 <= PRESENCE_MAX_BYTES
}

const CHANGED: PresenceEffect = { type: 'changed' }

function ownUpdate({ self, clock, own }: PresenceState): Bytes {
  return encodeAwareness([{ client: self, clock, state: own }])
}

function withClient(state: PresenceState, client: number, clock: number, fields: PresenceFields): PresenceState {
  const others = new Map(state.others)
  others.delete(client)
  return { ...state, others: others.set(client, { clock, fields }) }
}

/** P2: nothing of a peer that has gone stays, not even its clock. */
function without(state: PresenceState, client: number): [PresenceState, PresenceEffect[]] {
  if (!state.others.has(client)) return [state, []]
  const others = new Map(state.others)
  others.delete(client)
  return [{ ...state, others }, [CHANGED]]
}
