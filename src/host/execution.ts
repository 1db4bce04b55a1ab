/**
 * When one execution is over, and what it said, as a rule.
 *
 * Jupyter answers on two roads: the reply on *shell*, outputs and the return to idle on *iopub*, in no order that may be
 * relied on. An execution has therefore finished when both the reply and the idle status of its own request were seen.
 * Knows the messages' contents, no connection.
 */
import type { ExecuteResult, KernelEvent, MimeBundle } from './kernel.ts'

/** What this rule reads of a Jupyter message; its content is a stranger's. */
export interface KernelMessage {
  readonly channel: string
  readonly type: string
  readonly content: unknown
}

/** `reply` and `idle` are the two ends that must be met; `begun` when the kernel has said anything about it. */
export interface Execution {
  readonly begun: boolean
  readonly idle: boolean
  readonly reply: ExecuteResult | null
}

export const NEW_EXECUTION: Execution = { begun: false, idle: false, reply: null }

/** The result, once both ends were met. */
export function resultOf(execution: Execution): ExecuteResult | null {
  return execution.idle ? execution.reply : null
}

/** Takes in a message whose parent is this execution's request; unknown and malformed ones change nothing. */
export function hear(execution: Execution, message: KernelMessage): [Execution, KernelEvent | null] {
  const content = asRecord(message.content)
  if (message.channel === 'shell' && message.type === 'execute_reply') {
    return [{ ...execution, reply: readReply(content) }, null]
  }
  if (message.channel === 'iopub' && message.type === 'status') {
    const idle = execution.idle || content.execution_state === 'idle'
    return [{ ...execution, begun: true, idle }, null]
  }
  return [{ ...execution, begun: true }, readEvent(message.type, content)]
}

function readReply(content: Record<string, unknown>): ExecuteResult {
  const { status, execution_count: count } = content
  return {
    // Kernels before protocol 5.1 answered `abort`.
    status: status === 'ok' ? 'ok' : status === 'aborted' || status === 'abort' ? 'aborted' : 'error',
    executionCount: typeof count === 'number' ? count : null,
  }
}

function readEvent(type: string, content: Record<string, unknown>): KernelEvent | null {
  switch (type) {
    case 'stream':
      return { type, name: content.name === 'stderr' ? 'stderr' : 'stdout', text: asText(content.text) }
    case 'display_data':
    case 'execute_result': {
      const displayId = asRecord(content.transient).display_id
      const count = content.execution_count
      return {
        type,
        ...bundles(content),
        ...(typeof count === 'number' ? { executionCount: count } : {}),
        ...(typeof displayId === 'string' ? { displayId } : {}),
      }
    }
    case 'update_display_data': {
      const displayId = asRecord(content.transient).display_id
      return typeof displayId === 'string' ? { type, displayId, ...bundles(content) } : null
    }
    case 'error': {
      const traceback = content.traceback
      return {
        type,
        ename: asText(content.ename),
        evalue: asText(content.evalue),
        traceback: Array.isArray(traceback) ? traceback.map(asText) : [],
      }
    }
    case 'clear_output':
      return { type, wait: content.wait === true }
    case 'input_request':
      return { type: 'input-request', prompt: asText(content.prompt), password: content.password === true }
    default:
      return null
  }
}

function bundles(content: Record<string, unknown>): { data: MimeBundle; metadata: MimeBundle } {
  return { data: asRecord(content.data), metadata: asRecord(content.metadata) }
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {}
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
