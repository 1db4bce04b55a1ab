/**
 * `GET /health`: what a monitor asks of a running server.
 */
import type { RequestListener } from 'node:http'
import type { AttachedRelay } from './attach-relay.ts'

/** Answers `/health` for `relay`, with `uptimeSeconds` counted from now, and leaves every other request to `next`. */
export function withHealth(relay: AttachedRelay, next: RequestListener): RequestListener {
  const startedAt = performance.now()
  return (request, response) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead || request.url?.split('?')[0] !== '/health') {
      next(request, response)
      return
    }
    const uptimeSeconds = Math.floor((performance.now() - startedAt) / 1000)
    response.writeHead(200, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' })
    response.end(JSON.stringify({ status: 'ok', ...relay.count(), uptimeSeconds }))
  }
}
