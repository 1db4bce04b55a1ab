/**
 * The to-do list in two browsers: what one does the other sees, in one text at the same time too.
 */
import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import { expect, test } from './fixture/test.ts'

const items = (page: Page) => page.getByTestId('todo-item')
const titleOf = (page: Page, index: number) => items(page).nth(index).getByRole('textbox', { name: 'Title' })

test('two people keep one list', async ({ visitors, site }) => {
  const [ana, ben] = [(await visitors.open('Ana')).page, (await visitors.open('Ben')).page]
  await ana.goto(site.url)
  await ana.getByTestId('lobby-new-todo').click()
  await expect(ana).toHaveURL(/app=todo.*#1e/)
  await add(ana, 'Buy rope')
  await ben.goto(ana.url())
  await expect(items(ben)).toHaveCount(1)
  await expect(titleOf(ben, 0)).toHaveValue('Buy rope')

  await add(ben, 'Paint the boat')
  await expect(items(ana)).toHaveCount(2)
  await items(ana).nth(0).getByRole('checkbox').check()
  await expect(items(ben).nth(0).getByRole('checkbox')).toBeChecked()

  await Promise.all([typeAt(ana, 1, 'Home', 'First: '), typeAt(ben, 1, 'End', ' blue')])
  for (const page of [ana, ben]) await expect(titleOf(page, 1)).toHaveValue('First: Paint the boat blue')

  await items(ben).nth(0).getByRole('button', { name: 'Remove' }).click()
  await expect(items(ana)).toHaveCount(1)
  await expect(titleOf(ana, 0)).toHaveValue('First: Paint the boat blue')
})

test('a room that is forgotten is gone from this device, and there for the others', async ({ visitors, site }) => {
  const [ana, ben] = [(await visitors.open('Ana')).page, (await visitors.open('Ben')).page]
  await ana.goto(site.url)
  await ana.getByTestId('lobby-new-todo').click()
  await expect(ana).toHaveURL(/#1e/)
  await add(ana, 'Buy rope')
  const address = ana.url()
  await ben.goto(address)
  await expect(items(ben)).toHaveCount(1)

  await ana.getByRole('button', { name: 'Back to the lobby' }).click()
  await ana.getByRole('button', { name: 'Forget To-do' }).click()
  await ana.getByTestId('confirm').click()
  await expect(ana.getByTestId('recent-room')).toHaveCount(0)
  await expect(items(ben)).toHaveCount(1)
  await ben.close()
  await ana.goto(address)
  await expect(ana.getByTestId('waiting')).toContainText('Nobody is here yet')
})

test('a copy of a room, saved as a file, brings it to a device that has met nobody', async ({ visitors, site }) => {
  const ana = await visitors.open('Ana')
  await ana.page.goto(site.url)
  await ana.page.getByTestId('lobby-new-todo').click()
  await expect(ana.page).toHaveURL(/#1e/)
  await add(ana.page, 'Buy rope')
  await ana.page.getByTestId('share').click()
  const [download] = await Promise.all([ana.page.waitForEvent('download'), ana.page.getByTestId('save-copy').click()])
  expect(download.suggestedFilename()).toBe('To-do · Supermesh.room')
  const copy = await readFile(await download.path())
  const address = ana.page.url()
  await ana.kill()

  const { page: ben } = await visitors.open('Ben')
  await ben.goto(site.url)
  const join = async (file: Buffer) => {
    await ben.getByLabel('Join with a link').fill(address)
    if (!(await ben.getByTestId('lobby-copy').isVisible())) await ben.getByText('I have a saved copy').click()
    await ben.getByTestId('lobby-copy').setInputFiles({ name: 'To-do.room', mimeType: '', buffer: file })
    await ben.getByTestId('lobby-join').click()
  }
  await join(Buffer.from('Dear Ben,'))
  await expect(ben.getByTestId('failed')).toContainText('room')
  await ben.getByTestId('failed').getByRole('button').click()
  await join(copy)
  await expect(items(ben)).toHaveCount(1)
  await expect(titleOf(ben, 0)).toHaveValue('Buy rope')
})

async function add(page: Page, title: string): Promise<void> {
  await page.getByTestId('todo-new').fill(title)
  await page.keyboard.press('Enter')
}

async function typeAt(page: Page, index: number, at: 'Home' | 'End', text: string): Promise<void> {
  await titleOf(page, index).click()
  await page.keyboard.press(at)
  await page.keyboard.type(text)
}
