/**
 * What is measured runs as builders run it: compiled once, and not by a loader that names every function as it is made.
 */
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const project = fileURLToPath(new URL('..', import.meta.url))

/** @param program - a file of this folder. @returns the compiled one, beside `node_modules`, for Node */
export async function compiled(program: string): Promise<string> {
  const name = basename(program, '.ts')
  const outDir = join(project, '.cache', 'bench', name)
  await build({
    configFile: false,
    root: project,
    logLevel: 'silent',
    build: { ssr: join(import.meta.dirname, program), outDir, target: 'node20', minify: false },
  })
  return join(outDir, `${name}.js`)
}
