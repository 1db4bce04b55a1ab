/**
 * What a real browser's disk does to a room: other tabs that forget, delete and upgrade it, and rows that are damaged.
 */
import { appendFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { expect, test } from './fixture/test.ts'
import type { Visitor } from './fixture/visitors.ts'

const items = (page: Page) => page.getByTestId('todo-item')
const status = (page: Page) => page.getByTestId('status')
const problem = (page: Page) => page.getByTestId('problem')

async function add(page: Page, title: string): Promise<void> {
  await page.getByTestId('todo-new').fill(title)
  await page.keyboard.press('Enter')
}

async function listOf(visitor: Visitor, site: string, ...titles: string[]): Promise<Page> {
  const { page } = visitor
  await page.goto(site)
  await page.getByTestId('lobby-new-todo').click()
  await expect(page).toHaveURL(/#1e/)
  for (const title of titles) await add(page, title)
  await expect(items(page)).toHaveCount(titles.length)
  await saved(page)
  return page
}

/** Until nothing would go with the page. */
async function saved(page: Page): Promise<void> {
  await expect(status(page)).toHaveAttribute('data-saved', 'disk')
  await expect(status(page)).toHaveAttribute('data-unsaved', '0')
}

async function tabOf(visitor: Visitor, site: string): Promise<Page> {
  const tab = await visitor.newTab()
  await tab.goto(site)
  return tab
}

/** The name of the only room's database. */
const databaseOf = (tab: Page) =>
  tab.evaluate(async () => {
    const names = (await indexedDB.databases()).map(({ name }) => name ?? '')
    return names.find(name => name.startsWith('supermesh-room-')) ?? ''
  })

/** In the page: puts the frames of a room into a database as it was before there were snapshots, and keeps that open. */
async function keepAsInTheFirstLayout(name: string): Promise<void> {
  const answer = <V>(request: IDBRequest<V>) =>
    new Promise<V>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = reject
    })
  const newer = await answer(indexedDB.open(name))
  const rows = await answer(newer.transaction('frames').objectStore('frames').getAll())
  newer.close()
  await answer(indexedDB.deleteDatabase(name))
  const opening = indexedDB.open(name, 1)
  opening.onupgradeneeded = () => {
    const store = opening.result.createObjectStore('frames', { keyPath: ['author', 'sequence'] })
    for (const row of rows) store.put(row)
  }
  const older = await answer(opening)
  older.onversionchange = () => older.close()
}

test('a room is not forgotten while another tab has it open', async ({ visitors, site }) => {
  const ana = await visitors.open('Ana')
  const room = await listOf(ana, site.url, 'Buy rope')
  const lobby = await tabOf(ana, site.url)
  const forget = async () => {
    await lobby.getByRole('button', { name: 'Forget To-do' }).click()
    await lobby.getByTestId('confirm').click()
  }
  await forget()
  await expect(lobby.getByTestId('kept-open')).toContainText('open in another tab')
  await expect(lobby.getByTestId('recent-room')).toHaveCount(1)
  await add(room, 'Paint the boat')
  await expect(items(room)).toHaveCount(2)
  await saved(room)
  await room.reload()
  await expect(items(room)).toHaveCount(2)

  await room.close()
  await forget()
  await expect(lobby.getByTestId('recent-room')).toHaveCount(0)
  expect(await databaseOf(lobby)).toBe('')
})

test('what a page has open is kept again when its disk was emptied', async ({ visitors, site }) => {
  const ana = await visitors.open('Ana')
  const room = await listOf(ana, site.url, 'Buy rope', 'Paint the boat')
  const other = await tabOf(ana, site.url)
  const name = await databaseOf(other)
  await other.evaluate(
    name =>
      new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name)
        request.onsuccess = resolve
        request.onerror = reject
      }),
    name,
  )
  await expect.poll(() => databaseOf(other)).toBe(name)
  await saved(room)
  await room.reload()
  await expect(items(room)).toHaveCount(2)
})

test('a newer page takes the disk over, and this one says so and loses nothing', async ({ visitors, site }) => {
  const ana = await visitors.open('Ana')
  const room = await listOf(ana, site.url, 'Buy rope')
  const newer = await tabOf(ana, site.url)
  const name = await databaseOf(newer)
  await newer.evaluate(
    name =>
      new Promise<void>((resolve, reject) => {
        const request = indexedDB.open(name, 99)
        request.onblocked = reject
        request.onsuccess = () => {
          request.result.close()
          resolve()
        }
      }),
    name,
  )
  await expect(problem(room)).toHaveAttribute('data-code', 'kept-by-newer')
  await add(room, 'Paint the boat')
  await add(room, 'Hoist the sail')
  await expect(status(room)).toContainText('2 edits only in this page')
  await expect(items(room)).toHaveCount(3)
  await room.screenshot({ path: test.info().outputPath('kept-by-newer.png') })
})

