/**
 * The relay's hands: WebSockets on an HTTP server become the rule's events, and its effects become bytes.
 *
 * Decides nothing but how to write quickly: a publish is encoded once, as one buffer for all of its receivers, and what
 * goes to one socket within a turn of the event loop leaves in one system call. The library reads frames and keeps the
 * handshake, pings and closings; text frames are written beside it to the same stream, which is sound because without
 * compression it, too, writes each frame whole and at once.
 */
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { SIGNALING_FRAME_MAX_BYTES } from '../../src/protocol/signaling.ts'
import {
  type CloseReason,
  initialRelay,
  type RelayEffect,
  type RelayEvent,
  type RelayLimits,
  stepRelay,
} from '../relay.ts'
import { textFrame } from './frame.ts'

/** What may wait for one receiver, in bytes, before it is closed. */
export const RECEIVER_MAX_BUFFERED_BYTES = 1024 * 1024
const SWEEP_EVERY_MS = 30_000
/** How long the other side may take to agree to a closing. */
const CLOSING_MS = 2_000

/** RFC 6455 §7.4.1 and the IANA registry. */
const GOING_AWAY = 1001
const closeCodes: Readonly<Record<CloseReason, number>> = {
  'relay-full': 1013,
  'too-many-connections': 1008,
  'rate-exceeded': 1008,
  'receiver-too-slow': 1008,
  silent: 1008,
}

export interface RelayOptions {
  /** Only this path is the relay's; without it, every path is. */
  readonly path?: string
  /** What becomes of upgrades to other paths: answered with 404, or left to the server's other listeners. */
  readonly otherPaths?: 'refuse' | 'leave'
  readonly limits?: RelayLimits
}

type UpgradeListener = (request: IncomingMessage, stream: Duplex, head: Buffer) => void

/** The part of an HTTP server that the relay needs. */
export interface UpgradeSource {
  on(event: 'upgrade', listener: UpgradeListener): unknown
  off(event: 'upgrade', listener: UpgradeListener): unknown
}

export interface AttachedRelay {
  count(): { readonly connections: number; readonly topics: number }
  /** Says goodbye to everyone (1001) and resolves when they are gone; the server stays open. Idempotent. */
  dispose(): Promise<void>
}

/** One connection: the library's view of it and the stream below. */
interface Line {
  readonly socket: WebSocket
  readonly stream: Duplex
  corked: boolean
}

export function attachRelay(server: UpgradeSource, options: RelayOptions = {}): AttachedRelay {
  const { path, otherPaths = 'refuse', limits } = options
  const handshakes = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: SIGNALING_FRAME_MAX_BYTES,
  })
  const lines = new Set<Line>()
  let corked: Line[] = []
  let state = initialRelay<Line>(limits)
  let disposing: Promise<void> | null = null
  let lastLineGone = () => {}

  function happened(event: RelayEvent<Line>): void {
    const [next, effects] = stepRelay(state, event)
    state = next
    for (const effect of effects) carryOut(effect)
  }

  function carryOut(effect: RelayEffect<Line>): void {
    switch (effect.type) {
      case 'send': {
        const frame = textFrame(effect.text)
        for (const line of effect.to) send(line, frame)
        return
      }
      case 'ping':
        for (const { socket } of effect.to) if (socket.readyState === socket.OPEN) socket.ping()
        return
      case 'close':
        close(effect.id, closeCodes[effect.reason], effect.reason)
    }
  }

  function send(line: Line, frame: Buffer): void {
    const { socket, stream } = line
    // The socket may be closing while the rule does not know yet; its `close` event is on the way.
    if (socket.readyState !== socket.OPEN) return
    if (!line.corked) {
      if (corked.length === 0) setImmediate(uncorkAll)
      line.corked = true
      corked.push(line)
      stream.cork()
    }
    stream.write(frame)
    if (stream.writableLength > RECEIVER_MAX_BUFFERED_BYTES) happened({ type: 'overflowed', id: line })
  }

  function uncorkAll(): void {
    const turn = corked
    corked = []
    for (const line of turn) {
      line.corked = false
      line.stream.uncork()
    }
  }

  function close({ socket }: Line, code: number, reason: string): void {
    socket.close(code, reason)
    const impatience = setTimeout(() => socket.terminate(), CLOSING_MS)
    socket.once('close', () => clearTimeout(impatience))
  }

  function admit(socket: WebSocket, stream: Duplex, address: string | null): void {
    const line: Line = { socket, stream, corked: false }
    lines.add(line)
    socket.on('message', data => {
      if (Buffer.isBuffer(data)) {
        happened({ type: 'frame-arrived', id: line, text: data.toString(), at: performance.now() })
      }
    })
    const heard = () => happened({ type: 'heard', id: line, at: performance.now() })
    socket.on('ping', heard)
    socket.on('pong', heard)
    // A stranger's broken frame: the library has closed the socket with the code for it, and `close` follows.
    socket.on('error', () => {})
    socket.on('close', () => {
      lines.delete(line)
      happened({ type: 'disconnected', id: line })
      if (lines.size === 0) lastLineGone()
    })
    happened({ type: 'connected', id: line, address, at: performance.now() })
  }

  function upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    if (path !== undefined && request.url?.split('?')[0] !== path) {
      if (otherPaths === 'refuse') refuse(stream)
      return
    }
    handshakes.handleUpgrade(request, stream, head, socket => admit(socket, stream, addressOf(request)))
  }

  server.on('upgrade', upgrade)
  const sweeping = setInterval(() => happened({ type: 'swept' }), SWEEP_EVERY_MS)

  return {
    count: () => ({ connections: state.connections.size, topics: state.topics.size }),
    dispose() {
      disposing ??= new Promise(resolve => {
        server.off('upgrade', upgrade)
        clearInterval(sweeping)
        lastLineGone = resolve
        for (const line of lines) close(line, GOING_AWAY, 'server-stopping')
        if (lines.size === 0) resolve()
      })
      return disposing
    },
  }
}

function refuse(stream: Duplex): void {
  // Whoever hangs up before reading the answer is nobody's concern, but an unheard `error` would end the process.
  stream.on('error', () => stream.destroy())
  stream.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

/** Connections from this machine are not counted by address: behind a reverse proxy everybody seems to be here. */
function addressOf(request: IncomingMessage): string | null {
  const address = request.socket.remoteAddress
  if (address === undefined || address === '::1' || /^(::ffff:)?127\./.test(address)) return null
  return address
}
