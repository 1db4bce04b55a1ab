/**
 * The files of which embedded Python is made: Pyodide's, fetched from beside the page, and our own, which travel in it.
 *
 * The page fetches and the frame receives bytes, so that the browser's cache and a service worker serve them, progress can
 * be shown, and the frame needs no network. Kept by the caller, they start further kernels without a download.
 */
import { SupermeshError } from '../../base/error.ts'
import type { OpenOptions } from '../kernel.ts'
import { workerProgram } from '../worker-program.ts'
import packageSource from './python/__init__.py?raw'
import ipythonSource from './python/ipython.py?raw'
import kernelSource from './python/kernel.py?raw'
import magicsSource from './python/magics.py?raw'
import outputsSource from './python/outputs.py?raw'
import tracebacksSource from './python/tracebacks.py?raw'
import workerSource from './python/worker.js?raw'

const ASSEMBLY = 'pyodide.asm.mjs'
const LOADER = 'pyodide.mjs'
/** In bytes, of Pyodide 314: what the bar is drawn against when a server names no length. */
const USUAL_SIZES: Readonly<Record<string, number>> = {
  'pyodide.asm.wasm': 9_598_218,
  'python_stdlib.zip': 2_545_637,
  'pyodide-lock.json': 119_077,
  [ASSEMBLY]: 1_250_344,
  [LOADER]: 17_931,
}

const OWN_MODULES: Readonly<Record<string, string>> = {
  '__init__.py': packageSource,
  'ipython.py': ipythonSource,
  'kernel.py': kernelSource,
  'magics.py': magicsSource,
  'outputs.py': outputsSource,
  'tracebacks.py': tracebacksSource,
}

export interface PythonFiles {
  /** The text of the worker, in parts. */
  readonly program: readonly string[]
  readonly files: Readonly<Record<string, ArrayBuffer>>
}

/**
 * @param indexURL the folder with Pyodide's five files
 * @throws SupermeshError `python-download-failed`, `aborted`
 */
export async function downloadPython(indexURL: string, options: OpenOptions): Promise<PythonFiles> {
  const base = new URL(indexURL.replace(/\/?$/, '/'), document.baseURI)
  const names = Object.keys(USUAL_SIZES)
  const meters = names.map(name => ({ loaded: 0, total: USUAL_SIZES[name] ?? 0 }))
  const report = () => {
    const [loaded, total] = (['loaded', 'total'] as const).map(key =>
      meters.reduce((sum, meter) => sum + meter[key], 0),
    )
    options.onProgress({ stage: 'Downloading Python', loaded: loaded ?? 0, total: total ?? 0 })
  }
  report()
  // One that fails ends the others.
  const failure = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, failure.signal]) : failure.signal
  const download = async (name: string, index: number): Promise<[string, ArrayBuffer]> => {
    const onBytes = (loaded: number, total: number | null) => {
      meters[index] = { loaded, total: Math.max(loaded, total ?? USUAL_SIZES[name] ?? 0) }
      report()
    }
    return [name, await fetchBytes(new URL(name, base), signal, onBytes)]
  }
  const fetched: Record<string, ArrayBuffer> = await Promise.all(names.map(download)).then(
    Object.fromEntries,
    error => {
      failure.abort()
      if (options.signal?.aborted) throw new SupermeshError('aborted', 'Starting Python was cancelled.')
      throw downloadFailed(error instanceof Error ? error.message : String(error))
    },
  )
  const { [LOADER]: loader, [ASSEMBLY]: assembly, ...files } = fetched
  const program = workerProgram(asText(loader), asText(assembly), workerSource)
  if (program === null) throw downloadFailed('The files beside this page are of another version of Pyodide.')
  for (const [name, source] of Object.entries(OWN_MODULES)) files[name] = new TextEncoder().encode(source).buffer
  return { program, files }
}

function downloadFailed(reason: string): SupermeshError {
  return new SupermeshError(
    'python-download-failed',
    'Python could not be downloaded. Check the connection and try again, or use a Jupyter Server.',
    { reason },
  )
}

/** `onBytes` hears the length so far and, where the server names one that holds for these bytes, the whole. */
async function fetchBytes(
  url: URL,
  signal: AbortSignal,
  onBytes: (loaded: number, total: number | null) => void,
): Promise<ArrayBuffer> {
  const response = await fetch(url, { signal })
  if (!response.ok || response.body === null) throw new Error(`${url.pathname} answered ${response.status}`)
  // A page that answers every path with its own HTML would otherwise be read as Python.
  if (response.headers.get('content-type')?.startsWith('text/html')) throw new Error(`${url.pathname} is not there`)
  // The length is that of the compressed bytes when there is an encoding, which another origin's answer does not show.
  const plain = response.type === 'basic' && !response.headers.has('content-encoding')
  const total = plain ? Number(response.headers.get('content-length')) || null : null
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let loaded = 0
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read()
    if (done) break
    chunks.push(value)
    loaded += value.length
    onBytes(loaded, total)
  }
  onBytes(loaded, loaded)
  return new Blob(chunks).arrayBuffer()
}

function asText(bytes: ArrayBuffer | undefined): string {
  return new TextDecoder().decode(bytes)
}
