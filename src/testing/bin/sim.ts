/**
 * `npm run sim -- --seeds N [--seed S] [--only NAME] [--mutant NAME] [--json]`: many random worlds.
 *
 * Exits with 1 when a world diverged or got stuck, and names its seed; `--seed S --seeds 1` replays it.
 */
import { parseArgs } from 'node:util'
import { liveOnce, MUTANTS, type Mutant } from '../life.ts'
import { simulateRuns } from './sim-runs.ts'

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100' },
    seed: { type: 'string', default: '1' },
    operations: { type: 'string', default: '250' },
    only: { type: 'string' },
    mutant: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})
if (values.only === 'runs') {
  const [first, seeds] = [Number(values.seed), Number(values.seeds)]
  process.exit(simulateRuns({ first, seeds, mutant: values.mutant, json: values.json }))
}
const isMutant = (name: string): name is Mutant => (MUTANTS as readonly string[]).includes(name)
if (values.mutant !== undefined && !isMutant(values.mutant)) {
  console.error(`There is no mutant "${values.mutant}"; choose one of ${MUTANTS.join(', ')}.`)
  process.exit(2)
}
if (values.only !== undefined && values.only !== 'life') {
  console.error(`There is no simulation "${values.only}"; there are: life, runs.`)
  process.exit(2)
}

const first = Number(values.seed)
const total = {
  seeds: 0,
  operations: 0,
  divergences: 0,
  stuck: 0,
  faults: { lost: 0, duplicated: 0, reordered: 0, partitions: 0, joins: 0, crashes: 0, snapshots: 0 },
}
for (let seed = first; seed < first + Number(values.seeds); seed++) {
  const mutant = values.mutant !== undefined && isMutant(values.mutant) ? { mutant: values.mutant } : {}
  const report = liveOnce({ seed, operations: Number(values.operations), ...mutant })
  // What a world has promised holds it until the turn ends.
  await new Promise(setImmediate)
  total.seeds++
  total.operations += report.operations
  if (report.diverged) total.divergences++
  if (report.stuck) total.stuck++
  for (const fault of Object.keys(total.faults) as (keyof typeof total.faults)[]) {
    total.faults[fault] += report.faults[fault]
  }
  if (report.diverged || report.stuck) {
    console.log(`seed ${seed}: ${report.diverged ? 'replicas differ' : 'something is left waiting'}`)
  }
}
console.log(
  values.json
    ? JSON.stringify(total)
    : `${total.operations} operations in ${total.seeds} worlds: ${total.divergences} diverged, ${total.stuck} stuck`,
)
process.exitCode = total.divergences + total.stuck > 0 ? 1 : 0
