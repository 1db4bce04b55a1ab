/**
 * What goes wrong at a desk: wrong files, wrong addresses, nobody there. Each is told in a sentence, and nothing is lost.
 */
import { KERNEL_START, notebookPage } from './fixture/notebook-page.ts'
import { SAMPLE_CELLS, SAMPLE_NOTEBOOK } from './fixture/sample-notebook.ts'
import { openStaticHost } from './fixture/static-host.ts'
import { DIST, expect, test } from './fixture/test.ts'

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

  await ana.chooseServer('jibberish')
  await expect(refusal).toContainText('no whole address')
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

test('"#new" in a tab that has a room makes one other room, which the address names', async ({ visitors, site }) => {
  const visitor = await visitors.open('Ana')
  const ana = notebookPage(visitor.page)
  const first = await ana.create(site.url)
  await ana.write(0, 'in = "the first room"')
  await ana.page.goto(`${site.url}#new`)
  await expect(ana.page).toHaveURL(/#1e/)
  expect(ana.page.url()).not.toBe(first)
  await expect(ana.cells).toHaveCount(1)
  await expect(ana.source(0)).not.toContainText('first room')
  await ana.write(0, 'x = "the second room"')

  const ben = notebookPage((await visitors.open('Ben')).page)
  await ben.page.goto(ana.page.url())
  await expect(ben.source(0)).toHaveText('x = "the second room"')
  for (const each of [ana, ben]) await expect(each.status).toHaveAttribute('data-peers', '1')
  await expect(ana.status).toHaveAttribute('data-saved', 'disk')
  await ana.page.reload()
  await expect(ana.source(0)).toHaveText('x = "the second room"')
  await ana.page.goBack()
  await expect(ana.source(0)).toHaveText('in = "the first room"')
})

test('a signaling server that is none, and none at all', async ({ visitors }) => {
  // The plain host has no relay, which the browser reports.
  const host = await openStaticHost({ '/': DIST })
  const ana = notebookPage((await visitors.open('Ana')).page)
  await ana.page.goto(`${host.url}?signaling=foo#new`)
  await expect(ana.page.getByTestId('address-problem')).toContainText('"foo" in the address names no signaling server')
  await expect(ana.page.getByTestId('problem')).toContainText('No signaling server answers at this page')
  await ana.page.goto(`${host.url}?signaling=foo`)
  await expect(ana.page.getByTestId('link-problem')).toContainText('"foo"')
  await host.dispose()
})

test('a Python that could not be loaded is loaded when it is wanted again', async ({ visitors, site }) => {
  const ana = await visitors.open('Ana', { expects: [/pyodide|ERR_FAILED/] })
  const anas = notebookPage(ana.page)
  await ana.context.route('**/pyodide.asm.wasm', route => route.abort())
  await anas.create(site.url)
  await anas.write(0, '6 * 7')
  await anas.run(0)
  await expect(anas.cell(0)).toHaveAttribute('data-run-state', 'failed', KERNEL_START)
  await ana.context.unroute('**/pyodide.asm.wasm')
  await anas.run(0)
  await expect(anas.outputs(0)).toHaveText('42', KERNEL_START)
})

test('a clock that is wrong by years does no harm', async ({ visitors, site }) => {
  const [ana, ben] = [notebookPage((await visitors.open('Ana')).page), notebookPage((await visitors.open('Ben')).page)]
  await ben.page.addInitScript(() => {
    const now = Date.now
    Date.now = () => now() - 20 * 365 * 86_400_000
  })
  await ben.page.goto(await ana.create(site.url))
  await ben.write(0, '"from the past"')
  await expect(ana.source(0)).toHaveText('"from the past"')
  await ana.write(0, '"from the present"')
  await expect(ben.source(0)).toHaveText('"from the present"')
  await ben.run(0)
  for (const each of [ana, ben]) {
    await expect(each.outputs(0)).toContainText('from the present', KERNEL_START)
    await expect(each.status).toHaveAttribute('data-peers', '1')
  }
})

test('a browser without WebRTC says so, and works alone', async ({ visitors, site }) => {
  const ana = notebookPage((await visitors.open('Ana')).page)
  await ana.page.addInitScript(() => Reflect.deleteProperty(window, 'RTCPeerConnection'))
  await ana.create(site.url)
  await expect(ana.page.getByTestId('problem')).toHaveAttribute('data-code', 'no-webrtc')
  await ana.write(0, '6 * 7')
  await ana.run(0)
  await expect(ana.outputs(0)).toHaveText('42', KERNEL_START)
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
