/**
 * A newcomer to a room in which much was written: he takes a snapshot, with real keys, over a real link, to a real disk.
 */
import type { Page } from '@playwright/test'
import { formatLink, newLink } from '../src/index.ts'
import { buildPage } from './fixture/page-build.ts'
import { openStaticHost, type StaticHost } from './fixture/static-host.ts'
import { expect, test } from './fixture/test.ts'

interface LongRoom {
  type(content: string): Promise<void>
  read(): string
  snapshots(): number
  history(): number
  undo(): void
}

const longRoom = (page: Page) => ({
  type: (content: string) =>
    page.evaluate(text => (window as unknown as { longRoom: LongRoom }).longRoom.type(text), content),
  read: () => page.evaluate(() => (window as unknown as { longRoom?: LongRoom }).longRoom?.read()),
  snapshots: () => page.evaluate(() => (window as unknown as { longRoom: LongRoom }).longRoom.snapshots()),
  history: () => page.evaluate(() => (window as unknown as { longRoom: LongRoom }).longRoom.history()),
  undo: () => page.evaluate(() => (window as unknown as { longRoom: LongRoom }).longRoom.undo()),
})

/** More edits than a newcomer replays. */
const LONG = 'All of this was written before anybody else came. '.repeat(100)

let host: StaticHost

test.beforeAll(async () => {
  host = await openStaticHost({ '/room/': await buildPage('long-room') })
})

test.afterAll(() => host.dispose())

test('a newcomer to a long room takes a snapshot, keeps it, and goes on from it alone', async ({
  visitors,
  signaling,
}) => {
  const address = `${host.url}room/?signaling=${encodeURIComponent(signaling.url)}#${formatLink(newLink())}`
  const ana = await visitors.open('Ana')
  await ana.page.goto(address)
  await expect.poll(() => longRoom(ana.page).read()).toBe('')
  await longRoom(ana.page).type(LONG)

  const ben = await visitors.open('Ben', { profile: 'ben' })
  await ben.page.goto(address)
  await expect.poll(() => longRoom(ben.page).read()).toBe(LONG)
  expect(await longRoom(ben.page).snapshots()).toBe(1)
  expect(await longRoom(ben.page).history()).toBeLessThan(1300)
  await longRoom(ben.page).type('And this by Ben.')
  await expect.poll(() => longRoom(ana.page).read()).toBe(`${LONG}And this by Ben.`)
  expect(await longRoom(ana.page).snapshots()).toBe(0)
  await ana.kill()

  await ben.page.reload()
  await expect.poll(() => longRoom(ben.page).read()).toBe(`${LONG}And this by Ben.`)
  expect(await longRoom(ben.page).snapshots()).toBe(0)

  const cleo = await visitors.open('Cleo')
  await cleo.page.goto(address)
  await expect.poll(() => longRoom(cleo.page).read()).toBe(`${LONG}And this by Ben.`)
  expect(await longRoom(cleo.page).snapshots()).toBe(1)
  await longRoom(ben.page).undo()
  await expect.poll(() => longRoom(cleo.page).read()).toBe(LONG)
})
