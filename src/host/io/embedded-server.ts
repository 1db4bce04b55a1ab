/**
 * A Jupyter Server in miniature around one embedded kernel, behind the seam that Jupyter's own client offers:
 * `ServerConnection.ISettings`, its `fetch` and its `WebSocket`.
 *
 * So the unmodified `ServiceManager` runs on embedded Python as it does on a server. Nothing leaves the page.
 */
import type { ServerConnection } from '@jupyterlab/services'
import { SupermeshError } from '../../base/error.ts'
import type { EmbeddedKernel, JupyterMessage } from './embedded-kernel.ts'

export const EMBEDDED_KERNEL_NAME = 'python3'
/** Jupyter's client hands a refusal's status on, and no field of ours. */
export const NEEDS_ISOLATION_STATUS = 501
const HOST = 'embedded.invalid'

const KERNEL_SPECS = {
  default: EMBEDDED_KERNEL_NAME,
  kernelspecs: {
    [EMBEDDED_KERNEL_NAME]: {
      name: EMBEDDED_KERNEL_NAME,
      resources: {},
      spec: { argv: [], env: {}, display_name: 'Python (in this page)', language: 'python', metadata: {} },
    },
  },
}

/** What `ServerConnection.makeSettings` takes; messages stay objects, there is no wire to write them for. */
export function embeddedSettings(kernel: EmbeddedKernel): Partial<ServerConnection.ISettings> {
  const identity = (message: unknown) => message
  return {
    baseUrl: `http://${HOST}/`,
    wsUrl: `ws://${HOST}/`,
    token: '',
    appendToken: false,
    fetch: (input, init) => serve(kernel, new Request(input, init)),
    WebSocket: kernelSocket(kernel) as unknown as typeof WebSocket,
    serializer: { serialize: identity, deserialize: identity } as unknown as ServerConnection.ISettings['serializer'],
  }
}

async function serve(kernel: EmbeddedKernel, request: Request): Promise<Response> {
  const path = new URL(request.url).pathname.replace(/\/+$/, '')
  const own = `/api/kernels/${kernel.id}`
  const model = () => ({ id: kernel.id, name: EMBEDDED_KERNEL_NAME, execution_state: kernel.state(), connections: 1 })
  try {
    switch (`${request.method} ${path}`) {
      case 'GET /api/kernelspecs':
        return json(200, KERNEL_SPECS)
      case 'GET /api/kernels':
        return json(200, [model()])
      case 'GET /api/sessions':
      case 'GET /api/terminals':
        return json(200, [])
      case `GET ${own}`:
        return json(200, model())
      case `POST ${own}/interrupt`:
        await kernel.interrupt()
        return new Response(null, { status: 204 })
      case `POST ${own}/restart`:
        await kernel.restart()
        return json(200, model())
      case `DELETE ${own}`:
        kernel.dispose()
        return new Response(null, { status: 204 })
      default:
        return json(404, { message: 'Python in this page does not offer this.' })
    }
  } catch (error) {
    if (!(error instanceof SupermeshError)) throw error
    return json(error.code === 'interrupt-needs-isolation' ? NEEDS_ISOLATION_STATUS : 500, { message: error.message })
  }
}

function json(status: number, value: unknown): Response {
  return new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json' } })
}

/** The part of the platform's WebSocket that Jupyter's client uses, its far end in the kernel. A class, as it is called with `new`. */
function kernelSocket(kernel: EmbeddedKernel) {
  return class KernelSocket {
    readyState: number = WebSocket.CONNECTING
    readonly protocol = ''
    binaryType = 'arraybuffer'
    onopen: ((event: unknown) => void) | null = null
    onmessage: ((event: { data: unknown }) => void) | null = null
    onclose: ((event: unknown) => void) | null = null
    onerror: ((event: unknown) => void) | null = null
    readonly url: string
    readonly #stop: () => void

    constructor(url: string) {
      this.url = url
      const session = new URL(url).searchParams.get('session_id')
      this.#stop = kernel.messages.subscribe(message => {
        const meant = message.channel === 'iopub' || sessionOf(message) === session
        if (meant && this.readyState === WebSocket.OPEN) this.#deliver(message)
      })
      queueMicrotask(() => {
        if (this.readyState !== WebSocket.CONNECTING) return
        this.readyState = WebSocket.OPEN
        this.onopen?.({ type: 'open' })
      })
    }

    #deliver(message: JupyterMessage): void {
      // Never inside the sender's turn, as no socket does.
      queueMicrotask(() => this.onmessage?.({ data: message }))
    }

    send(message: unknown): void {
      kernel.receive(structuredClone(message) as JupyterMessage)
    }

    close(): void {
      if (this.readyState === WebSocket.CLOSED) return
      this.readyState = WebSocket.CLOSED
      this.#stop()
      this.onclose?.({ code: 1000, wasClean: true })
    }
  }
}

function sessionOf(message: JupyterMessage): unknown {
  return (message.parent_header as { session?: unknown }).session
}
