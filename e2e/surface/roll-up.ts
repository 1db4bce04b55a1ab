/**
 * Makes the public surface: the compiler's declarations, rolled up into one self-contained file for each subpath.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import { PROJECT, run } from '../setup/command.ts'
import { publishedDeclaration, sourceOf } from '../setup/declaration.ts'
import { readSubpaths, type Subpath } from './subpath.ts'
import { tidy } from './tidy.ts'

const EMITTED = join(PROJECT, '.cache', 'declarations')

export interface Surface extends Subpath {
  readonly text: string
}

/** Null when the compiler found a fault, which it has shown. */
export async function rollUpSurfaces(): Promise<Surface[] | null> {
  rmSync(EMITTED, { recursive: true, force: true })
  const emits = ['--project', 'tsconfig.lib.json', '--emitDeclarationOnly', '--outDir', EMITTED]
  if (!(await run(join(PROJECT, 'node_modules', '.bin', 'tsc'), emits))) return null
  for (const name of readdirSync(EMITTED, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.d.ts')) continue
    const file = join(EMITTED, name)
    writeFileSync(file, publishedDeclaration(readFileSync(file, 'utf8'), sourceOf(name)))
  }
  const { exports } = JSON.parse(readFileSync(join(PROJECT, 'package.json'), 'utf8')) as {
    readonly exports: Readonly<Record<string, unknown>>
  }
  const subpaths = readSubpaths(exports)
  return Promise.all(subpaths.map(async subpath => ({ ...subpath, text: await rollUp(subpath) })))
}

/** What is imported by a package's name stays an import. */
async function rollUp(subpath: Subpath): Promise<string> {
  const bundle = await rolldown({
    input: { surface: join(EMITTED, subpath.declaration) },
    cwd: EMITTED,
    external: /^[^./]/,
    plugins: [dts({ dtsInput: true, tsconfig: false })],
  })
  const { output } = await bundle.generate()
  await bundle.close()
  return tidy(output[0].code, subpath)
}
