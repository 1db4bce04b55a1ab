/**
 * An application that a reader of the guide makes from the published package: it compiles, it is built, two people use it,
 * and its maker edits it while others are in the room.
 */
import type { Page } from '@playwright/test'
import { createGuideProject, type GuideProject } from './fixture/guide-project.ts'
import { packPackage } from './fixture/packed-package.ts'
import { expect, test } from './fixture/test.ts'
import { LIST_APP } from './pages/list-app.ts'

const OPENS_ROOM = 'src/app.tsx'

/** React keeps the component when only what it shows has changed, and mounts a new one when its hooks have. */
const EDITS: Readonly<Record<string, (source: string) => string>> = {
  'other words': source => source,
  'one hook more': source => `import { useId } from 'react'\n${source.replace('App() {', 'App() {\n  useId()')}`,
  'one hook less': source => source,
}

let project: GuideProject

test.beforeAll(async () => {
  project = await createGuideProject(await packPackage(), LIST_APP)
})

test.afterAll(() => project?.dispose())

test('two people share what it shows', async ({ visitors, signaling }) => {
  await project.checkTypes()
  const address = await project.serveBuilt()
  const [ana, ben] = [(await visitors.open('Ana')).page, (await visitors.open('Ben')).page]
  await ana.goto(`${address}?signaling=${signaling.url}`)
  await add(ana, 'Rope')
  await ben.goto(ana.url())
  await expect(items(ben)).toHaveText(['Rope'])
  await add(ben, 'Paint')
  await expect.poll(async () => (await items(ana).allTextContents()).sort()).toEqual(['Paint', 'Rope'])
})

test('a page stays one session under StrictMode, while its sources are edited', async ({ visitors, signaling }) => {
  const [built, dev] = [await project.serveBuilt(), await project.serveSources()]
  const [ana, ben] = [(await visitors.open('Ana')).page, (await visitors.open('Ben')).page]
  await ana.goto(`${dev}?signaling=${signaling.url}`)
  await add(ana, 'first')
  const { search, hash } = new URL(ana.url())
  await ben.goto(`${built}${search}${hash}`)
  await expect(items(ben)).toHaveText(['first'])
  await ana.evaluate(() => Object.assign(window, { sinceLoading: true }))

  // One edit after the other, so that a session too many has time to show.
  for (const [word, edit] of Object.entries(EDITS)) {
    const source = (LIST_APP[OPENS_ROOM] ?? '').replace('A list', `A list, ${word}`)
    await project.write(OPENS_ROOM, edit(source))
    await expect(ana.getByRole('heading')).toHaveText(`A list, ${word}`)
    await add(ana, word)
    await expect(items(ben).filter({ hasText: word })).toHaveCount(1)
    await expect(ben.getByRole('status')).toHaveText('1 person, 1 page')
  }
  expect(await ana.evaluate(() => 'sinceLoading' in window), 'it was never reloaded').toBe(true)
})

const items = (page: Page) => page.getByRole('listitem')

async function add(page: Page, title: string): Promise<void> {
  await page.getByLabel('Title').fill(title)
  await page.getByRole('button', { name: 'Add' }).click()
  await expect(items(page).filter({ hasText: title })).toHaveCount(1)
}
