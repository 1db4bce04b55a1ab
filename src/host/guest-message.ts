/**
 * What comes out of the worker in which guests' Python runs, read as what it is: a stranger's data.
 *
 * Python can reach the worker's own `postMessage`, so any value may arrive here in any order. A forged message can at most
 * say what the cell could have printed.
 */

export type GuestMessage =
  | { readonly type: 'ready'; readonly version: string; readonly interruptible: boolean }
  | { readonly type: 'failed' | 'died'; readonly reason: string }
  | { readonly type: 'output'; readonly messageType: OutputType; readonly content: Record<string, unknown> }
  | { readonly type: 'input'; readonly prompt: string; readonly password: boolean }
  | { readonly type: 'reply'; readonly id: number; readonly content: Record<string, unknown> }

const OUTPUT_TYPES = [
  'stream',
  'display_data',
  'update_display_data',
  'execute_result',
  'error',
  'clear_output',
] as const

export type OutputType = (typeof OUTPUT_TYPES)[number]

/** In UTF-16 units; an output beyond it would only stop the page that shows it. */
export const MAX_OUTPUT_LENGTH = 32 << 20
const MAX_SENTENCE_LENGTH = 2_000

export interface GuestRefusal {
  readonly refused: 'malformed' | 'too-long'
}

export function readGuestMessage(value: unknown): GuestMessage | GuestRefusal {
  if (!isRecord(value)) return MALFORMED
  switch (value.type) {
    case 'ready':
      return { type: 'ready', version: sentence(value.version), interruptible: value.interruptible === true }
    case 'failed':
    case 'died':
      return { type: value.type, reason: sentence(value.reason) }
    case 'input':
      return { type: 'input', prompt: sentence(value.prompt), password: value.password === true }
    case 'reply': {
      const { id } = value
      const content = readJson(value.json)
      if (typeof id !== 'number' || 'refused' in content) return MALFORMED
      return { type: 'reply', id, content: content.record }
    }
    case 'message':
      return readOutput(value.json)
    default:
      return MALFORMED
  }
}

/** In UTF-16 units, as the worker counts what it has sent; 0 for what is no output. */
export function outputLength(value: unknown): number {
  return isRecord(value) && value.type === 'message' && typeof value.json === 'string' ? value.json.length : 0
}

function readOutput(json: unknown): GuestMessage | GuestRefusal {
  const message = readJson(json)
  if ('refused' in message) return message
  const { msg_type: type, content } = message.record
  const messageType = OUTPUT_TYPES.find(known => known === type)
  if (messageType === undefined || !isRecord(content)) return MALFORMED
  return { type: 'output', messageType, content }
}

const MALFORMED: GuestRefusal = { refused: 'malformed' }

function readJson(json: unknown): { record: Record<string, unknown> } | GuestRefusal {
  if (typeof json !== 'string') return MALFORMED
  if (json.length > MAX_OUTPUT_LENGTH) return { refused: 'too-long' }
  try {
    const record: unknown = JSON.parse(json)
    return isRecord(record) ? { record } : MALFORMED
  } catch {
    return MALFORMED
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function sentence(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, MAX_SENTENCE_LENGTH) : ''
}
