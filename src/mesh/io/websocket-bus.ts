/**
 * One signaling server, reached by WebSocket in y-webrtc's protocol: carries sealed notes on one topic.
 *
 * When to connect, ping and try again is the rule's (`dialling.ts`); this file holds the socket.
 */
import { type Bytes, fromBase64Url, toBase64Url } from '../../base/bytes.ts'
import { encodeSignaling, parseSignaling, type SignalingMessage } from '../../protocol/signaling.ts'
import { type Dialling, type DiallingEvent, statusOf, stepDialling } from '../dialling.ts'
import type { SignalingStatus } from '../mesh.ts'

export interface WebSocketBusOptions {
  readonly url: string
  readonly topic: string
  /** Milliseconds of a monotonic clock. */
  now(): number
  /** From 0 up to 1. */
  random(): number
  /** Subscribed, at first and after each return. */
  onReady(): void
  onNote(sealed: Bytes): void
  onRefused(code: string): void
  onStatus(status: SignalingStatus): void
}

export interface WebSocketBus {
  readonly status: SignalingStatus
  start(): void
  stop(): void
  /** To be called about twice a second. */
  tick(): void
  networkReturned(): void
  /** Whether the note went out; without a connection it is lost, and peers announce themselves again. */
  publish(sealed: Bytes): boolean
}

export function createWebSocketBus(options: WebSocketBusOptions): WebSocketBus {
  const { url, topic, now, random } = options
  let dialling: Dialling = { type: 'closed' }
  let status = statusOf(url, dialling, now())
  let socket: WebSocket | null = null

  function take(event: DiallingEvent): void {
    const [next, effects] = stepDialling(dialling, event)
    const changed = next.type !== dialling.type
    dialling = next
    for (const effect of effects) {
      if (effect === 'connect') connect()
      else if (effect === 'disconnect') disconnect()
      else if (effect === 'ping') say({ type: 'ping' })
      else say({ type: 'subscribe', topics: [topic] })
    }
    if (!changed) return
    status = statusOf(url, dialling, now())
    options.onStatus(status)
    if (dialling.type === 'open') options.onReady()
  }

  function connect(): void {
    const fail = () => take({ type: 'failed', now: now(), dice: random() })
    let opening: WebSocket
    try {
      opening = new WebSocket(url)
    } catch {
      // An address that the browser refuses, such as ws: from an https page. Reported when this step is done.
      queueMicrotask(fail)
      return
    }
    socket = opening
    const current = (listener: () => void) => () => {
      if (socket === opening) listener()
    }
    opening.onopen = current(() => take({ type: 'opened', now: now() }))
    opening.onclose = current(fail)
    opening.onmessage = event => {
      if (socket === opening) hear(event.data)
    }
  }

  function disconnect(): void {
    const closing = socket
    socket = null
    closing?.close()
  }

  function hear(data: unknown): void {
    take({ type: 'heard', now: now() })
    const read = readNote(data, topic)
    if (typeof read === 'string') options.onRefused(read)
    else if (read !== null) options.onNote(read)
  }

  function say(message: SignalingMessage): boolean {
    if (socket?.readyState !== WebSocket.OPEN) return false
    socket.send(encodeSignaling(message))
    return true
  }

  return {
    get status() {
      return status
    },
    start: () => take({ type: 'started', now: now() }),
    stop: () => take({ type: 'stopped' }),
    tick: () => take({ type: 'ticked', now: now(), dice: random() }),
    networkReturned: () => take({ type: 'network-returned', now: now() }),
    publish: sealed => say({ type: 'publish', topic, data: toBase64Url(sealed) }),
  }
}

/** The sealed note in a frame; `null` in a frame without one, and a refusal code in a frame that makes no sense. */
function readNote(data: unknown, topic: string): Bytes | null | string {
  if (typeof data !== 'string') return 'frame-not-text'
  const parsed = parseSignaling(data)
  if (!parsed.ok) return parsed.code
  const { value } = parsed
  if (value.type === 'refused') return `server: ${value.code.slice(0, 64)}`
  if (value.type !== 'publish' || value.topic !== topic) return null
  return (typeof value.data === 'string' ? fromBase64Url(value.data) : null) ?? 'note-not-base64'
}
