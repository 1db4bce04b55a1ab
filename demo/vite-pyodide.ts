/**
 * Puts the five files of Pyodide beside the page, under `pyodide/`: served in development, copied into the build.
 *
 * They come from `node_modules` and not from a content network, so that a page works where it is put, and alone.
 */
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Connect, Plugin } from 'vite'

const TYPES: Readonly<Record<string, string>> = {
  'pyodide.mjs': 'text/javascript',
  'pyodide.asm.mjs': 'text/javascript',
  'pyodide.asm.wasm': 'application/wasm',
  'pyodide-lock.json': 'application/json',
  'python_stdlib.zip': 'application/zip',
}

export function pyodideFiles(): Plugin {
  const source = dirname(createRequire(import.meta.url).resolve('pyodide'))
  const serve: Connect.NextHandleFunction = (request, response, next) => {
    const name = /\/pyodide\/([^/?]+)(?:\?.*)?$/.exec(request.url ?? '')?.[1] ?? ''
    const type = TYPES[name]
    if (type === undefined) return next()
    const path = join(source, name)
    stat(path).then(({ size }) => {
      response.setHeader('content-type', type)
      response.setHeader('content-length', size)
      createReadStream(path).pipe(response)
    }, next)
  }
  return {
    name: 'supermesh-pyodide',
    configureServer: server => void server.middlewares.use(serve),
    async generateBundle() {
      for (const name of Object.keys(TYPES)) {
        this.emitFile({ type: 'asset', fileName: `pyodide/${name}`, source: await readFile(join(source, name)) })
      }
    },
  }
}
