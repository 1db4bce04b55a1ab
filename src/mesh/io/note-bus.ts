/**
 * All signaling servers as one bus of notes: seals what goes out to each of them, opens what comes in from any.
 *
 * Delivery over several servers repeats notes; the rule that reads them does not mind.
 */
import type { Bytes } from '../../base/bytes.ts'
import type { PeerId, SignalingStatus } from '../mesh.ts'
import { decodeNote, encodeNote, type Note } from '../note.ts'
import { createWebSocketBus, type WebSocketBus } from './websocket-bus.ts'

/** Notes that may wait to be unsealed; in a flood the rest is refused. */
const OPENING_MAX = 256

export interface NoteBusOptions {
  readonly topic: string
  seal(plain: Bytes): Promise<Bytes>
  open(sealed: Bytes): Promise<Bytes | null>
  now(): number
  onReady(): void
  onNote(note: Note): void
  onRefused(code: string): void
  onStatus(status: SignalingStatus): void
}

export interface NoteBus {
  start(self: PeerId, instance: number): void
  stop(): void
  tick(): void
  networkReturned(): void
  setServers(urls: readonly string[]): void
  statuses(): readonly SignalingStatus[]
  /** In order. A `bye` goes out at once, so that a closing page can say it. */
  publish(note: Note): void
}

export function createNoteBus(options: NoteBusOptions): NoteBus {
  const servers = new Map<string, WebSocketBus>()
  let running = false
  let opening = 0
  let bye: Bytes | null = null
  // Sealing and opening take their time each; the chains keep notes in order.
  let outgoing: Promise<void> = Promise.resolve()
  let incoming: Promise<void> = Promise.resolve()

  function send(sealed: Bytes): void {
    if (running) for (const server of servers.values()) server.publish(sealed)
  }

  function sealed(note: Note, use: (bytes: Bytes) => void): void {
    outgoing = outgoing
      .then(() => options.seal(encodeNote(note)))
      .then(use, error => options.onRefused(`seal failed: ${error instanceof Error ? error.message : String(error)}`))
  }

  async function receive(bytes: Bytes): Promise<void> {
    const plain = await options.open(bytes).catch(() => null)
    opening -= 1
    if (!running) return
    const note = plain === null ? null : decodeNote(plain)
    if (note !== null) options.onNote(note)
    else options.onRefused(plain === null ? 'note-not-of-this-room' : 'note-malformed')
  }

  function addServer(url: string): WebSocketBus {
    return createWebSocketBus({
      ...options,
      url,
      random: Math.random,
      onNote(bytes) {
        if (opening >= OPENING_MAX) {
          options.onRefused('too-many-notes')
          return
        }
        opening += 1
        incoming = incoming.then(() => receive(bytes))
      },
    })
  }

  return {
    start(self, instance) {
      running = true
      bye = null
      sealed({ type: 'bye', from: self, instance }, bytes => {
        bye = bytes
      })
      for (const server of servers.values()) server.start()
    },
    stop() {
      running = false
      for (const server of servers.values()) server.stop()
    },
    tick() {
      for (const server of servers.values()) server.tick()
    },
    networkReturned() {
      for (const server of servers.values()) server.networkReturned()
    },
    setServers(urls) {
      for (const [url, server] of servers) {
        if (urls.includes(url)) continue
        servers.delete(url)
        server.stop()
      }
      for (const url of urls) {
        if (servers.has(url)) continue
        const server = addServer(url)
        servers.set(url, server)
        if (running) server.start()
      }
    },
    statuses: () => [...servers.values()].map(server => server.status),
    publish(note) {
      if (note.type !== 'bye') sealed(note, send)
      else if (bye !== null) send(bye)
    },
  }
}
