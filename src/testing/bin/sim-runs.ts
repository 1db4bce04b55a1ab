/** The part of `npm run sim` that is about runs: `--only runs`. */
import { held, RUN_MUTANTS, type RunFaults, type RunMutant, runOnce } from '../runs.ts'

const DURATION_MS = 40_000

interface SimulationOptions {
  readonly first: number
  readonly seeds: number
  readonly mutant: string | undefined
  readonly json: boolean
}

const isRunMutant = (name: string): name is RunMutant => (RUN_MUTANTS as readonly string[]).includes(name)

/** @returns the exit code: 1 when a rule did not hold, 2 for an unknown mutant */
export function simulateRuns({ first, seeds, mutant, json }: SimulationOptions): 0 | 1 | 2 {
  if (mutant !== undefined && !isRunMutant(mutant)) {
    console.error(`There is no mutant "${mutant}" of runs; choose one of ${RUN_MUTANTS.join(', ')}.`)
    return 2
  }
  const faults: RunFaults = {
    lost: 0,
    duplicated: 0,
    reordered: 0,
    partitions: 0,
    crashes: 0,
    restarts: 0,
    sleeps: 0,
    calls: 0,
  }
  const total = { seeds: 0, runs: 0, doubleStarts: 0, unresolved: 0, missed: 0, leaderless: 0, unlawful: 0, lost: 0 }
  let failed = 0
  for (let seed = first; seed < first + seeds; seed++) {
    const report = runOnce({ seed, duration: DURATION_MS, ...(mutant !== undefined && { mutant }) })
    total.seeds++
    for (const count of ['runs', 'doubleStarts', 'unresolved', 'missed', 'leaderless'] as const) {
      total[count] += report[count]
    }
    total.unlawful += report.unlawful.length
    total.lost += report.phases.lost ?? 0
    for (const fault of Object.keys(faults) as (keyof RunFaults)[]) faults[fault] += report.faults[fault]
    if (held(report)) continue
    failed++
    const { doubleStarts, unresolved, missed, leaderless, unlawful } = report
    const counts = { doubleStarts, unresolved, missed, leaderless, unlawful: unlawful.length }
    console.log(`seed ${seed}: ${JSON.stringify(counts)} ${unlawful[0] ?? ''}`)
  }
  const { runs, doubleStarts, unresolved, lost } = total
  console.log(
    json
      ? JSON.stringify({ ...total, faults })
      : `${runs} runs in ${total.seeds} worlds: ${doubleStarts} started twice, ${unresolved} unresolved, ` +
          `${lost} honestly marked as perhaps not run; ${failed} worlds broke a rule`,
  )
  return failed > 0 ? 1 : 0
}
