/**
 * One afternoon in a room, with embedded Python and with a real Jupyter Server: people come, write, run code, lose their
 * signaling server and their supernode, leave and come back.
 */

import { KERNEL_START, type NotebookPage, notebookPage } from './fixture/notebook-page.ts'
import { SAMPLE_CELLS, SAMPLE_NOTEBOOK } from './fixture/sample-notebook.ts'
import { expect, test } from './fixture/test.ts'
import type { Visitor } from './fixture/visitors.ts'

const KERNELS = [
  { name: 'embedded Python', server: false },
  { name: 'a real Jupyter Server', server: true },
] as const

/** Prints before and after it waits for a person, so that output that comes only at the end would show. */
const STREAMING = "print('before the question')\nanswer = input('How high? ')\nprint('after it:', answer)"
const ENDLESS = "print('going')\nwhile True: pass"

for (const { name, server } of KERNELS) {
  test(`people share a notebook that runs on ${name}`, async ({ visitors, site, signaling, startJupyter }) => {
    test.setTimeout(240_000)
    const ana = await visitors.open('Ana')
    const anas = notebookPage(ana.page)
    const address = await anas.create(site.url, signaling.url)

    await test.step('the first page runs the code', async () => {
      if (server) {
        const { address } = await startJupyter(new URL(site.url).origin)
        await anas.chooseServer(address)
        await expect(anas.kernel).toContainText('Jupyter Server', KERNEL_START)
      }
      await expect(anas.kernel).toHaveAttribute('data-self', 'true', KERNEL_START)
      await anas.import('Tides.ipynb', SAMPLE_NOTEBOOK)
      await expect(anas.cells).toHaveCount(SAMPLE_CELLS)
    })

    const ben = await visitors.open('Ben')
    const bens = notebookPage(ben.page)
    const both = [anas, bens]

    await test.step('the link shows the second browser what the first one imported', async () => {
      await ben.page.goto(address)
      await expect(bens.cells).toHaveCount(SAMPLE_CELLS)
      await expect(bens.cell(0)).toContainText('Tides')
      await expect(bens.outputs(1)).toContainText('high water at noon')
      expect(await bens.exported()).toBe(SAMPLE_NOTEBOOK)
    })

    await test.step('typing in both converges', async () => {
      await Promise.all([
        anas.type(1, 'Control+End', '\n# Ana was here'),
        bens.type(1, 'Control+Home', '# Ben was here\n'),
      ])
      for (const each of both) {
        await expect(each.source(1)).toContainText('# Ana was here')
        await expect(each.source(1)).toContainText('# Ben was here')
      }
      await expect
        .poll(async () => (await bens.source(1).textContent()) === (await anas.source(1).textContent()))
        .toBe(true)
    })

    await test.step('a run asked by the other peer streams to both, and its question is for who asked', async () => {
      await expect(bens.kernel).toHaveAttribute('data-self', 'false')
      await bens.write(2, STREAMING)
      await bens.run(2)
      for (const each of both) await expect(each.outputs(2)).toContainText('before the question', KERNEL_START)
      await expect(anas.cell(2)).toHaveAttribute('data-run-state', 'running')
      await expect(anas.page.getByTestId('prompt')).toHaveCount(0)
      await ben.page.getByTestId('prompt').getByRole('textbox').fill('three metres')
      await ben.page.getByTestId('prompt').getByRole('button').click()
      for (const each of both) {
        await expect(each.outputs(2)).toContainText('after it: three metres')
        await expect(each.cell(2)).toHaveAttribute('data-run-state', 'done')
      }
    })

    await test.step('an error shows its traceback on both', async () => {
      const failing = await bens.append('heights = []\nheights[3]')
      await expect(anas.source(failing)).toContainText('heights[3]')
      await bens.run(failing)
      for (const each of both) {
        await expect(each.outputs(failing)).toContainText('IndexError: list index out of range')
        await expect(each.outputs(failing)).toContainText('heights[3]')
        await expect(each.cell(failing)).toHaveAttribute('data-run-state', 'failed')
      }
    })

    const endless = await bens.append(ENDLESS)
    await test.step('interrupt stops an endless loop', () => interruptedBy(bens, anas, endless))

    await test.step('without the signaling server all of that goes on', async () => {
      await signaling.kill()
      await anas.write(endless, "print('still', 'connected')")
      await expect(bens.source(endless)).toContainText("'connected'")
      await bens.run(endless)
      for (const each of both) await expect(each.outputs(endless)).toContainText('still connected')
      await bens.write(endless, ENDLESS)
      await expect(anas.source(endless)).toContainText('while True')
      await interruptedBy(bens, anas, endless)
      await bens.write(endless, "print('still', 'connected')")
      await bens.run(endless)
      for (const each of both) await expect(each.outputs(endless)).toContainText('still connected')
    })

    const cleo = await visitors.open('Cleo')
    const cleos = notebookPage(cleo.page)

    await test.step('a third browser joins when signaling is back, and has everything', async () => {
      await signaling.start()
      await cleo.page.goto(address)
      await expect(cleos.cells).toHaveCount(endless + 1, { timeout: 45_000 })
      await expect(cleos.outputs(endless)).toContainText('still connected')
      expect(await cleos.exported()).toBe(await anas.exported())
      await expect(cleos.status).toHaveAttribute('data-peers', '2')
    })

    await test.step('the supernode is killed: another peer takes over, says so, and runs a cell', async () => {
      await ana.kill()
      const left = [bens, cleos]
      for (const each of left) {
        await expect(each.notice).toContainText(/Python moved to .+, variables are gone/, { timeout: 45_000 })
      }
      const hosting = await Promise.all(left.map(each => each.kernel.getAttribute('data-self')))
      expect(hosting.toSorted()).toEqual(['false', 'true'])
      const asking = hosting[0] === 'false' ? bens : cleos
      await asking.write(endless, "print('heights' in dir(), 'and onwards')")
      await asking.run(endless)
      for (const each of left) await expect(each.outputs(endless)).toContainText('False and onwards', KERNEL_START)
    })

    await test.step('everyone leaves; one returns alone and finds the notebook', async () => {
      const before = await bens.exported()
      await expect(bens.status).toHaveAttribute('data-saved', 'disk')
      await ben.quit()
      await cleo.quit()
      const returned = notebookPage((await visitors.open('Ben again', { profile: 'Ben' })).page)
      await returned.page.goto(address)
      await expect(returned.cells).toHaveCount(endless + 1)
      await expect(returned.status).toHaveAttribute('data-link', 'alone')
      await expect(returned.outputs(endless)).toContainText('False and onwards')
      expect(await returned.exported()).toBe(before)
    })
  })
}

