import { describe, expect, it } from 'vitest'
import { held, RUN_MUTANTS, runOnce } from './runs.ts'

const DURATION_MS = 30_000

/** Enough for the rarest mutant to be seen several times. */
const MUTANT_SEEDS = 60

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

  it.each(RUN_MUTANTS)(
    'notice the mutant %s',
    mutant => {
      let seed = 1
      while (seed <= MUTANT_SEEDS && held(runOnce({ seed, duration: DURATION_MS, mutant }))) seed++
      expect(seed).toBeLessThanOrEqual(MUTANT_SEEDS)
    },
    60_000,
  )

  it('are the same again for the same seed', () => {
    expect(runOnce({ seed: 7, duration: 5000 })).toEqual(runOnce({ seed: 7, duration: 5000 }))
  })
})
