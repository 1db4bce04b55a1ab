import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { SIGNALING_FRAME_MAX_BYTES } from '../../src/protocol/signaling.ts'
import { defaultRelayLimits, type RelayLimits } from '../relay.ts'
import { openSignalingServer, type SignalingServer } from './signaling-server.ts'
import { openTestClient } from './test-client.ts'

const servers: SignalingServer[] = []
afterEach(async () => {
  await Promise.all(servers.splice(0).map(server => server.dispose()))
})

async function open(limits: Partial<RelayLimits> = {}) {
  const server = await openSignalingServer({ host: '127.0.0.1', port: 0, limits: { ...defaultRelayLimits, ...limits } })
  servers.push(server)
  return server
}

const health = async (server: SignalingServer) => (await fetch(`http://127.0.0.1:${server.port}/health`)).json()

describe('the signaling server', () => {
  it('carries frames of every length form, whole and in order', async () => {
    const server = await open()
    const ana = await openTestClient(server.url)
    ana.send({ type: 'subscribe', topics: ['garden'] })
    const texts = [0, 1, 40, 80, 120, 65_400, 65_536, 200_000].map(length => 'é'.repeat(length / 2))
    for (const data of texts) ana.send({ type: 'publish', topic: 'garden', data })
    expect(await ana.untilPong()).toEqual(texts.map(data => ({ type: 'publish', topic: 'garden', data, clients: 1 })))
  })

  it('answers what it cannot read, closes what is too large or broken, and serves the others as before', async () => {
    const server = await open()
    const ana = await openTestClient(server.url)
    const eve = await openTestClient(server.url)
    const big = await openTestClient(server.url)
    ana.send({ type: 'subscribe', topics: ['garden'] })
    for (const frame of ['', 'nonsense', 'null', '{"type":"publish"}', '[['.repeat(60_000)]) eve.socket.send(frame)
    eve.socket.send(Buffer.from([0xff, 0xfe]))
    big.socket.send('x'.repeat(SIGNALING_FRAME_MAX_BYTES + 1))
    // Reserved bits set, straight on the wire.
    const wire = connect(server.port, '127.0.0.1')
    wire.write(
      'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
    )
    const wireEnded = new Promise(resolve => wire.on('close', resolve))
    wire.once('data', () => wire.write(Buffer.from([0xff, 0xff, 0, 0, 0, 0])))
    wire.resume()
    expect((await big.closed).code).toBe(1009)
    await wireEnded
    const refused = await eve.untilPong()
    expect(refused).toEqual(
      [
        'frame-not-json',
        'frame-not-json',
        'frame-not-an-object',
        'topic-malformed',
        'frame-too-deep',
        'frame-not-json',
      ].map(code => ({ type: 'refused', code })),
    )
    ana.send({ type: 'publish', topic: 'garden' })
    expect(await ana.untilPong()).toEqual([{ type: 'publish', topic: 'garden', clients: 1 }])
  })

  it('tells its health', async () => {
    const server = await open()
    const ana = await openTestClient(server.url)
    await openTestClient(server.url)
    ana.send({ type: 'subscribe', topics: ['garden', 'kitchen'] })
    await ana.untilPong()
    const uptimeSeconds = expect.any(Number)
    expect(await health(server)).toEqual({ status: 'ok', connections: 2, topics: 2, uptimeSeconds })
    ana.socket.terminate()
    // The server hears of the end a little later than its client: ask until it has, or until the test's time is up.
    let after = await health(server)
    while (after.connections === 2) after = await health(server)
    expect(after).toMatchObject({ connections: 1, topics: 0 })
  })

  it('closes who exceeds the rate, with the reason', async () => {
    const server = await open({ burst: 50, sustained: 1 })
    const eve = await openTestClient(server.url)
    for (let i = 0; i < 60; i++) eve.send({ type: 'ping' })
    expect(await eve.closed).toEqual({ code: 1008, reason: 'rate-exceeded' })
  })

  it('closes a receiver that takes nothing, while the others receive everything', async () => {
    const server = await open({ burst: 1e9 })
    const ana = await openTestClient(server.url)
    const sloth = await openTestClient(server.url)
    for (const client of [ana, sloth]) {
      client.send({ type: 'subscribe', topics: ['garden'] })
      await client.untilPong()
    }
    sloth.socket.pause()
    const data = 'x'.repeat(100_000)
    // The kernel's buffers take some megabytes before ours begin to fill.
    let clients = 2
    for (let sent = 0; clients === 2; sent++) {
      expect(sent).toBeLessThan(1000)
      ana.send({ type: 'publish', topic: 'garden', data })
      const [received] = await ana.untilPong()
      expect(received).toMatchObject({ data })
      clients = (received as { clients: number }).clients
    }
    sloth.socket.resume()
    expect(await sloth.closed).toEqual({ code: 1008, reason: 'receiver-too-slow' })
  })

  it('says goodbye and stops listening when it ends', async () => {
    const server = await open()
    const ana = await openTestClient(server.url)
    await Promise.all([server.dispose(), server.dispose()])
    expect(await ana.closed).toEqual({ code: 1001, reason: 'server-stopping' })
    await expect(health(server)).rejects.toThrow()
  })

  it('says when its port is taken', async () => {
    const { port } = await open()
    await expect(openSignalingServer({ host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'port-taken',
      message: expect.stringContaining('--port'),
    })
  })

  it('answers a browser that came by plain http', async () => {
    const server = await open()
    const status = await new Promise(resolve => {
      request({ port: server.port, host: '127.0.0.1', method: 'POST', path: '//%' }, response => {
        response.resume()
        resolve(response.statusCode)
      }).end('x')
    })
    expect(status).toBe(200)
  })
})
