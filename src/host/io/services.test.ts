import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { closeServices, loadServices, openServices } from './services.ts'

// Its own loading takes real time.
beforeAll(() => loadServices().then(() => undefined), 60_000)
beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

it('a server that was let go is not asked again', async () => {
  let asked = 0
  const fetch = async (request: Request) => {
    asked++
    const answer = request.url.includes('kernelspecs') ? { default: '', kernelspecs: {} } : []
    return new Response(JSON.stringify(answer), { status: 200 })
  }
  const opening = openServices({
    baseUrl: 'http://server.invalid/',
    wsUrl: 'ws://server.invalid/',
    fetch: fetch as never,
  })
  await vi.advanceTimersByTimeAsync(30_000)
  const services = await opening
  const before = asked
  await vi.advanceTimersByTimeAsync(30_000)
  expect(asked, 'asks while it is open').toBeGreaterThan(before)
  closeServices(services)
  const after = asked
  await vi.advanceTimersByTimeAsync(600_000)
  expect(asked).toBe(after)
})
