import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SupermeshError } from '../../base/error.ts'
import { createCell } from '../../base/subscribe.ts'
import { asJsonText } from '../../jupyter/json-text.ts'
import { type Output, outputOf } from '../../jupyter/nbformat/index.ts'
import { notebookSchema } from '../../jupyter/schema.ts'
import { createLab } from '../../testing/lab.ts'
import type { ExecuteResult, Kernel, KernelBackend, KernelEvent, KernelStatus } from '../kernel.ts'
import { type RunHost, serveRuns } from './serve-runs.ts'

const ANA = { supernode: 'ana', term: 3 }
const OK: ExecuteResult = { status: 'ok', executionCount: 1 }

interface Call {
  readonly attempt: string
  readonly source: string
  say(event: KernelEvent): void
  end(result?: ExecuteResult): Promise<void>
  fail(error: unknown): Promise<void>
}

/** The platform's `Promise.withResolvers` is newer than the oldest Node.js that we support. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}

/** Lets everything that waits for a promise go on. */
const settle = () => vi.advanceTimersByTimeAsync(0)

function fakeKernel() {
  const calls: Call[] = []
  const replies: string[] = []
  const status = createCell<KernelStatus>('idle')
  const asked = { interrupts: 0, restarts: 0, disposals: 0 }
  const kernel: Kernel = {
    description: {
      id: 'k-1',
      session: 's',
      name: 'python3',
      displayName: 'Python',
      language: 'python',
      backend: 'embedded',
    },
    status,
    execute({ attempt, source }, say) {
      const { promise, resolve, reject } = deferred<ExecuteResult>()
      const end = async (result = OK) => {
        resolve(result)
        await settle()
      }
      const fail = async (error: unknown) => {
        reject(error)
        await settle()
      }
      calls.push({ attempt, source, say, end, fail })
      return promise
    },
    interrupt: async () => void asked.interrupts++,
    restart: async () => void asked.restarts++,
    reply: text => void replies.push(text),
    complete: async (_, cursor) => ({ matches: [], start: cursor, end: cursor }),
    inspect: async () => null,
    shutdown: async () => undefined,
    dispose: async () => void asked.disposals++,
  }
  return { kernel, calls, replies, status, asked }
}

function bench(opens: readonly (() => Promise<Kernel>)[]) {
  const { store } = createLab(notebookSchema).open('ana').replica
  const flushes: (() => void)[] = []
  const backend: KernelBackend = {
    open: () => {
      const open = opens[opened++]
      if (!open) throw new Error('opened too often')
      return open()
    },
  }
  let opened = 0
  let leads = true
  let slowDisk = false
  let brokenDisk = false
  const flushed = () =>
    brokenDisk
      ? Promise.reject(new SupermeshError('disk-full', 'The disk is full.'))
      : slowDisk
        ? new Promise<void>(resolve => flushes.push(resolve))
        : Promise.resolve()
  let refusals = 0
  const transact: typeof store.transact = write => {
    if (refusals-- > 0) throw new SupermeshError('no-right', 'This link does not allow to write.')
    return store.transact(write)
  }
  const room = { tables: store.tables, transact, flushed }
  const host: RunHost = serveRuns({ room, backend, address: ANA, stillLeads: () => leads })
  function request(id: string, cell: string): void {
    store.transact(tx => {
      const request = { source: `run ${id}`, peer: 'ben', name: 'Ben', ...ANA }
      tx.executions.create({ cell, request, go: ANA }, { id })
      tx.cells.create({ execution: id }, { id: cell })
    })
    host.start(id)
  }
  const row = (id: string) => store.tables.executions.get(id)
  return {
    host,
    row,
    get opened() {
      return opened
    },
    loseLead() {
      leads = false
    },
    slowDisk() {
      slowDisk = true
    },
    breakDisk(broken: boolean) {
      brokenDisk = broken
    },
    async diskDone() {
      for (const done of flushes.splice(0)) done()
      await settle()
    },
    async give(...ids: string[]) {
      for (const id of ids) request(id, `cell-of-${id}`)
      await settle()
    },
    /** Runs the cell of `first` again, as `next`. */
    async again(first: string, next: string) {
      request(next, `cell-of-${first}`)
      await settle()
    },
    /** The next `count` writes of the host throw. */
    refuseWrites(count: number) {
      refusals = count
    },
    remove: (id: string) => store.transact(tx => tx.executions.remove(id)),
    outputs: (id: string): readonly Output[] =>
      row(id)
        ?.outputs.toArray()
        .flatMap(({ json, display }) => {
          const text = asJsonText((display && row(id)?.displays.get(display)) ?? json)
          return text ? [outputOf(text)] : []
        }) ?? [],
    edits() {
      let count = 0
      store.changed.subscribe(() => count++)
      return () => count
    },
  }
}

