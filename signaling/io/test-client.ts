/**
 * A WebSocket client for the tests: what arrives waits in order, and every wait ends by what arrives or by the close.
 */
import { once } from 'node:events'
import { WebSocket } from 'ws'
import type { SignalingMessage } from '../../src/protocol/signaling.ts'

export interface TestClient {
  readonly socket: WebSocket
  send(message: SignalingMessage): void
  /** The next message; rejects when the connection ends first. */
  next(): Promise<unknown>
  /** All that arrived before the answer to a ping sent now. */
  untilPong(): Promise<unknown[]>
  /** The closing's code and reason. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>
}

export async function openTestClient(url: string): Promise<TestClient> {
  const socket = new WebSocket(url)
  const arrived: unknown[] = []
  let wake = () => {}
  socket.on('message', data => {
    arrived.push(JSON.parse(String(data)))
    wake()
  })
  const closed = new Promise<{ code: number; reason: string }>(resolve => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() })
      wake()
    })
  })
  await once(socket, 'open')
  socket.on('error', () => {})
  const client: TestClient = {
    socket,
    closed,
    send: message => socket.send(JSON.stringify(message)),
    async next() {
      while (arrived.length === 0) {
        if (socket.readyState === WebSocket.CLOSED) throw new Error('the connection ended')
        await new Promise<void>(resolve => {
          wake = resolve
        })
      }
      return arrived.shift()
    },
    async untilPong() {
      client.send({ type: 'ping' })
      const before: unknown[] = []
      for (;;) {
        const message = await client.next()
        if (isPong(message)) return before
        before.push(message)
      }
    },
  }
  return client
}

function isPong(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'pong'
}
