/**
 * Runs one task of one contender and answers the parent: `node … task-process.ts CONTENDER PROGRAM TASK FOLDER`. The
 * contender is a program of its own, as it is to those who build with it.
 */
import { type ContenderModule, contenders, type Entry, REFERENCE } from './contenders.ts'
import type { Found } from './found.ts'
import { type Task, tasks } from './tasks.ts'

export type Answer = { readonly found: Found } | { readonly missing: string }

const ALL = Number.POSITIVE_INFINITY
const [name, program = '', task, folder = ''] = process.argv.slice(2)
const entry = contenders.find(each => each.name === name)
if (!entry) throw new Error(`There is no contender "${name}".`)

process.send?.(await answer(entry))

async function answer({ name, remoteEdits = ALL }: Entry): Promise<Answer> {
  let loaded: ContenderModule
  try {
    loaded = await import(program)
  } catch (error) {
    return { missing: `cannot be loaded (${(error as { code?: string }).code ?? String(error)}): run "npm ci"` }
  }
  const marks = name === REFERENCE ? contenders.flatMap(each => each.remoteEdits ?? []) : []
  return { found: tasks[task as Task]({ contender: loaded.contender, folder, remoteEdits, marks }) }
}
