/**
 * First contact works across kinds: strangers' clients at our relay, our rooms at a stranger's relay.
 */
import type { Page } from '@playwright/test'
import { formatLink, newLink } from '../src/index.ts'
import { buildPage } from './fixture/page-build.ts'
import { openStaticHost, type StaticHost } from './fixture/static-host.ts'
import { expect, test } from './fixture/test.ts'

interface Shared {
  write(content: string): void
  read(): string
  peers(): number
}

const shared = (page: Page) => ({
  write: (content: string) =>
    page.evaluate(text => (window as unknown as { shared: Shared }).shared.write(text), content),
  read: () => page.evaluate(() => (window as unknown as { shared: Shared }).shared.read()),
  peers: () => page.evaluate(() => (window as unknown as { shared?: Shared }).shared?.peers() ?? 0),
})

let host: StaticHost

test.beforeAll(async () => {
  host = await openStaticHost({ '/y-webrtc/': await buildPage('y-webrtc'), '/room/': await buildPage('bare-room') })
})

test.afterAll(() => host.dispose())

for (const password of ['', 'secret']) {
  const kind = password === '' ? 'in the clear' : 'with a password'
  test(`unmodified y-webrtc clients, ${kind}, meet at our relay`, async ({ visitors, signaling }) => {
    const query = new URLSearchParams({ signaling: signaling.url, room: 'strangers', ...(password && { password }) })
    const [ana, ben] = [await visitors.open('Ana'), await visitors.open('Ben')]
    await ana.page.goto(`${host.url}y-webrtc/?${query}`)
    await ben.page.goto(`${host.url}y-webrtc/?${query}`)
    await expect.poll(() => shared(ana.page).peers()).toBe(1)
    await shared(ana.page).write('from Ana. ')
    await expect.poll(() => shared(ben.page).read()).toBe('from Ana. ')
    await shared(ben.page).write('from Ben. ')
    await expect.poll(() => shared(ana.page).read()).toBe('from Ana. from Ben. ')
  })
}

test("our rooms meet at y-webrtc's own relay", async ({ visitors, foreignSignaling }) => {
  const link = formatLink(newLink())
  const address = `${host.url}room/?signaling=${encodeURIComponent(foreignSignaling.url)}#${link}`
  const [ana, ben] = [await visitors.open('Ana'), await visitors.open('Ben')]
  await ana.page.goto(address)
  await ben.page.goto(address)
  await expect.poll(() => shared(ana.page).peers()).toBe(1)
  await shared(ana.page).write('from Ana. ')
  await expect.poll(() => shared(ben.page).read()).toBe('from Ana. ')
  await shared(ben.page).write('from Ben. ')
  await expect.poll(() => shared(ana.page).read()).toBe('from Ana. from Ben. ')
})
