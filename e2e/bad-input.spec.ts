/**
 * What goes wrong at a desk: wrong files, wrong addresses, nobody there. Each is told in a sentence, and nothing is lost.
 */
import { notebookPage } from './fixture/notebook-page.ts'
import { SAMPLE_CELLS, SAMPLE_NOTEBOOK } from './fixture/sample-notebook.ts'
import { expect, test } from './fixture/test.ts'

const OLD_NOTEBOOK = JSON.stringify({
  metadata: { name: 'old' },
  nbformat: 3,
  nbformat_minor: 0,
  worksheets: [{ cells: [{ cell_type: 'code', input: ['1 + 1'], language: 'python', metadata: {}, outputs: [] }] }],
})

test('files: no notebook, an old one, and one that would replace what is here', async ({ visitors, site }) => {
  const ana = notebookPage((await visitors.open('Ana')).page)
  await ana.create(site.url)
  const told = ana.page.getByTestId('import-notice')

  await ana.import('letter.ipynb', 'Dear Ben,')
  await expect(told).toContainText('.ipynb')
  await expect(ana.cells).toHaveCount(1)
  await told.getByRole('button').click()

  await ana.import('old.ipynb', OLD_NOTEBOOK)
  await expect(told).toContainText(/nbformat 3/)
  await told.getByRole('button').click()

  await ana.import('Tides.ipynb', SAMPLE_NOTEBOOK)
  await expect(ana.cells).toHaveCount(SAMPLE_CELLS)

  const other = SAMPLE_NOTEBOOK.replace('# Tides', '# Winds')
  const question = ana.page.getByRole('dialog')
  await ana.import('Winds.ipynb', other)
  await expect(question).toContainText('Winds.ipynb')
  await question.getByRole('button', { name: 'Cancel' }).click()
  await expect(ana.cell(0)).toContainText('Tides')
  await ana.import('Winds.ipynb', other)
  await question.getByTestId('confirm').click()
  await expect(ana.cell(0)).toContainText('Winds')
  await expect(ana.cells).toHaveCount(SAMPLE_CELLS)
})

test('a Jupyter Server with a wrong token, and one that does not know this page', async ({
  visitors,
  site,
  startJupyter,
}) => {
  // The browser itself reports both.
  const expects = [/status of 403/, /CORS policy/, /ERR_FAILED/]
  const ana = notebookPage((await visitors.open('Ana', { expects })).page)
  await ana.create(site.url)
  const { origin } = new URL(site.url)
  const refusal = ana.page.getByTestId('kernel-refusal')

  const right = await startJupyter(origin)
  await ana.chooseServer(right.address.replace(/token=\w+/, 'token=wrong'))
  await expect(refusal).toContainText(/token/)
  await expect(refusal).not.toContainText('wrong')
  await ana.page.keyboard.press('Escape')

  const foreign = await startJupyter('http://example.invalid')
  await ana.chooseServer(foreign.address)
  await expect(refusal).toContainText(`allow_origin=${origin}`)
})

test('signaling is down when the page opens, says so, and comes back', async ({ visitors, site, signaling }) => {
  await signaling.kill()
  const [ana, ben] = [notebookPage((await visitors.open('Ana')).page), notebookPage((await visitors.open('Ben')).page)]
  const address = await ana.create(site.url, signaling.url)
  await expect(ana.status).toHaveAttribute('data-link', 'offline')
  await expect(ana.page.getByTestId('problem')).toContainText(/signaling server/i)
  await ana.write(0, 'written = "while offline"')
  await signaling.start()
  await ben.page.goto(address)
  await expect(ben.source(0)).toHaveText('written = "while offline"', { timeout: 45_000 })
  await expect(ana.page.getByTestId('problem')).toHaveCount(0)
})

test('links: damaged, without their secret, from the future', async ({ visitors, site }) => {
  const { page } = await visitors.open('Ana')
  const address = await notebookPage(page).create(site.url)
  const problem = page.getByTestId('link-problem')
  const fragment = new URL(address).hash.slice(1)
  const middle = fragment.length >> 1
  const changed = fragment[middle] === 'A' ? 'B' : 'A'

  for (const damaged of [fragment.slice(0, -3), fragment.slice(0, middle) + changed + fragment.slice(middle + 1)]) {
    await page.goto('about:blank')
    await page.goto(`${site.url}#${damaged}`)
    await expect(problem).toContainText('incomplete or was changed')
  }
  await page.goto('about:blank')
  await page.goto(`${site.url}#9${fragment.slice(1)}`)
  await expect(problem).toContainText('newer version')

  await page.goto('about:blank')
  await page.goto(site.url)
  await page.getByRole('textbox').fill(site.url)
  await page.getByTestId('lobby-join').click()
  await expect(page.getByText('lacks the part after "#"')).toBeVisible()
})

test('a link opened while nobody is there waits, and both then have one copy', async ({ visitors, site }) => {
  const first = await visitors.open('Ana')
  const address = await notebookPage(first.page).create(site.url)
  await notebookPage(first.page).write(0, 'tide = 3')
  await notebookPage(first.page).import('Tides.ipynb', SAMPLE_NOTEBOOK)
  await first.page.getByTestId('confirm').click()
  await expect(notebookPage(first.page).cells).toHaveCount(SAMPLE_CELLS)
  await expect(notebookPage(first.page).status).toHaveAttribute('data-saved', 'disk')
  await first.quit()

  const ben = notebookPage((await visitors.open('Ben')).page)
  await ben.page.goto(address)
  await expect(ben.page.getByTestId('waiting')).toContainText('Nobody is here yet')
  await expect(ben.cells).toHaveCount(0)

  const ana = notebookPage((await visitors.open('Ana again', { profile: 'Ana' })).page)
  await ana.page.goto(address)
  for (const each of [ana, ben]) {
    await expect(each.cells).toHaveCount(SAMPLE_CELLS)
    await expect(each.status).toHaveAttribute('data-peers', '1')
  }
  expect(await ben.exported()).toBe(SAMPLE_NOTEBOOK)
  expect(await ana.exported()).toBe(SAMPLE_NOTEBOOK)
})

test('a duplicated tab is the same person', async ({ visitors, site }) => {
  const visitor = await visitors.open('Ana')
  const ana = notebookPage(visitor.page)
  const address = await ana.create(site.url)
  const copy = notebookPage(await visitor.newTab())
  await copy.page.goto(address)
  await copy.write(0, 'from_the_copy = True')
  await expect(ana.source(0)).toHaveText('from_the_copy = True')
  for (const each of [ana, copy]) {
    await expect(each.status).toHaveAttribute('data-peers', '1')
    await expect(each.page.getByTestId('person')).toHaveCount(1)
  }
})

test('a page on an insecure address says what to do', async ({ visitors, site }) => {
  const flags = ['--host-resolver-rules=MAP boat.test 127.0.0.1']
  // Chromium remarks that such an address gets no isolation.
  const { page } = await visitors.open('Ana', { flags, expects: [/Cross-Origin-Opener-Policy/] })
  await page.goto(`http://boat.test:${site.port}/#new`)
  await expect(page.getByTestId('failed')).toContainText('not secure')
  await expect(page.getByTestId('failed')).toContainText('https')
})
