/**
 * Our shared text beside those of our neighbours: a session is typed into one replica, an edit at a time, and its updates
 * are applied in another.
 *
 * Each measurement has a process of its own, so that none inherits another's compiled code or garbage; rounds are
 * interleaved, so that a slow minute of the machine falls on everybody.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Benchmark } from './benchmark.ts'
import { compiled } from './compiled.ts'
import { contenders, REFERENCE } from './text/contenders.ts'
import type { Found } from './text/found.ts'
import { generateTrace } from './text/generated-trace.ts'
import { asRows, type Result } from './text/summary.ts'
import type { Answer } from './text/task-process.ts'
import { TASKS, type Task, TRACE_FILE } from './text/tasks.ts'
import { readTrace } from './text/trace.ts'

/** Who takes longer for a round is measured once where others are measured {@link QUICK_ROUNDS} times. */
const SLOW_MS = 20_000
const QUICK_ROUNDS = 3
const GENERATED = { seed: 1, edits: 260_000 }

export const benchmark: Benchmark = {
  name: 'text',
  async run({ trace, rounds }) {
    const session = JSON.stringify(trace === undefined ? generateTrace(GENERATED) : readTrace(trace))
    const taskProcess = await compiled('text/task-process.ts')
    const programs = new Map<string, string>()
    for (const { name } of contenders) programs.set(name, await compiled(`text/${name}.ts`))
    const root = mkdtempSync(join(tmpdir(), 'supermesh-bench-'))
    try {
      const results = contenders.map(({ name }): Result => ({ name, rounds: [], missing: null }))
      for (const { name } of results) {
        mkdirSync(join(root, name))
        writeFileSync(join(root, name, TRACE_FILE), session)
      }
      const slow = new Set<string>()
      for (let round = 0; round < rounds * QUICK_ROUNDS; round++) {
        for (const result of results) {
          const { name } = result
          if (result.missing !== null || (slow.has(name) && round % QUICK_ROUNDS > 0)) continue
          const program = programs.get(name) as string
          const began = performance.now()
          const answer = await measure(task => [taskProcess, name, program, task, join(root, name)])
          if (performance.now() - began > SLOW_MS) slow.add(name)
          if ('missing' in answer) result.missing = answer.missing
          else result.rounds.push(answer.found)
        }
      }
      return asRows(results, REFERENCE)
    } finally {
      rmSync(root, { recursive: true })
    }
  },
}

/** One round of one contender: its tasks, one after the other. */
async function measure(commandOf: (task: Task) => readonly [string, ...string[]]): Promise<Answer> {
  let found: Found = {}
  for (const task of TASKS) {
    const answer = await inProcess(...commandOf(task))
    if ('missing' in answer) return answer
    found = { ...found, ...answer.found }
  }
  return { found }
}

async function inProcess(program: string, ...options: readonly string[]): Promise<Answer> {
  const child = fork(program, options, {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  let answer: Answer | null = null
  child.once('message', message => {
    answer = message as Answer
  })
  const [code] = await once(child, 'exit')
  if (!answer) throw new Error(`${options.join(' ')} ended with ${code}.`)
  return answer
}
