/**
 * The built pages in a folder of a plain static host, with a signaling server elsewhere: no header of ours, no relay beside.
 */
import { KERNEL_START, notebookPage } from './fixture/notebook-page.ts'
import { openStaticHost } from './fixture/static-host.ts'
import { DIST, expect, test } from './fixture/test.ts'

test('a folder on a plain static host is enough for a room with Python', async ({ visitors, signaling }) => {
  const host = await openStaticHost({ '/some/folder/': DIST })
  const [ana, ben] = [await visitors.open('Ana'), await visitors.open('Ben')]
  const [anas, bens] = [notebookPage(ana.page), notebookPage(ben.page)]
  const address = await anas.create(`${host.url}some/folder/`, signaling.url)
  expect(await ana.page.evaluate(() => crossOriginIsolated)).toBe(false)
  await ben.page.goto(address)
  await bens.write(0, 'sum(range(10))')
  await expect(anas.source(0)).toHaveText('sum(range(10))')
  await bens.run(0)
  for (const each of [anas, bens]) await expect(each.outputs(0)).toHaveText('45', KERNEL_START)
  await host.dispose()
})
