/**
 * `npm run test:long`: what takes too long for every change. Many random worlds, every rule broken on purpose (each has
 * to be noticed), and many hostile frames.
 */
import { spawnSync } from 'node:child_process'
import { MUTANTS } from '../../src/testing/life.ts'
import { PROJECT, say } from './command.ts'
import { type Outcome, summary } from './outcome.ts'

const SEEDS = 500
/** Enough for each mutant to be seen at least once. */
const MUTANT_SEEDS = 40
const FUZZ_FRAMES = 100_000

const outcomes: Outcome[] = []

judge(`${SEEDS} random worlds agree`, () => program('sim', '--seeds', String(SEEDS)).ok)
for (const mutant of MUTANTS) {
  judge(`the worlds notice the mutant ${mutant}`, () => {
    const { ok, output } = program('sim', '--seeds', String(MUTANT_SEEDS), '--mutant', mutant)
    // One that crashed has noticed nothing.
    return !ok && /\bseed \d+: /.test(output)
  })
}
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
