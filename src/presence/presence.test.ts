import { describe, expect, it } from 'vitest'
import { Awareness, applyAwarenessUpdate, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { encodeAwareness } from '../protocol/awareness.ts'
import { newPresence, type PresenceEvent, type PresenceState, stepPresence } from './presence.ts'

const run = (state: PresenceState, ...events: PresenceEvent[]): PresenceState =>
  events.reduce((before, event) => stepPresence(before, event)[0], state)

const says = (client: number, clock: number, name: string): PresenceEvent => ({
  type: 'update-arrived',
  from: client,
  update: encodeAwareness([{ client, clock, state: { name } }]),
})

describe('presence', () => {
  it('P1: a peer speaks for itself only', () => {
    const forged: PresenceEvent = {
      type: 'update-arrived',
      from: 7,
      update: encodeAwareness([{ client: 8, clock: 5, state: { name: 'Mallory' } }]),
    }
    const [state, effects] = stepPresence(newPresence(1), forged)
    expect(state.others.size).toBe(0)
    expect(effects).toEqual([{ type: 'refused', code: 'presence-of-another' }])
  })

  it('P2: who went and returns with an old clock is seen at once', () => {
    const state = run(newPresence(1), says(7, 9, 'Ana'), { type: 'peer-left', client: 7 })
    expect(state.others.size).toBe(0)
    expect(run(state, says(7, 1, 'Ana')).others.get(7)?.fields).toEqual({ name: 'Ana' })
  })

  it('P3: an older update changes nothing', () => {
    const state = run(newPresence(1), says(7, 3, 'new'), says(7, 2, 'old'))
    expect(state.others.get(7)?.fields).toEqual({ name: 'new' })
  })

  it('P4: what the others would refuse is not sent', () => {
    const [state, effects] = stepPresence(newPresence(1), { type: 'own-fields-set', fields: { a: 'x'.repeat(6000) } })
    expect(state.own).toEqual({})
    expect(effects).toEqual([{ type: 'refused', code: 'presence-too-large' }])
  })

  it('P5: speaks with y-protocols in both directions', () => {
    const theirs = new Awareness(new Y.Doc())
    const [state, effects] = stepPresence(newPresence(2 ** 52 + 1), { type: 'own-fields-set', fields: { name: 'Ana' } })
    for (const effect of effects) if (effect.type === 'send') applyAwarenessUpdate(theirs, effect.update, null)
    expect(theirs.getStates().get(state.self)).toEqual({ name: 'Ana' })
    theirs.setLocalState({ name: 'Yannis' })
    const update = encodeAwarenessUpdate(theirs, [theirs.clientID]) as Uint8Array<ArrayBuffer>
    const heard = run(state, { type: 'update-arrived', from: theirs.clientID, update })
    expect(heard.others.get(theirs.clientID)?.fields).toEqual({ name: 'Yannis' })
    theirs.destroy()
  })
})
