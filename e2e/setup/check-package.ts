/**
 * The published package as a stranger gets it: packed, unpacked in an empty folder, imported in Node and compiled against.
 *
 * No entry may touch what only a browser has when it is imported, since builders render pages on servers.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, PROJECT, run, say } from './command.ts'
import type { Tally } from './outcome.ts'

/** Checks each entry of the `exports` map; `lib/` has to be built. */
export async function checkPackage(): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'supermesh-package-'))
  try {
    const unpacked = unpackInto(folder)
    if (!unpacked) return { passed: 0, failed: 1, skipped: [] }
    const entries = scriptEntries()
    const faults = entries.filter(entry => !imports(folder, entry))
    if (!(await compiles(folder, entries))) faults.push('declarations')
    const tests = filesBelow(join(folder, 'node_modules', 'supermesh')).filter(name => /\.test\./.test(name))
    if (tests.length > 0) faults.push(`tests in the package: ${tests.join(', ')}`)
    for (const fault of faults) say(`Broken in the package: ${fault}`)
    return { passed: entries.length + 2 - faults.length, failed: faults.length, skipped: [] }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** The package among links to what it depends on, so that no download is needed. */
function unpackInto(folder: string): boolean {
  const modules = join(folder, 'node_modules')
  mkdirSync(join(modules, 'supermesh'), { recursive: true })
  for (const name of readdirSync(join(PROJECT, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(PROJECT, 'node_modules', name), join(modules, name))
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  const packed = ask('npm', ['pack', '--silent', '--ignore-scripts', '--pack-destination', folder])
  if (packed === null) return false
  const archive = join(folder, packed.trim())
  return ask('tar', ['-xzf', archive, '--strip-components=1', '-C', join(modules, 'supermesh')]) !== null
}

function scriptEntries(): string[] {
  const { exports } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
    exports: Record<string, string | object>
  }
  return Object.keys(exports)
    .filter(key => typeof exports[key] === 'object')
    .map(key => `supermesh${key.slice(1)}`)
}

/** In a Node without the globals that newer versions share with browsers: asking for one by `typeof` is fine, using it is not. */
function imports(folder: string, entry: string): boolean {
  const file = join(folder, 'import.mjs')
  const shared = "['navigator', 'WebSocket', 'localStorage', 'sessionStorage', 'CloseEvent']"
  writeFileSync(
    file,
    `for (const name of ${shared}) delete globalThis[name]\nawait import('${entry}')\nprocess.exit(0)\n`,
  )
  return ask(process.execPath, [file]) !== null
}

async function compiles(folder: string, entries: readonly string[]): Promise<boolean> {
  const lines = entries.map((entry, index) => `import * as entry${index} from '${entry}'`)
  const uses = entries.map((_, index) => `entry${index}`).join(', ')
  const file = join(folder, 'consumer.ts')
  writeFileSync(file, [...lines, `export const all: readonly object[] = [${uses}]`].join('\n'))
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--lib', 'es2024,dom,dom.iterable']
  return run(join(PROJECT, 'node_modules', '.bin', 'tsc'), [
    ...[...options, '--module', 'nodenext', '--moduleResolution', 'nodenext', '--types', 'node'],
    ...['--ignoreConfig', file],
  ])
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
}
