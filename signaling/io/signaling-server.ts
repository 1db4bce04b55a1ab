/**
 * The signaling server as a program of its own: the relay on every path, `GET /health`, and a sentence for browsers.
 */
import { createServer, type RequestListener } from 'node:http'
import type { RelayLimits } from '../relay.ts'
import { attachRelay } from './attach-relay.ts'
import { withHealth } from './health.ts'
import { authority, type Endpoint, listen, stopListening } from './listening.ts'

export interface SignalingServerOptions extends Endpoint {
  readonly limits?: RelayLimits
}

export interface SignalingServer {
  /** `ws://host:port`, as this machine reaches it. */
  readonly url: string
  readonly port: number
  /** Stops listening and closes every connection with 1001. Idempotent. */
  dispose(): Promise<void>
}

/** @throws SupermeshError as {@link listen} */
export async function openSignalingServer({ host, port, limits }: SignalingServerOptions): Promise<SignalingServer> {
  const server = createServer()
  const relay = attachRelay(server, limits === undefined ? {} : { limits })
  server.on('request', withHealth(relay, introduce))
  let ending: Promise<unknown> | null = null
  const dispose = async () => {
    ending ??= Promise.all([stopListening(server), relay.dispose()])
    await ending
  }
  try {
    const opened = await listen(server, { host, port })
    return { url: `ws://${authority({ host, port: opened })}`, port: opened, dispose }
  } catch (error) {
    await relay.dispose()
    throw error
  }
}

const introduce: RequestListener = (_, response) => {
  response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' })
  response.end('This is a Supermesh signaling server. Pages connect to it by WebSocket; its state is at /health.\n')
}
