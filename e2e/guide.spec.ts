/**
 * The guide in a project of its own, made from the published package: its code compiles, its tests pass, it is built, people
 * use it, and its maker edits it while others are in the room.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { codeOf } from '../docs/guide-code.ts'
import { createGuideProject, type GuideProject } from './fixture/guide-project.ts'
import { packPackage } from './fixture/packed-package.ts'
import { createSignaling, type Relay } from './fixture/servers.ts'
import { expect, test } from './fixture/test.ts'
import { PROJECT } from './setup/command.ts'

const guide = codeOf(readFileSync(join(PROJECT, 'docs', 'build-an-app.md'), 'utf8'))
/** What the guide tells its reader to run. */
const GUIDE_SIGNALING = 'ws://localhost:4444'

const REACT_18 = { react: '^18.3.0', 'react-dom': '^18.3.0', '@types/react': '^18.3.0', '@types/react-dom': '^18.3.0' }

let tarball: string
let project: GuideProject
let relay: Relay
let files: Readonly<Record<string, string>>

test.beforeAll(async () => {
  relay = await createSignaling()
  await relay.start()
  const here = (text: string) => text.replaceAll(GUIDE_SIGNALING, relay.url)
  files = Object.fromEntries([...guide.files].map(([name, text]) => [`src/${name}`, here(text)]))
  tarball = await packPackage()
  project = await createGuideProject(tarball, files)
})

test.afterAll(async () => {
  await project?.dispose()
  await relay?.kill()
})

test('its code compiles under strict, and its tests pass, in a project without aliases', async () => {
  await project.checkTypes()
  expect(await project.runTests()).toMatch(/Tests\s+1 passed/)
})

test('people keep a list, two tabs of one person are one person, and a tab that goes is gone', async ({ visitors }) => {
  const address = await project.serveBuilt()
  const [anaAtHome, ben] = [await visitors.open('Ana'), (await visitors.open('Ben')).page]
  const ana = anaAtHome.page
  await ana.goto(address)
  await expect(ana).toHaveURL(/#1e/)
  await add(ana, 'Rope')
  await ben.goto(ana.url())
  await expect(titles(ben)).toHaveCount(1)
  await expect(titles(ben)).toHaveValue('Rope')
  await expect(ben.getByRole('status')).toHaveText('People: 2, pages: 2, saved')

  await titles(ana).press('End')
  await titles(ana).pressSequentially(' and paint')
  await expect(titles(ben)).toHaveValue('Rope and paint')
  await expect(ben.getByRole('listitem')).toContainText(/[A-Z][a-z]+ [A-Z][a-z]+/)
  await ben.getByRole('checkbox').check()
  await expect(ana.getByRole('checkbox')).toBeChecked()

  const second = await anaAtHome.newTab()
  await second.goto(ana.url())
  await expect(ben.getByRole('status')).toHaveText('People: 2, pages: 3, saved')
  await second.close()
  await expect(ben.getByRole('status')).toHaveText('People: 2, pages: 2, saved')
})

test('it does the same under React 18', async ({ visitors }) => {
  const older = await createGuideProject(tarball, files, REACT_18)
  try {
    await older.checkTypes()
    const address = await older.serveBuilt()
    const [ana, ben] = [(await visitors.open('Ana')).page, (await visitors.open('Ben')).page]
    await ana.goto(address)
    await add(ana, 'Rope')
    await ben.goto(ana.url())
    await titles(ben).press('End')
    await titles(ben).pressSequentially(' and paint')
    await expect(titles(ana)).toHaveValue('Rope and paint')
    await expect(ana.getByRole('status')).toHaveText('People: 2, pages: 2, saved')
    await add(ben, 'Glue')
    await expect(titles(ana)).toHaveCount(2)
  } finally {
    await older.dispose()
  }
})

/** The guide's files, with a heading that ends with `words` and with what the room's file says: what is on the page shows of when it is. */
const todosFile = (words: string, hook = '') =>
  `import { useId } from 'react'\nimport { edit } from './room'\n${files['src/todos.tsx']}`
    .replace('Todos() {', `Todos() {\n${hook}`)
    .replace('</h1>', ` ${words} {edit}</h1>`)
const roomFile = (edit: string) => `${files['src/room.ts']}\nexport const edit = '${edit}'\n`

/** React keeps a component when only what it shows has changed, and mounts a new one when its hooks have. */
const EDITS: readonly { readonly heading: RegExp; readonly file: string; readonly text: () => string }[] = [
  { heading: /words none$/, file: 'src/todos.tsx', text: () => todosFile('words') },
  { heading: /a hook more none$/, file: 'src/todos.tsx', text: () => todosFile('a hook more', 'useId()') },
  { heading: /a hook more the room$/, file: 'src/room.ts', text: () => roomFile('the room') },
  { heading: /a hook more the room again$/, file: 'src/room.ts', text: () => roomFile('the room again') },
]

test('a page stays one session under StrictMode, while its sources are edited', async ({ visitors }) => {
  const built = await project.serveBuilt()
  await project.write('src/room.ts', roomFile('none'))
  await project.write('src/todos.tsx', todosFile('as it was'))
  const dev = await project.serveSources()
  const [ana, ben] = [(await visitors.open('Ana')).page, (await visitors.open('Ben')).page]
  await ana.goto(dev)
  await add(ana, 'first')
  await ben.goto(`${built}${new URL(ana.url()).hash}`)
  await expect(titles(ben)).toHaveCount(1)
  await ana.evaluate(() => Object.assign(window, { sinceLoading: true }))

  // One edit after the other, so that a session too many has time to show.
  for (const [i, { heading, file, text }] of EDITS.entries()) {
    await project.write(file, text())
    await expect(ana.getByRole('heading')).toHaveText(heading)
    // A room that is opened anew shows what it has a moment later.
    await expect(titles(ana)).toHaveCount(i + 1)
    await add(ana, `after ${heading}`)
    await expect(titles(ben)).toHaveCount(i + 2)
    await expect(ben.getByRole('status')).toHaveText('People: 2, pages: 2, saved')
  }
  expect(await ana.evaluate(() => 'sinceLoading' in window), 'it was never reloaded').toBe(true)
})

const titles = (page: Page) => page.getByRole('textbox', { name: 'Title' })

async function add(page: Page, title: string): Promise<void> {
  const before = await titles(page).count()
  await page.getByLabel('New todo').fill(title)
  await page.getByLabel('New todo').press('Enter')
  await expect(titles(page)).toHaveCount(before + 1)
}
