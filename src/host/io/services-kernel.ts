/**
 * The kernel port over Jupyter's own client, whatever is behind its settings: a server or the page itself.
 *
 * Outputs are taken from everything the connection hears, by the id of their parent, and not from a request's future: a
 * future misses what comes after it is done (`update_display_data`, the output of a thread) and knows nothing of requests
 * that a predecessor sent.
 */
import type { Kernel as JupyterKernel, KernelMessage } from '@jupyterlab/services'
import { SupermeshError } from '../../base/error.ts'
import { createCell } from '../../base/subscribe.ts'
import { type Execution, hear, NEW_EXECUTION, resultOf } from '../execution.ts'
import {
  type ExecuteResult,
  type Kernel,
  type KernelDescription,
  type KernelEvent,
  type KernelStatus,
  messageIdOf,
} from '../kernel.ts'
import { NEEDS_ISOLATION_STATUS } from './embedded-server.ts'
import { loadServices } from './services.ts'

/** Attempts whose late outputs are still passed on; the oldest is forgotten first. */
const REMEMBERED_ATTEMPTS = 256
/** How long an interrupt waits for its run to begin; a kernel that is busy with something else gets it then. */
const BEGIN_PATIENCE_MS = 1000
const MAX_INPUT_LENGTH = 1 << 16

interface Attempt {
  execution: Execution
  readonly onEvent: (event: KernelEvent) => void
  readonly finish: (result: ExecuteResult) => void
  finished: boolean
  /** Settled when the kernel has taken it up, or it has finished without. */
  readonly begun: PromiseWithResolvers<void>
}

/** What differs between a server's kernel and the page's. */
export interface KernelOwner {
  readonly describe: Pick<KernelDescription, 'displayName' | 'language' | 'backend'>
  /** Ends the interpreter. */
  shutdown(): Promise<void>
  /** Lets go of the connection's surroundings; called once, after the connection was disposed. */
  release(): void
}

