/**
 * The half of `npm run build` that makes `lib/`, the published package, so that any bundler and Node can read it.
 *
 * After the compiler: texts imported with Vite's `?raw` become modules, style sheets and frame documents are copied, and
 * declarations are made fit to be published (see `declaration.ts`).
 */
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { PROJECT, run } from './command.ts'
import { publishedDeclaration, sourceOf } from './declaration.ts'

const LIB = join(PROJECT, 'lib')
const RAW_IMPORT = /(?<=from ['"])(\.[^'"]+)\?raw(?=['"])/g

rmSync(LIB, { recursive: true, force: true })
if (await run(join(PROJECT, 'node_modules', '.bin', 'tsc'), ['-p', 'tsconfig.lib.json'])) finish()
else process.exitCode = 1

function finish(): void {
  for (const file of filesBelow(LIB)) {
    if (file.endsWith('.js')) rewrite(file, text => text.replaceAll(RAW_IMPORT, (_, path) => asModule(file, path)))
    if (file.endsWith('.d.ts')) rewrite(file, text => publishedDeclaration(text, sourceOf(relative(LIB, file))))
  }
  for (const file of filesBelow(join(PROJECT, 'src')).filter(name => /\.(css|html)$/.test(name))) {
    const copy = join(LIB, relative(PROJECT, file))
    mkdirSync(dirname(copy), { recursive: true })
    copyFileSync(file, copy)
  }
}

function rewrite(file: string, change: (text: string) => string): void {
  const before = readFileSync(file, 'utf8')
  const after = change(before)
  if (after !== before) writeFileSync(file, after)
}

/** Writes a text beside the module that imports it, as a module. @returns the specifier for it */
function asModule(importer: string, path: string): string {
  const target = join(dirname(importer), path)
  const text = readFileSync(join(PROJECT, relative(LIB, target)), 'utf8')
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(`${target}.text.js`, `export default ${JSON.stringify(text)}\n`)
  return `${path}.text.js`
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? filesBelow(path) : [path]
  })
}