async function interruptedBy(asking: NotebookPage, watching: NotebookPage, index: number): Promise<void> {
  await asking.run(index)
  for (const each of [asking, watching]) {
    await expect(each.cell(index)).toHaveAttribute('data-run-state', 'running', KERNEL_START)
    await expect(each.outputs(index)).toContainText('going')
  }
  await asking.page.getByTestId('interrupt').click()
  for (const each of [asking, watching]) {
    await expect(each.cell(index)).toHaveAttribute('data-run-state', 'failed')
    await expect(each.outputs(index)).toContainText('KeyboardInterrupt')
  }
}

/** Looks for everything that a page of the demo's origin could reach, and says what it got. */
const PRYING = `
import js
async def attempt(name, work):
    try:
        print(name, 'gave', await work())
    except Exception as error:
        print(name, 'refused:', str(error).splitlines()[0])

async def databases():
    return (await js.indexedDB.databases()).length
async def caches():
    return (await js.caches.keys()).length
async def files():
    return (await js.navigator.storage.getDirectory()).kind
async def page():
    return (await js.fetch('ORIGIN')).status
def speak():
    js.BroadcastChannel.new('overheard').postMessage('python was here')
print('origin', js.origin)
await attempt('databases', databases)
await attempt('caches', caches)
await attempt('files', files)
await attempt('page', page)
speak()
print('all tried')
`

test('Python in a cell reaches neither the storage of the page nor its channels', async ({ visitors, site }) => {
  // Chromium reports the refusal of `databases` once more, as an error without words.
  const ana = await visitors.open('Ana', { expects: [/^undefined$/] })
  const anas = notebookPage(ana.page)
  await anas.create(site.url)
  await listenIn(ana)
  // What Python may not do a page of the same origin can: the probes work.
  const neighbour = await ana.newTab()
  await neighbour.goto(site.url)
  const reached = await neighbour.evaluate(async () => {
    new BroadcastChannel('overheard').postMessage('a page was here')
    const files = await navigator.storage.getDirectory()
    const { status } = await fetch(location.href)
    return {
      databases: (await indexedDB.databases()).length > 0,
      caches: await caches.keys(),
      files: files.kind,
      status,
    }
  })
  expect(reached).toEqual({ databases: true, caches: [], files: 'directory', status: 200 })
  await expect.poll(() => heard(ana)).toEqual(['a page was here'])
  await anas.write(0, PRYING.replace('ORIGIN', site.url))
  await anas.run(0)
  const outputs = anas.outputs(0)
  await expect(outputs).toContainText('all tried', KERNEL_START)
  for (const refusal of [
    'origin null',
    'databases refused: SecurityError',
    // What only secure contexts have is not even there.
    'caches refused: caches',
    'files refused: storage',
    'page refused: TypeError: Failed to fetch',
  ]) {
    await expect(outputs).toContainText(refusal)
  }
  // Messages keep their order: had Python been heard, it would be before this.
  await neighbour.evaluate(() => new BroadcastChannel('overheard').postMessage('the page again'))
  await expect.poll(() => heard(ana)).toEqual(['a page was here', 'the page again'])
})

interface Listening {
  overheard: string[]
}

const listenIn = ({ page }: Visitor) =>
  page.evaluate(() => {
    const here = window as unknown as Listening
    here.overheard = []
    new BroadcastChannel('overheard').onmessage = event => here.overheard.push(String(event.data))
  })

const heard = ({ page }: Visitor) => page.evaluate(() => (window as unknown as Listening).overheard)