export async function servicesKernel(connection: JupyterKernel.IKernelConnection, owner: KernelOwner): Promise<Kernel> {
  const services = await loadServices()
  const status = createCell<KernelStatus>(statusOf(connection))
  const attempts = new Map<string, Attempt>()
  let question: KernelMessage.IHeader<'input_request'> | null = null
  let restartsAsked = 0
  let disposed = false

  const finish = (attempt: Attempt, result: ExecuteResult) => {
    if (attempt.finished) return
    attempt.finished = true
    attempt.begun.resolve()
    question = null
    attempt.finish(result)
  }

  /** The interpreter is gone, and with it whatever ran or waited. */
  const endAll = (ename: string, evalue: string) => {
    question = null
    for (const attempt of attempts.values()) {
      if (attempt.finished) continue
      const { begun } = attempt.execution
      if (begun) attempt.onEvent({ type: 'error', ename, evalue, traceback: [`${ename}: ${evalue}`] })
      finish(attempt, { status: begun ? 'error' : 'aborted', executionCount: null })
    }
  }

  const onStatus = () => {
    const before = status.getSnapshot()
    const now = statusOf(connection)
    status.set(now)
    if (now === before) return
    if (now === 'dead') endAll('KernelDied', 'The kernel has died, and its variables with it. Start a new one.')
    if (now !== 'restarting') return
    if (restartsAsked > 0) endAll('KernelRestarted', 'The kernel was restarted while this ran.')
    else endAll('KernelDied', 'The kernel died while this ran and was started anew; its variables are lost.')
  }

  const take = (message: KernelMessage.IMessage) => {
    if (!('msg_id' in message.parent_header)) return
    const attempt = attempts.get(message.parent_header.msg_id)
    if (attempt === undefined) return
    const { channel, content, header } = message
    const [execution, event] = hear(attempt.execution, { channel, type: header.msg_type, content })
    attempt.execution = execution
    if (header.msg_type === 'execute_input') attempt.begun.resolve()
    if (event?.type === 'input-request') question = header as KernelMessage.IHeader<'input_request'>
    if (event !== null) attempt.onEvent(event)
    const result = resultOf(execution)
    if (result !== null) finish(attempt, result)
  }
  // On iopub the client's own state, such as its status, is already that of the message.
  const onIopub = (_: unknown, message: KernelMessage.IIOPubMessage) => take(message)
  const onOther = (_: unknown, { msg, direction }: JupyterKernel.IAnyMessageArgs) => {
    if (direction === 'recv' && msg.channel !== 'iopub') take(msg)
  }

  const onConnection = () => {
    if (connection.connectionStatus !== 'disconnected' || disposed) return
    status.set('dead')
    endAll('ConnectionLost', 'The connection to the Jupyter Server was lost. What ran may have gone on there.')
  }

  connection.iopubMessage.connect(onIopub)
  connection.anyMessage.connect(onOther)
  connection.statusChanged.connect(onStatus)
  connection.connectionStatusChanged.connect(onConnection)

  /** A kernel drops an interrupt that overtakes the request for which it is meant. */
  const untilBegun = async (attempt: Attempt) => {
    await Promise.race([attempt.begun.promise, new Promise(resolve => setTimeout(resolve, BEGIN_PATIENCE_MS))])
  }

  const ensureAlive = () => {
    if (disposed) throw new SupermeshError('kernel-disposed', 'This kernel was let go.')
    if (status.getSnapshot() === 'dead') {
      throw new SupermeshError('kernel-lost', 'The kernel has ended. Start a new one.')
    }
  }

  const release = () => {
    disposed = true
    endAll('KernelClosed', 'The host let this kernel go while this ran.')
    connection.iopubMessage.disconnect(onIopub)
    connection.anyMessage.disconnect(onOther)
    connection.statusChanged.disconnect(onStatus)
    connection.connectionStatusChanged.disconnect(onConnection)
    connection.dispose()
    status.set('dead')
    owner.release()
  }

  return {
    description: { id: connection.id, session: connection.clientId, name: connection.name, ...owner.describe },
    status,

    async execute({ attempt: id, source }, onEvent) {
      ensureAlive()
      const { promise, resolve } = Promise.withResolvers<ExecuteResult>()
      const messageId = messageIdOf(id)
      if (attempts.has(messageId)) throw new SupermeshError('attempt-repeated', 'An attempt is executed at most once.')
      attempts.set(messageId, {
        execution: NEW_EXECUTION,
        onEvent,
        finish: resolve,
        finished: false,
        begun: Promise.withResolvers(),
      })
      forgetOldest(attempts)
      const message = services.KernelMessage.createMessage<KernelMessage.IExecuteRequestMsg>({
        msgId: messageId,
        msgType: 'execute_request',
        channel: 'shell',
        session: connection.clientId,
        username: connection.username,
        content: {
          code: source,
          silent: false,
          store_history: true,
          user_expressions: {},
          allow_stdin: true,
          stop_on_error: true,
        },
      })
      // The future is not listened to, but its rejection on a restart must have an ear.
      connection.sendShellMessage(message, true).done.catch(() => undefined)
      return promise
    },

    async interrupt() {
      ensureAlive()
      const attempt = [...attempts.values()].find(({ finished }) => !finished)
      if (attempt) {
        await untilBegun(attempt)
        // The next must not be hit in its place.
        if (attempt.finished || disposed) return
      }
      try {
        await connection.interrupt()
        // ipykernel notices that a cell which awaits was interrupted when its event loop next wakes: anything asked wakes it.
        connection.requestKernelInfo().catch(() => undefined)
      } catch (error) {
        if (
          error instanceof services.ServerConnection.ResponseError &&
          error.response.status === NEEDS_ISOLATION_STATUS
        ) {
          throw new SupermeshError('interrupt-needs-isolation', error.message)
        }
        throw new SupermeshError('interrupt-failed', 'The kernel could not be interrupted. Restart it to stop it.')
      }
    },

    async restart() {
      ensureAlive()
      restartsAsked++
      try {
        await connection.restart()
        await connection.requestKernelInfo()
      } catch {
        throw new SupermeshError('restart-failed', 'The kernel could not be restarted. Start a new one.')
      } finally {
        restartsAsked--
      }
    },

    reply(value) {
      if (question === null) return
      if (value.length > MAX_INPUT_LENGTH) {
        throw new SupermeshError('input-too-long', `An answer may have ${MAX_INPUT_LENGTH} characters.`)
      }
      const asked = question
      question = null
      connection.sendInputReply({ status: 'ok', value }, asked)
    },

    async complete(source, cursor) {
      ensureAlive()
      const { content } = await connection.requestComplete({ code: source, cursor_pos: codePoints(source, cursor) })
      if (content.status !== 'ok') return { matches: [], start: cursor, end: cursor }
      const start = utf16Units(source, content.cursor_start)
      return { matches: content.matches, start, end: utf16Units(source, content.cursor_end) }
    },

    async inspect(source, cursor) {
      ensureAlive()
      const cursor_pos = codePoints(source, cursor)
      const { content } = await connection.requestInspect({ code: source, cursor_pos, detail_level: 0 })
      return content.status === 'ok' && content.found ? content.data : null
    },

    async shutdown() {
      if (disposed) return
      await owner.shutdown()
      release()
    },

    async dispose() {
      if (!disposed) release()
    },
  }
}

function statusOf(connection: JupyterKernel.IKernelConnection): KernelStatus {
  switch (connection.status) {
    case 'idle':
    case 'busy':
    case 'dead':
      return connection.status
    case 'restarting':
    case 'autorestarting':
      return 'restarting'
    case 'terminating':
      return 'dead'
    default:
      return 'starting'
  }
}

function forgetOldest(attempts: Map<string, Attempt>): void {
  for (const [id, attempt] of attempts) {
    if (attempts.size <= REMEMBERED_ATTEMPTS) return
    if (attempt.finished) attempts.delete(id)
  }
}

/** Jupyter counts code points, editors UTF-16 units. */
function codePoints(source: string, units: number): number {
  return [...source.slice(0, units)].length
}

function utf16Units(source: string, points: number): number {
  return [...source].slice(0, points).join('').length
}
