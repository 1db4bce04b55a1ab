/**
 * Python in the page: no server, nothing to install, and no way out of its frame.
 */
import { createScope } from '../../base/scope.ts'
import type { KernelBackend } from '../kernel.ts'
import { startEmbeddedKernel } from './embedded-kernel.ts'
import { EMBEDDED_KERNEL_NAME, embeddedSettings } from './embedded-server.ts'
import { downloadPython, type PythonFiles } from './python-files.ts'
import { closeServices, openServices } from './services.ts'
import { servicesKernel } from './services-kernel.ts'

export interface EmbeddedPythonOptions {
  /** The folder with Pyodide's five files, absolute or relative to the page: `pyodide/`. */
  readonly indexURL: string
  /** Origins from which Python's own code may fetch; none when left out. */
  readonly sites?: readonly string[]
}

export function openEmbeddedPython({ indexURL, sites = [] }: EmbeddedPythonOptions): KernelBackend {
  let python: PythonFiles | null = null

  return {
    async open(options) {
      python ??= await downloadPython(indexURL, options)
      options.onProgress({ stage: 'Starting Python' })
      const embedded = await startEmbeddedKernel(python, sites, options.signal)
      const scope = createScope()
      scope.add(embedded.dispose)
      try {
        const services = await openServices(embeddedSettings(embedded))
        scope.add(() => closeServices(services))
        const model = { id: embedded.id, name: EMBEDDED_KERNEL_NAME }
        const connection = services.kernels.connectTo({ model, handleComms: false })
        await connection.info
        options.onProgress({ stage: 'Ready' })
        return await servicesKernel(connection, {
          describe: { displayName: 'Python (in this page)', language: 'python', backend: 'embedded' },
          shutdown: async () => embedded.dispose(),
          release: scope.dispose,
        })
      } catch (error) {
        scope.dispose()
        throw error
      }
    },
  }
}
