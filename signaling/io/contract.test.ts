/**
 * What y-webrtc's clients rely on, step by step, against our server and against theirs.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { listen, stopListening } from './listening.ts'
import { openSignalingServer } from './signaling-server.ts'
import { openTestClient, type TestClient } from './test-client.ts'

interface Implementation {
  readonly name: string
  open(): Promise<{ readonly url: string; dispose(): Promise<unknown> }>
}

const ours: Implementation = { name: 'our server', open: () => openSignalingServer({ host: '127.0.0.1', port: 0 }) }

const theirs: Implementation = {
  name: "y-webrtc's server",
  async open() {
    const port = await freePort()
    const program = fileURLToPath(new URL('../../node_modules/y-webrtc/bin/server.js', import.meta.url))
    const child = spawn(process.execPath, [program], { env: { ...process.env, PORT: String(port) } })
    await untilItSpeaks(child)
    return {
      url: `ws://localhost:${port}`,
      async dispose() {
        const exited = once(child, 'exit')
        child.kill()
        await exited
      },
    }
  },
}

describe.each([ours, theirs])('$name', ({ open }) => {
  let server: Awaited<ReturnType<Implementation['open']>>
  beforeAll(async () => {
    server = await open()
  })
  afterAll(() => server.dispose())

  it('gives a publish with all its fields to every follower, the sender included, and counts them', async () => {
    const [ana, ben, cem] = await three(server.url)
    for (const client of [ana, ben]) {
      client.send({ type: 'subscribe', topics: ['garden'] })
      expect(await client.untilPong()).toEqual([])
    }
    const announce = {
      type: 'publish',
      topic: 'garden',
      data: { type: 'announce', from: 'ana' },
      more: [1, null],
    } as const
    ana.send(announce)
    const received = { ...announce, clients: 2 }
    expect(await ana.next()).toEqual(received)
    expect(await ben.next()).toEqual(received)
    expect(await cem.untilPong()).toEqual([])
  })

  it('takes a publish from one who does not follow the topic, and keeps topics apart', async () => {
    const [ana, ben, cem] = await three(server.url)
    ana.send({ type: 'subscribe', topics: ['kitchen', 'attic'] })
    ben.send({ type: 'subscribe', topics: ['cellar'] })
    await Promise.all([ana.untilPong(), ben.untilPong()])
    for (const topic of ['kitchen', 'cellar', 'nobody', 'attic']) cem.send({ type: 'publish', topic, data: 'AQID' })
    expect(await cem.untilPong()).toEqual([])
    expect(await ana.untilPong()).toEqual([
      { type: 'publish', topic: 'kitchen', data: 'AQID', clients: 1 },
      { type: 'publish', topic: 'attic', data: 'AQID', clients: 1 },
    ])
    expect(await ben.untilPong()).toEqual([{ type: 'publish', topic: 'cellar', data: 'AQID', clients: 1 }])
  })

  it('stops delivering after unsubscribe and after a connection has gone', async () => {
    const [ana, ben, cem] = await three(server.url)
    for (const client of [ana, ben, cem]) {
      client.send({ type: 'subscribe', topics: ['porch', 'stairs'] })
      await client.untilPong()
    }
    ben.send({ type: 'unsubscribe', topics: ['porch'] })
    await ben.untilPong()
    cem.socket.close()
    await cem.closed
    // The server hears of the end a little later than its client: ask until it has, or until the test's time is up.
    while ((await followersOf('stairs', ana)) !== 2) await ben.untilPong()
    await ben.untilPong()
    ana.send({ type: 'publish', topic: 'porch' })
    ana.send({ type: 'publish', topic: 'stairs' })
    expect(await ana.untilPong()).toEqual([
      { type: 'publish', topic: 'porch', clients: 1 },
      { type: 'publish', topic: 'stairs', clients: 2 },
    ])
    expect(await ben.untilPong()).toEqual([{ type: 'publish', topic: 'stairs', clients: 2 }])
  })

  it('understands JSON in a binary frame, and subscribing twice is subscribing once', async () => {
    const [ana] = await three(server.url)
    ana.socket.send(Buffer.from('{"type":"subscribe","topics":["hall"]}'))
    ana.send({ type: 'subscribe', topics: ['hall', 'hall'] })
    ana.send({ type: 'publish', topic: 'hall' })
    expect(await ana.untilPong()).toEqual([{ type: 'publish', topic: 'hall', clients: 1 }])
  })
})

async function three(url: string) {
  return [await openTestClient(url), await openTestClient(url), await openTestClient(url)] as const
}

/** How many follow `topic`, as a publish of `client`, one of them, is told. */
async function followersOf(topic: string, client: TestClient): Promise<unknown> {
  client.send({ type: 'publish', topic })
  const [answer] = await client.untilPong()
  return (answer as { readonly clients?: unknown } | undefined)?.clients
}

async function freePort(): Promise<number> {
  const server = createServer()
  const port = await listen(server, { host: '127.0.0.1', port: 0 })
  await stopListening(server)
  return port
}

/** It prints its line when it has begun to listen; on an error it says so and ends. */
async function untilItSpeaks(child: ChildProcess): Promise<void> {
  if (child.stdout === null) throw new Error('the child has no output')
  await Promise.race([
    once(child.stdout, 'data'),
    once(child, 'exit').then(() => Promise.reject(new Error('it ended'))),
  ])
}
