import { describe, expect, it } from 'vitest'
import { newPulse, type Pulse, type PulseEffect, SILENCE_MS, stepPulse, TICK_MS } from './pulse.ts'

const nobody: ReadonlySet<string> = new Set()

function tick(pulse: Pulse, now: number, heard: ReadonlySet<string> = nobody): [Pulse, readonly PulseEffect[]] {
  return stepPulse(pulse, { type: 'ticked', now, heard })
}

function openedAt(now: number): Pulse {
  return stepPulse(newPulse(now), { type: 'link-opened', now, peer: 'ben' })[0]
}

describe('the pulse', () => {
  it('declares a silent peer dead after three and a half seconds, once', () => {
    let pulse = openedAt(0)
    const deaths: number[] = []
    for (let now = TICK_MS; now <= 10_000; now += TICK_MS) {
      let effects: readonly PulseEffect[]
      ;[pulse, effects] = tick(pulse, now)
      if (effects.some(({ type }) => type === 'declare-dead')) deaths.push(now)
    }
    expect(deaths).toEqual([SILENCE_MS])
  })

  it('beats each second, also where a hidden tab is ticked only that often', () => {
    for (const period of [TICK_MS, 1000]) {
      let pulse = openedAt(0)
      let beats = 0
      for (let now = period; now <= 10_000; now += period) {
        let effects: readonly PulseEffect[]
        ;[pulse, effects] = tick(pulse, now, new Set(['ben']))
        beats += effects.filter(({ type }) => type === 'beat').length
      }
      expect(beats).toBe(10)
    }
  })

  it('blames nobody for its own pause, and starts counting anew', () => {
    let pulse = openedAt(0)
    let effects: readonly PulseEffect[]
    ;[pulse, effects] = tick(pulse, 60_000)
    expect(effects).toEqual([{ type: 'beat', to: 'ben' }])
    for (let now = 60_500; now < 60_000 + SILENCE_MS; now += TICK_MS) {
      ;[pulse, effects] = tick(pulse, now)
      expect(effects.some(({ type }) => type === 'declare-dead')).toBe(false)
    }
    expect(tick(pulse, 60_000 + SILENCE_MS)[1]).toContainEqual({ type: 'declare-dead', peer: 'ben' })
  })
})
