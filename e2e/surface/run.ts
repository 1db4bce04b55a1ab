/**
 * `npm run api [-- --check]`: writes the public surface into `api/`, or compares it with what is committed there.
 *
 * What is committed is what has been reviewed: whoever changes a public name or type sees it in their diff.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PROJECT, run, say } from '../setup/command.ts'
import { ALLOWED_PACKAGES } from './allowed-packages.ts'
import { rollUpSurfaces, type Surface } from './roll-up.ts'
import { faultsOfEntry, faultsOfSurface } from './rules.ts'
import { SHARED } from './subpath.ts'

const COMMITTED = 'api'
const MADE = join('.cache', 'api')

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } })

process.exitCode = (await main()) ? 0 : 1

async function main(): Promise<boolean> {
  const surfaces = await rollUpSurfaces()
  if (surfaces === null) return refuse('There is no public surface without declarations: see the compiler above.')
  const faults = surfaces.flatMap(faultsOf)
  if (faults.length > 0) return refuse(...faults)
  if (!values.check) {
    write(COMMITTED, surfaces)
    return true
  }
  write(MADE, surfaces)
  const same = await run('git', ['--no-pager', 'diff', '--no-index', '--no-ext-diff', COMMITTED, MADE])
  return same || refuse('The public surface is not the one that is committed: run "npm run api" and review the diff.')
}

function faultsOf(surface: Surface): string[] {
  const faults = faultsOfSurface(surface, surface.text, ALLOWED_PACKAGES[surface.specifier] ?? [])
  if (surface.file === SHARED.file) return faults
  const module = surface.declaration.replace(/\.d\.ts$/, '')
  const entry = existsSync(join(PROJECT, `${module}.tsx`)) ? `${module}.tsx` : `${module}.ts`
  return [...faults, ...faultsOfEntry(entry, readFileSync(join(PROJECT, entry), 'utf8'))]
}

function write(name: string, surfaces: readonly Surface[]): void {
  const folder = join(PROJECT, name)
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const { file, text } of surfaces) writeFileSync(join(folder, file), text)
}

function refuse(...sentences: readonly string[]): false {
  for (const sentence of sentences) say(sentence)
  return false
}
