import { describe, expect, it } from 'vitest'
import { held, RUN_MUTANTS, type RunMutant, runOnce } from './runs.ts'

const DURATION_MS = 30_000

/** Seeds in whose worlds a mutant is seen soon. */
const SEEN_IN: Readonly<Record<RunMutant, number>> = {
  'forget-taken': 4,
  'go-again': 14,
  'skip-go': 15,
  'accept-late-claims': 18,
  sleepwalk: 15,
  'keep-leading': 14,
}

describe('runs in a random world', () => {
  it('start at most once, end in a true state, and have one leader after a quiet time', () => {
    let runs = 0
    let done = 0
    for (let seed = 1; seed <= 12; seed++) {
      const report = runOnce({ seed, duration: DURATION_MS })
      expect(held(report), JSON.stringify(report)).toBe(true)
      runs += report.runs
      done += report.phases.done ?? 0
    }
    expect(runs).toBeGreaterThan(150)
    expect(done).toBeGreaterThan(runs / 2)
  }, 60_000)

  it.each(RUN_MUTANTS)('notice the mutant %s', mutant => {
    expect(held(runOnce({ seed: SEEN_IN[mutant], duration: DURATION_MS, mutant }))).toBe(false)
  })

  it('are the same again for the same seed', () => {
    expect(runOnce({ seed: 7, duration: 5000 })).toEqual(runOnce({ seed: 7, duration: 5000 }))
  })
})
