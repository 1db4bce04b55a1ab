/**
 * Kernels of a real Jupyter Server, named by the one address that it prints.
 *
 * The token stays in this closure and in the client's settings: it is in no error, log or description. A server's refusals
 * reach a browser as "failed to fetch", all alike, so they are told apart by a second look before anything is opened.
 */
import type { ServerConnection, ServiceManager } from '@jupyterlab/services'
import { SupermeshError } from '../../base/error.ts'
import type { KernelBackend, OpenOptions } from '../kernel.ts'
import { parseServerAddress, type ServerAddress } from '../server-address.ts'
import { closeServices, openServices } from './services.ts'
import { servicesKernel } from './services-kernel.ts'

export interface JupyterServerOptions {
  /** As Jupyter prints it: `http://localhost:8888/lab?token=…`. */
  readonly address: string
  /** A predecessor's kernel and session, to go on with its kernel and receive what the server kept for it. */
  readonly resume?: { readonly id: string; readonly session: string }
}

/** @throws SupermeshError `bad-address`, whose message says what is wrong with it */
export function openJupyterServer({ address, resume }: JupyterServerOptions): KernelBackend {
  const server = parseServerAddress(address)
  if ('refused' in server) throw new SupermeshError('bad-address', server.refused)

  return {
    async open({ onProgress, signal }) {
      onProgress({ stage: 'Asking the Jupyter Server' })
      await refuseUnusable(server, signal)
      onProgress({ stage: 'Starting a kernel' })
      const services = await openServices(settingsFor(server))
      try {
        const kernel = await connect(services, resume, signal)
        onProgress({ stage: 'Ready' })
        return kernel
      } catch (error) {
        closeServices(services)
        throw error
      }
    },
  }
}

function settingsFor({ baseUrl, wsUrl, token }: ServerAddress): Partial<ServerConnection.ISettings> {
  // No cookies: the token is the only credential, and a cookie would ask for an XSRF header besides.
  const init: RequestInit = { cache: 'no-store', credentials: 'omit' }
  return { baseUrl, appUrl: '', wsUrl, token, appendToken: true, init }
}

async function connect(services: ServiceManager, resume: JupyterServerOptions['resume'], signal?: AbortSignal) {
  const { kernels, kernelspecs } = services
  let connection: ReturnType<typeof kernels.connectTo>
  if (resume === undefined) {
    const name = kernelspecs.specs?.default
    if (!name) throw noKernelSpec()
    connection = await kernels.startNew({ name }, { handleComms: false }).catch(() => {
      throw new SupermeshError('kernel-lost', 'The Jupyter Server could not start a kernel. Look at its log.')
    })
  } else {
    const model = await kernels.findById(resume.id)
    if (model === undefined) {
      throw new SupermeshError('kernel-lost', 'The kernel is no longer on the Jupyter Server. Start a new one.')
    }
    connection = kernels.connectTo({ model, clientId: resume.session, handleComms: false })
  }
  const give = async () => {
    if (resume === undefined) await connection.shutdown().catch(() => undefined)
    connection.dispose()
  }
  try {
    await unlessAborted(connection.info, signal)
  } catch (error) {
    await give()
    throw error
  }
  const spec = kernelspecs.specs?.kernelspecs[connection.name]
  const describe = {
    displayName: spec?.display_name ?? connection.name,
    language: spec?.language ?? 'python',
    backend: 'server' as const,
  }
  return servicesKernel(connection, {
    describe,
    shutdown: () => connection.shutdown().catch(() => undefined),
    release: () => closeServices(services),
  })
}

async function unlessAborted<T>(promise: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return promise
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => reject(cancelled())
  if (signal.aborted) onAbort()
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** Reads the kernel specs: the first request that needs both the token and our origin. */
async function refuseUnusable(server: ServerAddress, signal: OpenOptions['signal']): Promise<void> {
  const headers = server.token === '' ? {} : { authorization: `token ${server.token}` }
  const init = { cache: 'no-store', credentials: 'omit', ...(signal ? { signal } : {}) } as const
  let response: Response
  try {
    response = await fetch(`${server.baseUrl}api/kernelspecs`, { ...init, headers })
  } catch {
    if (signal?.aborted) throw cancelled()
    throw await explainFailedFetch(server, init)
  }
  if (response.status === 401 || response.status === 403) {
    throw wrongToken()
  }
  if (!response.ok) {
    const { status } = response
    const sentence = `The server at this address answers ${status} where a Jupyter Server lists its kernels. Check the address.`
    throw new SupermeshError('server-refused', sentence, { status })
  }
  const specs: unknown = await response.json().catch(() => null)
  const names = Object.keys((specs as { kernelspecs?: object } | null)?.kernelspecs ?? {})
  if (names.length === 0) throw noKernelSpec()
}

/**
 * `/api` needs no token, so a page that may read it has the wrong one. A server that answers when nothing is read from it
 * is there and refuses this page; under the stricter of the two isolation policies (`require-corp`) that cannot be seen.
 */
async function explainFailedFetch(server: ServerAddress, init: RequestInit): Promise<SupermeshError> {
  const { hostname } = new URL(server.baseUrl)
  const local = ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
  if (location.protocol === 'https:' && server.baseUrl.startsWith('http:') && !local) {
    const sentence =
      'This page came over https and may not speak to a server over http, unless it is on this machine. ' +
      'Open the page over http, or give the Jupyter Server a certificate.'
    return new SupermeshError('mixed-content', sentence)
  }
  const api = `${server.baseUrl}api`
  if (await succeeds(fetch(api, init))) return wrongToken()
  const flag = `--ServerApp.allow_origin=${location.origin}`
  const answers = await succeeds(fetch(api, { ...init, mode: 'no-cors' }))
  if (answers) {
    const sentence = `The Jupyter Server does not let this page in. Start it with ${flag}`
    return new SupermeshError('origin-refused', sentence, { flag })
  }
  const sentences = ['No Jupyter Server answers this page. Check that it runs and that the address is right.']
  if (local) sentences.push('If the browser asks whether this page may reach this machine or its network, allow it.')
  if (crossOriginIsolated) sentences.push(`If it runs at this address, start it with ${flag}`)
  return new SupermeshError('server-unreachable', sentences.join(' '), { flag })
}

function succeeds(promise: Promise<unknown>): Promise<boolean> {
  return promise.then(
    () => true,
    () => false,
  )
}

function wrongToken(): SupermeshError {
  return new SupermeshError(
    'wrong-token',
    'The Jupyter Server does not accept this token. Copy the whole address that it prints when it starts.',
  )
}

function noKernelSpec(): SupermeshError {
  return new SupermeshError(
    'no-kernel-spec',
    'The Jupyter Server has no kernel installed. Install one, for instance with pip install ipykernel.',
  )
}

function cancelled(): SupermeshError {
  return new SupermeshError('aborted', 'Connecting to the Jupyter Server was cancelled.')
}
