/**
 * Every kernel behind the port keeps one contract: Python in an isolated page, in one that is not, and a real server's.
 */
import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { pageHeaders } from '../signaling/page-headers.ts'
import type { StepReport } from '../src/host/kernel-contract.ts'
import { buildPage } from './fixture/page-build.ts'
import { openStaticHost } from './fixture/static-host.ts'
import { expect, test } from './fixture/test.ts'
import { PROJECT } from './setup/command.ts'

const KERNELS = [
  { name: 'embedded Python in an isolated page', isolated: true, server: false },
  { name: 'embedded Python on a plain host', isolated: false, server: false },
  { name: 'a real Jupyter Server', isolated: true, server: true },
] as const

let folders: Record<string, string>

test.beforeAll(async () => {
  folders = { '/pyodide/': join(PROJECT, 'node_modules', 'pyodide'), '/': await buildPage('kernels') }
})

for (const { name, isolated, server } of KERNELS) {
  test(`${name} keeps the contract`, async ({ visitors, startJupyter }) => {
    test.setTimeout(180_000)
    const host = await openStaticHost(folders, isolated ? pageHeaders : {})
    const ana = await visitors.open('Ana')
    await ana.page.goto(host.url)
    const address = server ? (await startJupyter(new URL(host.url).origin)).address : null
    const reports = await checkIn(ana.page, address)
    expect(reports.filter(({ deviations }) => deviations.length > 0)).toEqual([])
    expect(reports.length).toBeGreaterThan(20)
    // Before its server, which would be missed by a last look.
    await ana.kill()
    await host.dispose()
  })
}

function checkIn(page: Page, address: string | null): Promise<readonly StepReport[]> {
  return page.evaluate(
    at => (window as unknown as { check(at: string | null): Promise<readonly StepReport[]> }).check(at),
    address,
  )
}
