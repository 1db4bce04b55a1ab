/**
 * Runs one task of one contender and answers the parent: `node … task-process.ts CONTENDER TASK FOLDER`.
 */
import { contenders, type Entry, REFERENCE } from './contenders.ts'
import type { Found } from './found.ts'
import { type Task, tasks } from './tasks.ts'

export type Answer = { readonly found: Found } | { readonly missing: string }

const ALL = Number.POSITIVE_INFINITY
const [name, task, folder = ''] = process.argv.slice(2)
const entry = contenders.find(each => each.name === name)
if (!entry) throw new Error(`There is no contender "${name}".`)

process.send?.(await answer(entry))

async function answer({ name, load, remoteEdits = ALL }: Entry): Promise<Answer> {
  let loaded: Awaited<ReturnType<typeof load>>
  try {
    loaded = await load()
  } catch (error) {
    return { missing: `cannot be loaded (${(error as { code?: string }).code ?? String(error)}): run "npm ci"` }
  }
  const marks = name === REFERENCE ? contenders.flatMap(each => each.remoteEdits ?? []) : []
  return { found: tasks[task as Task]({ contender: loaded.contender, folder, remoteEdits, marks }) }
}
