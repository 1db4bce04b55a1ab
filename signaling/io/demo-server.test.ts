import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pageHeaders } from '../page-headers.ts'
import { type DemoServer, openDemoServer } from './demo-server.ts'
import { openTestClient } from './test-client.ts'

const script = 'export const answer = 42\n'.repeat(200)
let folder: string
let server: DemoServer

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pages-'))
  const root = join(folder, 'dist')
  await mkdir(join(root, 'assets'), { recursive: true })
  await mkdir(join(root, 'todo'))
  await writeFile(join(folder, 'secret.txt'), 'secret')
  await writeFile(join(root, '.env'), 'secret')
  await writeFile(join(root, 'index.html'), '<!doctype html>')
  await writeFile(join(root, 'todo', 'index.html'), '<!doctype html><title>todo</title>')
  await writeFile(join(root, 'assets', 'index-1a2b.js'), script)
  await writeFile(join(root, 'empty.json'), '')
  await writeFile(join(root, 'python.wasm'), Buffer.alloc(5 * 1024 * 1024, 7))
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'))
  server = await openDemoServer({ host: '127.0.0.1', port: 0, root })
})
afterAll(async () => {
  await server.dispose()
  await rm(folder, { recursive: true })
})

interface Answer {
  readonly status: number | undefined
  readonly headers: IncomingMessage['headers']
  readonly body: Buffer
}

/** Sends the path as it is: `fetch` would tidy it up first. */
function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: server.port, path, method, headers }, response => {
      const parts: Buffer[] = []
      response.on('data', part => parts.push(part))
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(parts) }),
      )
    })
    sent.on('error', reject)
    sent.end()
  })
}

describe('the demo server', () => {
  it('serves pages, folders and empty files with the headers of an isolated page', async () => {
    const page = await ask('/?x')
    expect([page.status, page.body.toString()]).toEqual([200, '<!doctype html>'])
    const expected = Object.entries(pageHeaders).map(([name, value]) => [name.toLowerCase(), value])
    expect(page.headers).toMatchObject(Object.fromEntries(expected))
    expect(page.headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
    expect((await ask('/todo/')).body.toString()).toContain('todo')
    expect(await ask('//todo?a=b')).toMatchObject({ status: 308, headers: { location: '/todo/?a=b' } })
    expect(await ask('/empty.json')).toMatchObject({ status: 200, headers: { 'content-length': '0' } })
  })

  it('compresses text, for those who want it', async () => {
    const plain = await ask('/assets/index-1a2b.js')
    expect(plain.body.toString()).toBe(script)
    for (let round = 0; round < 2; round++) {
      const zipped = await ask('/assets/index-1a2b.js', { 'Accept-Encoding': 'br, gzip' })
      expect(zipped.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
      expect(gunzipSync(zipped.body).toString()).toBe(script)
    }
    const refused = await ask('/assets/index-1a2b.js', { 'Accept-Encoding': 'gzip;q=0' })
    expect(refused.headers['content-encoding']).toBeUndefined()
  })

  it('streams a large file with its size, and answers HEAD without it', async () => {
    const whole = await ask('/python.wasm', { 'Accept-Encoding': 'gzip' })
    expect([whole.headers['content-type'], whole.headers['content-length'], whole.body.length]).toEqual([
      'application/wasm',
      '5242880',
      5242880,
    ])
    const head = await ask('/python.wasm', {}, 'HEAD')
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([200, '5242880', 0])
  })

  it('says that nothing has changed, until it has', async () => {
    const etag = String((await ask('/')).headers.etag)
    expect(await ask('/', { 'If-None-Match': `"other", ${etag}` })).toMatchObject({ status: 304, headers: { etag } })
    await writeFile(join(folder, 'dist', 'index.html'), '<!doctype html><p>')
    expect(await ask('/', { 'If-None-Match': etag })).toMatchObject({ status: 200 })
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/todo/..%2f..%2fsecret.txt',
    '/link.txt',
    '/.env',
    '/none',
    '/assets/',
    '/index.html/x',
  ])('has nothing at %s', async path => {
    expect((await ask(path)).status).toBe(404)
  })

  it('understands only reading', async () => {
    expect(await ask('/', {}, 'PUT')).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } })
  })

  it('relays at /signaling and nowhere else, and tells its health', async () => {
    const ana = await openTestClient(server.signalingUrl)
    ana.send({ type: 'subscribe', topics: ['garden'] })
    ana.send({ type: 'publish', topic: 'garden' })
    expect(await ana.untilPong()).toEqual([{ type: 'publish', topic: 'garden', clients: 1 }])
    await expect(openTestClient(server.signalingUrl.replace('signaling', 'else'))).rejects.toThrow('404')
    expect(JSON.parse((await ask('/health')).body.toString())).toMatchObject({
      status: 'ok',
      connections: 1,
      topics: 1,
    })
  })

  it('says when there are no pages', async () => {
    const opening = openDemoServer({ host: '127.0.0.1', port: 0, root: join(folder, 'none') })
    await expect(opening).rejects.toMatchObject({ code: 'pages-missing' })
  })
})
