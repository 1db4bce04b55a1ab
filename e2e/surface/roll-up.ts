/**
 * Makes the public surface: the compiler's declarations, rolled up into one file for each subpath, and one for what they share.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'
import { dts } from 'rolldown-plugin-dts'
import { PROJECT, run } from '../setup/command.ts'
import { publishedDeclaration, sourceOf } from '../setup/declaration.ts'
import { readSubpaths, SHARED, type Subpath } from './subpath.ts'
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
  const texts = await rollUp(subpaths)
  return [...subpaths, SHARED].map(subpath => ({ ...subpath, text: tidy(texts.get(subpath.file) ?? '', subpath) }))
}

/** File → text. What is imported by a package's name stays an import. */
async function rollUp(subpaths: readonly Subpath[]): Promise<ReadonlyMap<string, string>> {
  const nameOf = ({ file }: Subpath) => file.replace(/\.d\.ts$/, '')
  const bundle = await rolldown({
    input: Object.fromEntries(subpaths.map(subpath => [nameOf(subpath), join(EMITTED, subpath.declaration)])),
    cwd: EMITTED,
    external: /^[^./]/,
    plugins: [dts({ dtsInput: true, tsconfig: false })],
  })
  const { output } = await bundle.generate({
    entryFileNames: '[name].d.ts',
    chunkFileNames: '[name].d.ts',
    minifyInternalExports: false,
    codeSplitting: { groups: [{ name: nameOf(SHARED), test: /./, minShareCount: 2 }] },
  })
  await bundle.close()
  return new Map(output.flatMap(file => (file.type === 'chunk' ? [[file.fileName, file.code] as const] : [])))
}
