import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Dialling,
  type DiallingEffect,
  type DiallingEvent,
  PING_MS,
  retryDelay,
  SERVER_SILENCE_MS,
  stepDialling,
} from './dialling.ts'

function play(...events: DiallingEvent[]): [Dialling, DiallingEffect[]] {
  let state: Dialling = { type: 'closed' }
  const all: DiallingEffect[] = []
  for (const event of events) {
    const [next, effects] = stepDialling(state, event)
    state = next
    all.push(...effects)
  }
  return [state, all]
}

describe('dialling a signaling server', () => {
  it('waits longer after each failure, between half a second and fifteen, and never in step with others', () => {
    const waits: number[] = []
    let [state] = play({ type: 'started', now: 0 })
    let now = 0
    for (let i = 0; i < 8; i++) {
      ;[state] = stepDialling(state, { type: 'failed', now, dice: 0.999999 })
      if (state.type !== 'retrying') throw new Error(state.type)
      waits.push(Math.round(state.at - now))
      now = state.at
      ;[state] = stepDialling(state, { type: 'ticked', now, dice: 0 })
      expect(state.type).toBe('connecting')
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 15_000, 15_000, 15_000])
    expect(retryDelay(0, 0)).toBe(250)
  })

  it('subscribes each time it comes back, and forgets its failures only after a connection that lasted', () => {
    const flap: DiallingEvent[] = [
      { type: 'started', now: 0 },
      { type: 'failed', now: 0, dice: 0 },
      { type: 'ticked', now: 250, dice: 0 },
      { type: 'opened', now: 260 },
      { type: 'failed', now: 300, dice: 0 },
    ]
    const [flapped, effects] = play(...flap)
    expect(effects).toEqual(['connect', 'disconnect', 'connect', 'subscribe', 'disconnect'])
    expect(flapped).toMatchObject({ type: 'retrying', at: 800, failures: 2 })
    const [lasted] = play(...flap.slice(0, 4), { type: 'failed', now: 60_000, dice: 0 })
    expect(lasted).toMatchObject({ at: 60_250, failures: 1 })
  })

  it('pings, and gives up a server that does not answer', () => {
    const opened: DiallingEvent[] = [
      { type: 'started', now: 0 },
      { type: 'opened', now: 0 },
    ]
    expect(play(...opened, { type: 'ticked', now: PING_MS, dice: 0 })[1].at(-1)).toBe('ping')
    expect(play(...opened, { type: 'ticked', now: SERVER_SILENCE_MS, dice: 0 })[0].type).toBe('retrying')
    const heard: DiallingEvent = { type: 'heard', now: PING_MS + 10 }
    expect(play(...opened, heard, { type: 'ticked', now: SERVER_SILENCE_MS, dice: 0 })[0].type).toBe('open')
  })

  it('holds at most one socket, and none once it is stopped', () => {
    const event = fc.tuple(
      fc.constantFrom('started', 'stopped', 'opened', 'heard', 'failed', 'network-returned', 'ticked'),
      fc.nat(20_000),
    )
    fc.assert(
      fc.property(fc.array(event, { maxLength: 60 }), steps => {
        let state: Dialling = { type: 'closed' }
        let now = 0
        let sockets = 0
        for (const [type, wait] of [...steps, ['stopped', 0] as const]) {
          now += wait
          const [next, effects] = stepDialling(state, { type, now, dice: 0.5 } as DiallingEvent)
          state = next
          for (const effect of effects) sockets += effect === 'connect' ? 1 : effect === 'disconnect' ? -1 : 0
          expect(sockets).toBe(state.type === 'connecting' || state.type === 'open' ? 1 : 0)
        }
        expect(state.type).toBe('closed')
      }),
    )
  })
})