test('what an older page kept, which knew of no snapshots, is there and is gone on with', async ({
  visitors,
  site,
}) => {
  const ana = await visitors.open('Ana')
  const room = await listOf(ana, site.url, 'Buy rope')
  const address = room.url()
  const older = await tabOf(ana, site.url)
  const name = await databaseOf(older)
  await room.close()
  await older.evaluate(keepAsInTheFirstLayout, name)
  const again = await ana.newTab()
  await again.goto(address)
  await expect(items(again)).toHaveCount(1)
  await add(again, 'Paint the boat')
  await saved(again)
  await again.reload()
  await expect(items(again)).toHaveCount(2)
  await expect(problem(again)).toHaveCount(0)
})

test('a damaged row is left out, and brought back by who has it', async ({ visitors, site }) => {
  const [ana, ben] = [await visitors.open('Ana'), await visitors.open('Ben')]
  const room = await listOf(ana, site.url, 'Buy rope')
  const address = room.url()
  await ben.page.goto(address)
  await expect(items(ben.page)).toHaveCount(1)
  const other = await tabOf(ana, site.url)
  await room.close()

  await other.evaluate(
    name =>
      new Promise<void>(resolve => {
        const opening = indexedDB.open(name)
        opening.onsuccess = () => {
          const transaction = opening.result.transaction('frames', 'readwrite')
          const cursor = transaction.objectStore('frames').openCursor()
          // The first: nothing can be read without it.
          cursor.onsuccess = () => {
            const row = cursor.result?.value
            row.bytes[row.bytes.length >> 1] ^= 1
            cursor.result?.update(row)
          }
          transaction.oncomplete = () => {
            opening.result.close()
            resolve()
          }
        }
      }),
    await databaseOf(other),
  )
  const again = await ana.newTab()
  await again.goto(address)
  await expect(items(again)).toHaveCount(1)
  // Ben has brought it, so that nothing is to be said any more.
  await expect(problem(again)).toHaveCount(0)
  await ben.page.close()
  await again.reload()
  await expect(items(again)).toHaveCount(1)
  await expect(problem(again)).toHaveCount(0)
})

/** The folder in which Chromium keeps the databases of the only site. */
async function databasesIn({ profile }: Visitor): Promise<string> {
  const folder = join(profile, 'Default', 'IndexedDB')
  const [site = ''] = await readdir(folder)
  return join(folder, site)
}

/** The head of a record of 200 bytes, of which nothing came any more: what a browser leaves that is killed while it writes. */
const HALF_A_RECORD = Uint8Array.of(1, 2, 3, 4, 200, 0, 1)

test('half a record at the end of the log of a killed browser costs nothing', async ({ visitors, site }) => {
  let ana = await visitors.open('Ana')
  const address = (await listOf(ana, site.url, 'Buy rope')).url()
  await ana.kill()
  const folder = await databasesIn(ana)
  const log =
    (await readdir(folder))
      .filter(name => name.endsWith('.log'))
      .sort()
      .at(-1) ?? ''
  await appendFile(join(folder, log), HALF_A_RECORD)
  for (const [i, title] of ['Paint the boat', 'Hoist the sail', 'Sail'].entries()) {
    ana = await visitors.open('Ana')
    await ana.page.goto(address)
    await expect(items(ana.page)).toHaveCount(i + 1)
    await add(ana.page, title)
    await saved(ana.page)
    await ana.kill()
  }
})

test('a page says so when the browser has thrown away what it had kept', async ({ visitors, site }) => {
  const ana = await visitors.open('Ana')
  const ben = await visitors.open('Ben')
  const address = (await listOf(ana, site.url, 'Buy rope')).url()
  await ben.page.goto(address)
  await expect(items(ben.page)).toHaveCount(1)
  await ana.quit()
  await rm(await databasesIn(ana), { recursive: true })
  await ben.page.close()

  const { page } = await visitors.open('Ana')
  await page.goto(address)
  await expect(problem(page)).toHaveAttribute('data-code', 'kept-lost')
  await page.screenshot({ path: test.info().outputPath('kept-lost.png') })
  const back = await ben.newTab()
  await back.goto(address)
  await expect(items(page)).toHaveCount(1)
  await expect(problem(page)).toHaveCount(0)
  await page.reload()
  await expect(items(page)).toHaveCount(1)
  await expect(problem(page)).toHaveCount(0)
})
