/**
 * Our relay beside y-webrtc's own server: what a delivery costs in CPU, and an idle connection in memory.
 *
 * Both are unchanged programs in processes of their own; the load is the same, and CPU time is theirs alone.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { type Benchmark, median, type Row } from './benchmark.ts'
import type { Usage } from './usage-probe.ts'

const ROOMS = 10
const PEERS_PER_ROOM = 10
const FRAME_BYTES = 246
/** Frames that a peer has under way before it waits for all of them to come back. */
const WINDOW = 20
const WARM_UP_WINDOWS = 3
const MEASURED_WINDOWS = 10
const IDLE_CONNECTIONS = 2_000
/** Connections opened at a time: more would overrun the server's queue of handshakes. */
const OPENED_AT_ONCE = 100

const project = fileURLToPath(new URL('..', import.meta.url))

interface Contender {
  readonly name: string
  arguments(port: number): readonly string[]
  readonly ready: RegExp
}

const contenders: readonly Contender[] = [
  {
    name: 'supermesh',
    arguments: port => ['signaling/bin.ts', '--port', String(port)],
    ready: /Signaling server at/,
  },
  { name: 'y-webrtc', arguments: () => ['node_modules/y-webrtc/bin/server.js'], ready: /running on/ },
]

export const benchmark: Benchmark = {
  name: 'signaling',
  async run({ rounds }) {
    const measured = contenders.map(({ name }) => ({ name, deliveries: [] as number[], resident: [] as number[] }))
    for (let round = 0; round < rounds; round++) {
      for (const [index, contender] of contenders.entries()) {
        measured[index]?.deliveries.push(await withServer(contender, deliveriesPerCpuSecond))
        measured[index]?.resident.push(await withServer(contender, residentPerConnection))
      }
    }
    const neighbour = median(measured[1]?.deliveries ?? [])
    return measured.map(({ name, deliveries, resident }): Row => {
      const middle = median(deliveries)
      return {
        name,
        deliveriesPerCpuSecond: Math.round(middle),
        timesYWebrtc: Math.round((middle / neighbour) * 100) / 100,
        bytesPerIdleConnection: Math.round(median(resident)),
      }
    })
  },
}

interface Server {
  readonly url: string
  usage(): Promise<Usage>
}

async function withServer(contender: Contender, measure: (server: Server) => Promise<number>): Promise<number> {
  const port = await freePort()
  const probe = new URL('./usage-probe.ts', import.meta.url).href
  const own = ['--expose-gc', '--import', 'tsx', '--import', probe, ...contender.arguments(port)]
  const child = spawn(process.execPath, own, {
    cwd: project,
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  })
  try {
    await printed(child, contender.ready)
    return await measure({ url: `ws://127.0.0.1:${port}`, usage: () => usageOf(child) })
  } finally {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
  }
}

async function deliveriesPerCpuSecond(server: Server): Promise<number> {
  const peers = await openMany(server.url, ROOMS * PEERS_PER_ROOM)
  const rooms = Array.from({ length: ROOMS }, (_, room) =>
    peers.slice(room * PEERS_PER_ROOM, (room + 1) * PEERS_PER_ROOM),
  )
  await Promise.all(rooms.flatMap((members, room) => members.map(peer => subscribe(peer, topicOf(room)))))
  const windows = (count: number) =>
    Promise.all(
      rooms.map(async (members, room) => {
        for (let window = 0; window < count; window++) await exchange(members, frameFor(room), WINDOW)
      }),
    )
  await windows(WARM_UP_WINDOWS)
  const before = await server.usage()
  await windows(MEASURED_WINDOWS)
  const after = await server.usage()
  for (const peer of peers) peer.terminate()
  const deliveries = ROOMS * PEERS_PER_ROOM * PEERS_PER_ROOM * WINDOW * MEASURED_WINDOWS
  return deliveries / ((after.cpu - before.cpu) / 1e6)
}

/** Resolves when the relay has read it: its answers to one peer keep the order of the questions. */
async function subscribe(peer: WebSocket, topic: string): Promise<void> {
  const answered = once(peer, 'message')
  peer.send(JSON.stringify({ type: 'subscribe', topics: [topic] }))
  peer.send(JSON.stringify({ type: 'ping' }))
  await answered
}

/** Every member sends `count` frames; resolves when every member has received all of them. */
async function exchange(members: readonly WebSocket[], frame: string, count: number): Promise<void> {
  const expected = members.length * count
  const received = members.map(
    peer =>
      new Promise<void>((resolve, reject) => {
        let missing = expected
        const hear = () => {
          if (--missing > 0) return
          peer.off('message', hear)
          peer.off('close', fail)
          resolve()
        }
        const fail = (code: number) => reject(new Error(`The relay closed a connection under load (${code}).`))
        peer.on('message', hear)
        peer.on('close', fail)
      }),
  )
  for (const peer of members) for (let sent = 0; sent < count; sent++) peer.send(frame)
  await Promise.all(received)
}

async function residentPerConnection(server: Server): Promise<number> {
  // The first few pay for what the server allocates once.
  const first = await openMany(server.url, OPENED_AT_ONCE)
  const before = await server.usage()
  const others = await openMany(server.url, IDLE_CONNECTIONS)
  const after = await server.usage()
  for (const peer of [...first, ...others]) peer.terminate()
  return (after.resident - before.resident) / IDLE_CONNECTIONS
}

async function openMany(url: string, count: number): Promise<WebSocket[]> {
  const peers: WebSocket[] = []
  while (peers.length < count) {
    const batch = Array.from({ length: Math.min(OPENED_AT_ONCE, count - peers.length) }, () => new WebSocket(url))
    await Promise.all(batch.map(peer => once(peer, 'open')))
    peers.push(...batch)
  }
  return peers
}

const topicOf = (room: number) => `room-${room}`

/** A publish of {@link FRAME_BYTES} as the server sends it on, with its count of clients. */
function frameFor(room: number): string {
  const frame = { type: 'publish', topic: topicOf(room), data: '' }
  const bare = JSON.stringify({ ...frame, clients: PEERS_PER_ROOM }).length
  return JSON.stringify({ ...frame, data: 'x'.repeat(FRAME_BYTES - bare) })
}

async function printed(child: ChildProcess, pattern: RegExp): Promise<void> {
  let output = ''
  for await (const chunk of child.stdout ?? []) {
    output += chunk
    if (pattern.test(output)) break
  }
  if (!pattern.test(output)) throw new Error(`The server ended before it was ready: ${output}`)
}

async function usageOf(child: ChildProcess): Promise<Usage> {
  const answered = once(child, 'message')
  child.send('usage')
  const [usage] = (await answered) as [Usage]
  return usage
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}
