/**
 * `npm test [-- --notebooks DIR --traces DIR]`: everything that has to hold, in the order in which a fault is cheapest to find.
 *
 * Installs what is missing (a Chromium, a Jupyter Server), says what it does and how long it took, and skips nothing in
 * silence. A later step runs although an earlier one failed, so that one run tells all.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { PROJECT, run, say } from './command.ts'
import { ensureBrowser, NO_BROWSER } from './ensure-browser.ts'
import { ensureJupyter, NO_JUPYTER } from './ensure-jupyter.ts'
import { type Outcome, readPlaywrightReport, readVitestReport, summary, type Tally } from './outcome.ts'

const { values } = parseArgs({ options: { notebooks: { type: 'string' }, traces: { type: 'string' } } })
const outcomes: Outcome[] = []
const notRun: string[] = []

const tool = (name: string) => join(PROJECT, 'node_modules', '.bin', name)
const reports = join(PROJECT, '.cache', 'reports')
mkdirSync(reports, { recursive: true })

/** Folders of material that is not part of the project, with the variable by which the tests know each. */
const materials = [
  { option: 'notebooks', variable: 'SUPERMESH_NOTEBOOKS', holds: 'real notebooks (.ipynb)' },
  { option: 'traces', variable: 'SUPERMESH_TRACES', holds: 'recorded editing sessions (.json.gz)' },
] as const
for (const { option, variable, holds } of materials) {
  const folder = values[option] ?? process.env[variable]
  if (folder === undefined) notRun.push(`what needs ${holds}: name a folder of them with --${option} DIR`)
  else if (existsSync(folder)) process.env[variable] = resolve(folder)
  else {
    say(`There is no folder ${folder}. Give --${option} a folder with ${holds}.`)
    process.exit(2)
  }
}

await step('prepare', async () => {
  const [browser, jupyter] = [await ensureBrowser(), await ensureJupyter()]
  if (browser !== null) process.env.SUPERMESH_CHROMIUM = browser
  else say(NO_BROWSER)
  if (jupyter !== null) {
    process.env.SUPERMESH_JUPYTER = jupyter
    process.env.SUPERMESH_PYTHON ??= jupyter
  } else say(NO_JUPYTER)
  say(`Chromium: ${browser ?? 'none'}\nPython with Jupyter: ${jupyter ?? 'none'}`)
  const missing = [browser, jupyter].filter(found => found === null).length
  return { passed: 2 - missing, failed: missing, skipped: [] }
})
await step('lint', async () => one(await run(tool('biome'), ['check', '.'])))
await step('types', async () => one(await run(tool('tsc'), ['--noEmit'])))
await step('public surface', async () => one(await run('npm', ['run', '--silent', 'api', '--', '--check'])))
await step('unit, property and simulation tests', () => {
  const file = join(reports, 'vitest.json')
  const args = ['run', '--reporter=dot', '--reporter=json', `--outputFile.json=${file}`]
  return reported(file, readVitestReport, () => run(tool('vitest'), args))
})
await step('build', async () => one(await run('npm', ['run', '--silent', 'build'])))
await step('weight', async () => one(await run('npm', ['run', '--silent', 'size'])))
await step('browser tests', () => {
  const file = join(reports, 'playwright.json')
  const args = ['test', '--config', 'e2e/playwright.config.ts', '--reporter=list,json']
  return reported(file, readPlaywrightReport, () =>
    run(tool('playwright'), args, { env: { PLAYWRIGHT_JSON_OUTPUT_NAME: file } }),
  )
})

for (const line of summary(outcomes, notRun)) say(line)
process.exitCode = outcomes.some(({ failed }) => failed > 0) ? 1 : 0

async function step(name: string, work: () => Promise<Tally>): Promise<void> {
  say(`\n── ${name}`)
  const start = performance.now()
  const { passed, failed, skipped } = await work()
  outcomes.push({ name, passed, failed, milliseconds: performance.now() - start })
  notRun.push(...skipped)
}

function one(worked: boolean): Tally {
  return { passed: worked ? 1 : 0, failed: worked ? 0 : 1, skipped: [] }
}

/** Runs a test runner and reads what it reported; one that ended without a report has failed. */
async function reported(file: string, read: (text: string) => Tally, start: () => Promise<boolean>): Promise<Tally> {
  rmSync(file, { force: true })
  const worked = await start()
  if (!existsSync(file)) return one(false)
  const tally = read(readFileSync(file, 'utf8'))
  return worked || tally.failed > 0 ? tally : { ...tally, failed: 1 }
}
