/**
 * A notebook by keyboard alone, with the keys that Jupyter has.
 */
import { KERNEL_START, notebookPage } from './fixture/notebook-page.ts'
import { SAMPLE_CELLS, SAMPLE_NOTEBOOK } from './fixture/sample-notebook.ts'
import { expect, test } from './fixture/test.ts'

test('cells are made, deleted and brought back with what they held', async ({ visitors, site }) => {
  const ana = notebookPage((await visitors.open('Ana')).page)
  const { keyboard } = ana.page
  await ana.page.goto(site.url)
  await ana.page.getByTestId('lobby-new-notebook').press('Enter')
  await expect(ana.cell(0)).toBeFocused()
  await keyboard.press('b')
  await expect(ana.cell(1)).toBeFocused()
  await keyboard.press('d')
  await keyboard.press('d')
  await expect(ana.cells).toHaveCount(1)
  await expect(ana.cell(0)).toBeFocused()

  await ana.import('Tides.ipynb', SAMPLE_NOTEBOOK)
  await expect(ana.cells).toHaveCount(SAMPLE_CELLS)
  await expect(ana.outputs(1)).toContainText('high water at noon')
  await ana.cell(0).focus()
  for (let left = SAMPLE_CELLS - 1; left >= 0; left--) {
    await keyboard.press('d')
    await keyboard.press('d')
    await expect(ana.cells).toHaveCount(left)
  }
  for (let back = 1; back <= SAMPLE_CELLS; back++) {
    await keyboard.press('z')
    await expect(ana.cells).toHaveCount(back)
  }
  await expect(ana.outputs(1)).toContainText('high water at noon')
  expect(await ana.exported()).toBe(SAMPLE_NOTEBOOK)

  await ana.cell(1).focus()
  await keyboard.press('x')
  await expect(ana.cells).toHaveCount(SAMPLE_CELLS - 1)
  await keyboard.press('v')
  await expect(ana.outputs(2)).toContainText('high water at noon')
  await keyboard.press('h')
  await expect(ana.page.getByRole('dialog')).toContainText('Cut, copy, paste')
})

test('whoever writes keeps the caret when the first output comes', async ({ visitors, site, signaling }) => {
  const ana = notebookPage((await visitors.open('Ana')).page)
  const ben = notebookPage((await visitors.open('Ben')).page)
  const address = await ana.create(site.url, signaling.url)
  await ana.write(0, 'print(6 * 7)')
  await ben.page.goto(address)
  await expect(ben.source(0)).toContainText('6 * 7')
  await ben.run(0)
  await expect(ana.outputs(0)).toContainText('42', KERNEL_START)
  await ana.page.keyboard.type(' # still here')
  await expect(ana.source(0)).toHaveText('print(6 * 7) # still here')
})
