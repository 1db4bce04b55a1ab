/**
 * The kernel process of embedded Python: takes Jupyter's requests one by one and publishes Jupyter's messages.
 *
 * It is to the frame what ipykernel is to an interpreter, so that the unmodified Jupyter client runs on it. Must not know
 * URLs or sockets (`embedded-server.ts` does).
 */
import type { KernelMessage } from '@jupyterlab/services'
import { SupermeshError } from '../../base/error.ts'
import { createEmitter, type Subscribable } from '../../base/subscribe.ts'
import type { GuestMessage, GuestRefusal } from '../guest-message.ts'
import type { PythonFiles } from './python-files.ts'
import { openPythonFrame, type PythonFrame } from './python-frame.ts'

export type JupyterMessage = KernelMessage.IMessage
type Header = KernelMessage.IHeader | Record<string, never>
type Content = Record<string, unknown>

export interface EmbeddedKernel {
  readonly id: string
  readonly messages: Subscribable<JupyterMessage>
  state(): KernelMessage.Status
  /** A request or an input reply of a client. */
  receive(message: JupyterMessage): void
  /** @throws SupermeshError `interrupt-needs-isolation` */
  interrupt(): Promise<void>
  /** @throws SupermeshError `python-start-failed` */
  restart(): Promise<void>
  dispose(): void
}

const PROTOCOL = '5.3'
/** How long a cell may take to notice an interrupt where only its waiting can be interrupted. */
const INTERRUPT_PATIENCE_MS = 1_000
const START_PATIENCE_MS = 120_000

const LEFT_OUT: Readonly<Record<GuestRefusal['refused'], string>> = {
  malformed: 'A message of this cell was left out: it is no output.',
  'too-long': 'An output of this cell was left out: it is too long to be shown.',
}

/** One life of the interpreter, from one restart to the next. */
interface Life {
  readonly frame: PythonFrame
  readonly started: Promise<{ readonly version: string; readonly interruptible: boolean }>
  /** The calls that wait for a reply; a life that ends answers none of them. */
  readonly calls: Map<number, (content: Content) => void>
  end(): void
}

