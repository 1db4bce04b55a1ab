/**
 * Declarations as they are published: neighbours by the names of the modules, and no words about a module in the place of
 * words about the first thing in it, where editors would show them.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PROJECT } from './command.ts'

const TYPESCRIPT_SPECIFIER = /((?:from |import\()['"]\.[^'"]+)\.tsx?(['"])/g
/** What stands first in a source and is of no declaration. */
const MODULE_DOCSTRING = /^\/\*\*[\s\S]*?\*\/\n(?=\n|import |export (?:type )?\{)/

/** The source of a declaration, by the declaration's path from the root of what was emitted. */
export function sourceOf(declaration: string): string {
  const stem = join(PROJECT, declaration.replace(/\.d\.ts$/, ''))
  const path = [`${stem}.ts`, `${stem}.tsx`].find(existsSync)
  return path === undefined ? '' : readFileSync(path, 'utf8')
}

/**
 * @param emitted - what the compiler made of `source`
 */
export function publishedDeclaration(emitted: string, source: string): string {
  const docstring = MODULE_DOCSTRING.exec(source)?.[0]
  const own = docstring && emitted.startsWith(docstring) ? emitted.slice(docstring.length) : emitted
  return own.replaceAll(TYPESCRIPT_SPECIFIER, '$1.js$2')
}