function oneKernel() {
  const fake = fakeKernel()
  return { ...fake, ...bench([async () => fake.kernel]) }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const print = (text: string): KernelEvent => ({ type: 'stream', name: 'stdout', text })
const textOf = (outputs: readonly Output[]) => outputs.map(output => ('text' in output ? output.text : '')).join('')

describe('runs on the supernode', () => {
  it('begin one after the other, each once, with the exact source, marked before the kernel is called', async () => {
    const { host, give, calls, row, ...at } = oneKernel()
    at.slowDisk()
    await give('a', 'b')
    host.start('a')
    expect(row('a')?.start).toEqual({ ...ANA, kernel: 'k-1' })
    expect(calls, 'R4: not before the disk has it').toEqual([])
    await at.diskDone()
    expect(calls.map(({ attempt, source }) => [attempt, source])).toEqual([['a', 'run a']])
    await calls[0]?.end({ status: 'ok', executionCount: 5 })
    await at.diskDone()
    expect(row('a')?.finish).toEqual({ ...ANA, status: 'ok', executionCount: 5 })
    host.start('a')
    await calls[1]?.end({ status: 'error', executionCount: 6 })
    await at.diskDone()
    expect(calls.map(({ attempt }) => attempt)).toEqual(['a', 'b'])
    expect(row('b')?.finish?.status).toBe('error')
    host.dispose()
  })

  it('write what they print in a few edits, and all of it before they finish', async () => {
    const { give, calls, outputs, row, ...at } = oneKernel()
    await give('a')
    const edits = at.edits()
    for (let i = 0; i < 1000; i++) calls[0]?.say(print(`${i}\n`))
    expect(edits()).toBe(0)
    await vi.advanceTimersByTimeAsync(60)
    expect(edits()).toBe(1)
    calls[0]?.say(print('last'))
    await calls[0]?.end()
    expect(textOf(outputs('a'))).toMatch(/^0\n1\n(\d+\n)*999\nlast$/)
    expect(row('a')?.finish?.status).toBe('ok')
    calls[0]?.say(print(' from a thread'))
    await vi.advanceTimersByTimeAsync(60)
    expect(textOf(outputs('a'))).toMatch(/last from a thread$/)
  })

  it('change a display also where an earlier run showed it, whatever its id', async () => {
    const { give, calls, outputs } = oneKernel()
    const displayId = 'an id of any length and any character 🦓'.repeat(10)
    const data = (text: string) => ({ data: { 'text/plain': text }, metadata: {} })
    await give('a', 'b')
    calls[0]?.say({ type: 'display_data', displayId, ...data('old') })
    await calls[0]?.end()
    calls[1]?.say({ type: 'update_display_data', displayId, ...data('new') })
    calls[1]?.say({ type: 'update_display_data', displayId: 'unknown', ...data('nowhere') })
    await calls[1]?.end()
    expect(outputs('a')).toEqual([{ type: 'display_data', ...data('new') }])
    expect(outputs('b')).toEqual([])
  })

  it('Q8: change a display only where it is still seen', async () => {
    const { give, again, calls, outputs, row } = oneKernel()
    const data = (text: string) => ({ data: { 'text/plain': text }, metadata: {}, displayId: 'plot' })
    await give('elsewhere', 'a')
    calls[0]?.say({ type: 'display_data', ...data('0') })
    await calls[0]?.end()
    calls[1]?.say({ type: 'display_data', ...data('1') })
    await calls[1]?.end()
    await again('a', 'b')
    calls[2]?.say({ type: 'display_data', ...data('2') })
    await vi.advanceTimersByTimeAsync(60)
    calls[2]?.say({ type: 'update_display_data', ...data('3') })
    await calls[2]?.end()
    expect([...(row('a')?.displays ?? [])]).toEqual([])
    const shown = { type: 'display_data', data: { 'text/plain': '3' }, metadata: {} }
    expect(outputs('b')).toEqual([shown])
    expect(outputs('elsewhere')).toEqual([shown])
  })

  it('Q8: may show a large display in many cells, and change it in all of them', async () => {
    const { give, calls, outputs, row } = oneKernel()
    const data = (text: string) => ({ data: { 'image/png': text.repeat(5e6) }, metadata: {}, displayId: 'plot' })
    const runs = Array.from({ length: 8 }, (_, i) => `r${i}`)
    for (const [i, run] of runs.entries()) {
      await give(run)
      calls[i]?.say({ type: 'display_data', ...data('A') })
      await calls[i]?.end()
    }
    await give('last')
    calls[8]?.say({ type: 'update_display_data', ...data('B') })
    await calls[8]?.end()
    expect(row('last')?.finish?.status).toBe('ok')
    const letters = runs.map(run => outputs(run).map(output => 'data' in output && String(output.data['image/png'])[0]))
    expect(letters).toEqual(runs.map(() => ['B']))
  }, 30_000)

  it('Q7: that are removed hold up nothing, whenever they go', async () => {
    const { give, calls, row, remove, ...at } = oneKernel()
    at.slowDisk()
    await give('early', 'running', 'prompting', 'waiting', 'last')
    remove('early')
    remove('waiting')
    await at.diskDone()
    await at.diskDone()
    expect(calls.map(({ attempt }) => attempt)).toEqual(['running'])
    remove('running')
    calls[0]?.say(print('nobody reads this'))
    await vi.advanceTimersByTimeAsync(60)
    await calls[0]?.end()
    await at.diskDone()
    remove('prompting')
    calls[1]?.say({ type: 'input-request', prompt: '?', password: false })
    await calls[1]?.fail(new Error('gone'))
    await at.diskDone()
    await at.diskDone()
    expect(calls.map(({ attempt }) => attempt)).toEqual(['running', 'prompting', 'last'])
    await calls[2]?.end()
    expect(row('last')?.finish?.status).toBe('ok')
  })

  it('Q7: whose display was shown by a removed run go on', async () => {
    const { give, calls, row, remove } = oneKernel()
    const data = { data: {}, metadata: {}, displayId: 'plot' }
    await give('a', 'b')
    calls[0]?.say({ type: 'display_data', ...data })
    await calls[0]?.end()
    remove('a')
    calls[1]?.say({ type: 'update_display_data', ...data })
    await calls[1]?.end()
    expect(row('b')?.finish?.status).toBe('ok')
  })

  it('Q6: do not begin when their start cannot be kept, and the next one goes on', async () => {
    const { give, calls, outputs, row, ...at } = oneKernel()
    at.breakDisk(true)
    await give('a')
    expect(row('a')?.finish?.status).toBe('error')
    expect(outputs('a')[0]).toMatchObject({ evalue: 'The disk is full.' })
    at.breakDisk(false)
    await give('b')
    expect(calls.map(({ attempt }) => attempt)).toEqual(['b'])
  })

  it('Q7: end with the reason when what they say cannot be written, and the next one goes on', async () => {
    const { give, calls, row, refuseWrites } = oneKernel()
    await give('a', 'b')
    refuseWrites(1)
    calls[0]?.say(print('lost'))
    await calls[0]?.end()
    expect(row('a')?.finish?.status).toBe('error')
    refuseWrites(1)
    await calls[1]?.end()
    expect(row('b')?.finish).toBeNull()
    await give('c')
    expect(calls[2]?.attempt).toBe('c')
  })

  it('show a prompt after what was printed before it, and clear it at the end', async () => {
    const { host, give, calls, outputs, row, replies } = oneKernel()
    await give('a')
    calls[0]?.say(print('before'))
    calls[0]?.say({ type: 'input-request', prompt: 'Name?', password: true })
    expect(textOf(outputs('a'))).toBe('before')
    expect(row('a')?.prompt).toEqual({ text: 'Name?', password: true })
    host.reply('another run', 'x')
    host.reply('a', 'Zoë')
    expect(replies).toEqual(['Zoë'])
    await calls[0]?.end()
    expect(row('a')?.prompt).toBeNull()
  })

  it('end with the reason when the kernel throws, and the next one runs', async () => {
    const { give, calls, outputs, row } = oneKernel()
    await give('a', 'b')
    await calls[0]?.fail(new SupermeshError('kernel-lost', 'The kernel has ended. Start Python again.'))
    expect(row('a')?.finish?.status).toBe('error')
    expect(outputs('a')[0]).toMatchObject({ type: 'error', evalue: 'The kernel has ended. Start Python again.' })
    expect(calls[1]?.attempt).toBe('b')
  })

  it('end with the reason when no kernel can be opened, and the next one tries again', async () => {
    const { kernel, calls } = fakeKernel()
    const refuse = () =>
      Promise.reject(new SupermeshError('wrong-token', 'The token is wrong. Copy the address again.'))
    const { give, host, outputs, row } = bench([refuse, async () => kernel])
    await give('a')
    expect(row('a')).toMatchObject({ start: null, finish: { ...ANA, status: 'error' } })
    expect(outputs('a')[0]).toMatchObject({ evalue: 'The token is wrong. Copy the address again.' })
    expect(host.state.getSnapshot().problem).toBe('The token is wrong. Copy the address again.')
    await give('b')
    expect(host.state.getSnapshot().problem).toBe('')
    expect(calls[0]?.attempt).toBe('b')
  })

  it('get a new kernel when theirs is dead', async () => {
    const [first, second] = [fakeKernel(), fakeKernel()]
    const { give, row, host } = bench([async () => first.kernel, async () => second.kernel])
    await give('a')
    first.status.set('dead')
    await first.calls[0]?.end({ status: 'error', executionCount: null })
    expect(row('a')?.finish?.status).toBe('error')
    expect(host.state.getSnapshot().state).toBe('dead')
    await give('b')
    expect(first.asked.disposals).toBe(1)
    expect(second.calls[0]?.attempt).toBe('b')
    expect(host.state.getSnapshot().state).toBe('idle')
  })

  it('that wait are let go by a restart, and by an interrupt of the one that runs', async () => {
    const { host, give, calls, asked, row, outputs } = oneKernel()
    await give('a', 'b')
    await host.interrupt('b')
    expect(asked.interrupts, 'b does not run').toBe(0)
    await host.interrupt('a')
    expect(asked.interrupts).toBe(1)
    expect(row('b')?.finish?.status).toBe('aborted')
    expect(outputs('b')[0]).toMatchObject({ evalue: expect.stringMatching(/interrupted\. Run it again\.$/) })
    await give('c')
    await host.restart()
    expect(asked.restarts).toBe(1)
    expect(row('c')?.finish?.status).toBe('aborted')
    await calls[0]?.end({ status: 'error', executionCount: null })
    await give('d')
    expect(calls.map(({ attempt }) => attempt)).toEqual(['a', 'd'])
  })

  it('that somebody interrupts while their start goes to disk never reach the kernel, and hold up nothing', async () => {
    const { host, give, calls, asked, row, outputs, ...at } = oneKernel()
    at.slowDisk()
    await give('a')
    expect(row('a')?.start, 'shown as running').not.toBeNull()
    await host.interrupt('a')
    expect(row('a')?.finish?.status).toBe('aborted')
    expect(outputs('a')[0]).toMatchObject({ evalue: expect.stringMatching(/interrupted\. Run it again\.$/) })
    expect(asked.interrupts, 'the next must not be hit').toBe(0)
    await give('b')
    await at.diskDone()
    expect(calls.map(({ attempt }) => attempt)).toEqual(['b'])
  })

  it('L3: do not begin when the page slept while their start went to disk', async () => {
    const { give, calls, ...at } = oneKernel()
    at.slowDisk()
    await give('a')
    at.loseLead()
    await at.diskDone()
    expect(calls).toEqual([])
  })

  it('are left as they are when the lead ends, and the kernel is let go', async () => {
    const { host, give, calls, asked, row, ...at } = oneKernel()
    await give('a', 'b')
    const edits = at.edits()
    calls[0]?.say(print('unseen'))
    host.dispose()
    host.dispose()
    calls[0]?.say({ type: 'input-request', prompt: '', password: false })
    await calls[0]?.end()
    await vi.advanceTimersByTimeAsync(1000)
    expect(asked.disposals).toBe(1)
    expect(edits()).toBe(0)
    expect(row('a')?.finish).toBeNull()
    expect(calls).toHaveLength(1)
  })

  it('let go of a kernel that opened too late', async () => {
    const { kernel, calls, asked } = fakeKernel()
    const opening = deferred<Kernel>()
    const { host, give } = bench([() => opening.promise])
    await give('a')
    expect(host.state.getSnapshot().state).toBe('starting')
    host.dispose()
    opening.resolve(kernel)
    await settle()
    expect(asked.disposals).toBe(1)
    expect(calls).toEqual([])
  })
})
