/**
 * Undo as two people meet it: each takes back what was their own, while the other goes on, and also after a reload.
 */
import { KERNEL_START, notebookPage } from './fixture/notebook-page.ts'
import { expect, test } from './fixture/test.ts'

test('undo takes back the own typing among that of others, step by step, and after a reload', async ({
  visitors,
  site,
}) => {
  const ana = notebookPage((await visitors.open('Ana')).page)
  const ben = notebookPage((await visitors.open('Ben')).page)
  const link = await ana.create(site.url)
  await ben.page.goto(link)
  await ana.type(0, 'Control+End', 'apple')
  await expect(ben.source(0)).toHaveText('apple')
  await ben.type(0, 'Control+Home', 'big ')
  await expect(ana.source(0)).toHaveText('big apple')

  await ana.source(0).click()
  await ana.page.keyboard.press('Control+z')
  for (const each of [ana, ben]) await expect(each.source(0)).toHaveText('big ')
  await ana.page.keyboard.press('Control+y')
  for (const each of [ana, ben]) await expect(each.source(0)).toHaveText('big apple')

  await ana.append('second')
  await ana.page.keyboard.press('Escape')
  await expect(ana.cell(1)).toBeFocused()
  await ana.page.keyboard.press('d')
  await ana.page.keyboard.press('d')
  await expect(ben.cells).toHaveCount(1)
  await expect(ana.page.getByTestId('undo')).toHaveAttribute('title', 'Undo deleting a cell (Ctrl+Z)')
  // What a page did last may not have reached its disk when it is reloaded: others bring it back.
  await ana.page.evaluate(() => {
    IDBDatabase.prototype.transaction = () => {
      throw new DOMException('The disk is gone.', 'InvalidStateError')
    }
  })
  await ana.page.keyboard.press('Control+z')
  await expect(ben.source(1)).toHaveText('second')

  await ana.page.reload()
  await expect(ana.source(1)).toHaveText('second')
  await ana.page.getByTestId('redo').click()
  await expect(ben.cells).toHaveCount(1)
  for (const count of [2, 2, 1]) {
    await ana.page.getByTestId('undo').click()
    await expect(ben.cells).toHaveCount(count)
  }
  await ana.page.getByTestId('undo').click()
  for (const each of [ana, ben]) await expect(each.source(0)).toHaveText('big ')
  // What the notebook began with is nobody's step.
  await expect(ana.page.getByTestId('undo')).toBeDisabled()
  await expect(ben.page.getByTestId('undo')).toBeEnabled()
})

test('undo never takes back what was run', async ({ visitors, site }) => {
  const ana = notebookPage((await visitors.open('Ana')).page)
  await ana.create(site.url)
  await ana.write(0, 'print(6 * 7)')
  await ana.run(0)
  await expect(ana.outputs(0)).toHaveText('42', KERNEL_START)
  while (await ana.page.getByTestId('undo').isEnabled()) await ana.page.getByTestId('undo').click()
  await expect(ana.source(0).locator('.cm-placeholder')).toBeVisible()
  await expect(ana.outputs(0)).toHaveText('42')
})
