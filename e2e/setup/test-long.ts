/**
 * `npm run test:long`: what takes too long for every change. Many random worlds, every rule broken on purpose (each has
 * to be noticed), many hostile frames, and a browser that is killed again and again.
 */
import { spawnSync } from 'node:child_process'
import { MUTANTS } from '../../src/testing/life.ts'
import { RUN_MUTANTS } from '../../src/testing/runs.ts'
import { PROJECT, say } from './command.ts'
import { type Outcome, summary } from './outcome.ts'

const SEEDS = 500
/** Together a million operations, by everybody on everything, undo and redo included. */
const CROWDED = { seeds: 1000, operations: 1000 }
/** Enough for the rarest mutant to be seen several times. */
const MUTANT_SEEDS = 60
const FUZZ_FRAMES = 100_000

const outcomes: Outcome[] = []

const simulations = [
  { only: 'life', holds: 'end with equal replicas', mutants: MUTANTS },
  { only: 'runs', holds: 'start every run at most once', mutants: RUN_MUTANTS },
] as const
for (const { only, holds, mutants } of simulations) {
  const simulate = (seeds: number, ...more: string[]) =>
    program('sim', '--only', only, '--seeds', String(seeds), ...more)
  judge(`${SEEDS} random worlds ${holds}`, () => simulate(SEEDS).ok)
  for (const mutant of mutants) {
    judge(`they notice the mutant ${mutant}`, () => {
      const { ok, output } = simulate(MUTANT_SEEDS, '--mutant', mutant)
      // One that crashed has noticed nothing.
      return !ok && /^seed \d+: /m.test(output)
    })
  }
}
judge(`${CROWDED.seeds * CROWDED.operations} random operations in crowded worlds part nobody`, () => {
  const { seeds, operations } = CROWDED
  return program('sim', '--seeds', String(seeds), '--operations', String(operations), '--seed', '100001').ok
})
judge('a browser that is killed while somebody types loses nothing that was saved', () => program('e2e:long').ok)
judge(`${FUZZ_FRAMES} hostile frames are refused`, () => program('fuzz', '--frames', String(FUZZ_FRAMES)).ok)

for (const line of summary(outcomes, [])) say(line)
process.exitCode = outcomes.some(({ failed }) => failed > 0) ? 1 : 0

function judge(name: string, holds: () => boolean): void {
  say(`\n── ${name}`)
  const start = performance.now()
  const held = holds()
  say(held ? 'holds' : 'DOES NOT HOLD')
  outcomes.push({ name, passed: held ? 1 : 0, failed: held ? 0 : 1, milliseconds: performance.now() - start })
}

function program(script: string, ...args: string[]): { ok: boolean; output: string } {
  const { status, stdout, stderr } = spawnSync('npm', ['run', '--silent', script, '--', ...args], {
    cwd: PROJECT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  })
  const output = stdout + stderr
  say(output.trim().split('\n').slice(-5).join('\n'))
  return { ok: status === 0, output }
}
