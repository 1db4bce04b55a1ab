/**
 * The demo's built pages: whether they are older than their sources, and building them.
 */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { SupermeshError } from '../../src/base/error.ts'

/** All that the pages are made of, below the project's root. */
const SOURCES = ['src', 'demo', 'index.html', 'vite.config.ts', 'package-lock.json']

/** Builds the pages unless they are newer than all of their sources. @returns the folder they are in */
export async function buildPages(root: string, onBuild: () => void): Promise<string> {
  const folder = join(root, 'dist')
  const builtAt = await newestIn(join(folder, 'index.html'))
  const changes = await Promise.all(SOURCES.map(source => newestIn(join(root, source))))
  if (builtAt > Math.max(...changes)) return folder
  onBuild()
  const { build } = await import('vite')
  try {
    await build({ root, logLevel: 'error' })
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error)
    throw new SupermeshError('build-failed', `The pages could not be built: ${cause}`, { root })
  }
  return folder
}

/** The latest change to a file or to anything in a folder, in milliseconds since 1970; -Infinity when there is none. */
async function newestIn(path: string): Promise<number> {
  const found = await stat(path).catch(() => null)
  if (found === null) return Number.NEGATIVE_INFINITY
  if (!found.isDirectory()) return found.mtimeMs
  const inside = await Promise.all((await readdir(path)).map(name => newestIn(join(path, name))))
  // The folder's own time tells of files that were removed.
  return Math.max(found.mtimeMs, ...inside)
}