/** Resolves when Python is ready. @throws SupermeshError `python-start-failed` */
export async function startEmbeddedKernel(
  python: PythonFiles,
  sites: readonly string[],
  signal?: AbortSignal,
): Promise<EmbeddedKernel> {
  const id = crypto.randomUUID()
  const messages = createEmitter<JupyterMessage>()
  let state: KernelMessage.Status = 'starting'
  let parent: Header = {}
  let complainedOf: Header | null = null
  let count = 0
  let lastCall = 0
  let executing: number | null = null
  /** Requests that arrived before this moment and have not begun are aborted: an earlier one failed. */
  let abortBefore = 0
  let queue: Promise<unknown> = Promise.resolve()
  let life = begin()

  function begin(): Life {
    const { promise, resolve, reject } = Promise.withResolvers<{ version: string; interruptible: boolean }>()
    const calls = new Map<number, (content: Content) => void>()
    const fail = (reason: string) => reject(startFailed(reason))
    const patience = setTimeout(() => fail('it did not answer in time'), START_PATIENCE_MS)
    const heard = (message: GuestMessage) => {
      switch (message.type) {
        case 'ready':
          return resolve({ version: message.version, interruptible: message.interruptible })
        case 'failed':
          return fail(message.reason)
        case 'died':
          return die(message.reason)
        case 'output':
          return publish('iopub', message.messageType, message.content)
        case 'input':
          return publish('stdin', 'input_request', { prompt: message.prompt, password: message.password })
        case 'reply':
          calls.get(message.id)?.(message.content)
          calls.delete(message.id)
      }
    }
    const refused = (reason: GuestRefusal['refused']) => {
      // Once for a cell, or a loop that sends rubbish would fill the page with these.
      if (complainedOf === parent) return
      complainedOf = parent
      publish('iopub', 'stream', { name: 'stderr', text: `[${LEFT_OUT[reason]}]\n` })
    }
    const frame = openPythonFrame(python, sites, { heard, refused })
    const started = promise.finally(() => clearTimeout(patience))
    started.catch(() => undefined)
    const end = () => {
      fail('it was stopped')
      frame.dispose()
    }
    return { frame, started, calls, end }
  }

  function publish(channel: 'iopub' | 'shell' | 'stdin', type: string, content: Content, to: Header = parent): void {
    const header = {
      msg_id: crypto.randomUUID(),
      msg_type: type,
      session: id,
      username: 'kernel',
      date: new Date().toISOString(),
      version: PROTOCOL,
    }
    messages.emit({
      channel,
      header,
      parent_header: to,
      metadata: {},
      content,
      buffers: [],
    } as unknown as JupyterMessage)
  }

  function setState(next: KernelMessage.Status): void {
    state = next
    publish('iopub', 'status', { execution_state: next })
  }

  function die(reason: string): void {
    publish('iopub', 'stream', { name: 'stderr', text: `Python ended: ${reason}\n` })
    life.end()
    setState('dead')
  }

  function call(type: 'execute' | 'complete' | 'inspect', content: Content): Promise<Content> {
    const call = ++lastCall
    const source = String(content.code ?? '')
    const { promise, resolve } = Promise.withResolvers<Content>()
    life.calls.set(call, resolve)
    if (type === 'execute') {
      executing = call
      const silent = content.silent === true
      life.frame.post({ type, id: call, source, silent, storeHistory: content.store_history !== false })
    } else {
      life.frame.post({ type, id: call, source, cursor: Number(content.cursor_pos ?? 0) })
    }
    return promise
  }

  async function execute(content: Content, arrived: number): Promise<Content> {
    if (arrived < abortBefore) return { status: 'aborted', execution_count: count }
    publish('iopub', 'execute_input', { code: content.code, execution_count: count + 1 })
    const reply = await call('execute', content)
    executing = null
    if (typeof reply.execution_count === 'number') count = reply.execution_count
    if (reply.status === 'error' && content.stop_on_error !== false) abortBefore = performance.now()
    return reply
  }

  async function answer(type: string, content: Content, arrived: number): Promise<Content | null> {
    switch (type) {
      case 'execute_request':
        return execute(content, arrived)
      case 'complete_request':
        return call('complete', content)
      case 'inspect_request':
        return call('inspect', content)
      case 'kernel_info_request':
        return kernelInfo((await life.started).version)
      case 'comm_info_request':
        return { status: 'ok', comms: {} }
      case 'history_request':
        return { status: 'ok', history: [] }
      default:
        return null
    }
  }

  async function serve(message: JupyterMessage, own: Life, arrived: number): Promise<void> {
    await own.started
    if (own !== life || state === 'dead') return
    parent = message.header
    setState('busy')
    const reply = await answer(message.header.msg_type, message.content as Content, arrived)
    if (own !== life) return
    if (reply !== null) publish('shell', message.header.msg_type.replace(/_request$/, '_reply'), reply)
    setState('idle')
  }

  const onAbort = () => life.end()
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) onAbort()
  try {
    await life.started
  } catch (error) {
    life.end()
    throw signal?.aborted ? new SupermeshError('aborted', 'Starting Python was cancelled.') : error
  } finally {
    signal?.removeEventListener('abort', onAbort)
  }
  state = 'idle'

  return {
    id,
    messages,
    state: () => state,
    receive(message) {
      if (message.header.msg_type === 'input_reply') {
        life.frame.post({ type: 'input', value: String((message.content as Content).value ?? '') })
        return
      }
      const own = life
      const arrived = performance.now()
      // A life that could not start or has ended leaves its requests unanswered; its state says why.
      queue = queue.then(() => serve(message, own, arrived)).catch(() => undefined)
    },
    async interrupt() {
      const call = executing
      if (call === null) return
      const { frame, started, calls } = life
      frame.post({ type: 'interrupt', id: call })
      if ((await started).interruptible) return
      await new Promise(resolve => setTimeout(resolve, INTERRUPT_PATIENCE_MS))
      if (calls.has(call)) throw needsIsolation()
    },
    async restart() {
      life.end()
      executing = null
      count = 0
      queue = Promise.resolve()
      parent = {}
      // Not published: on the wire it would mean that the kernel restarted by itself.
      state = 'restarting'
      life = begin()
      await life.started.catch(error => {
        setState('dead')
        throw error
      })
      setState('idle')
    },
    dispose() {
      life.end()
      state = 'dead'
    },
  }
}

function startFailed(reason: string): SupermeshError {
  return new SupermeshError(
    'python-start-failed',
    'Python could not be started in this page. Reload the page, or use a Jupyter Server.',
    { reason },
  )
}

function needsIsolation(): SupermeshError {
  return new SupermeshError(
    'interrupt-needs-isolation',
    'This page cannot interrupt Python while it computes, because it was served without cross-origin isolation. ' +
      'Restart Python to stop it; its variables will be lost.',
  )
}

function kernelInfo(version: string): Content {
  return {
    status: 'ok',
    protocol_version: PROTOCOL,
    implementation: 'supermesh',
    implementation_version: version,
    banner: `Python ${version} in this page`,
    help_links: [],
    language_info: {
      name: 'python',
      version,
      mimetype: 'text/x-python',
      file_extension: '.py',
      pygments_lexer: 'ipython3',
      codemirror_mode: { name: 'python', version: 3 },
      nbconvert_exporter: 'python',
    },
  }
}
