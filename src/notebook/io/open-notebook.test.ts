import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SupermeshError } from '../../base/error.ts'
import { createCell } from '../../base/subscribe.ts'
// Loaded beforehand, because a page loads it only when it leads.
import '../../host/io/serve-runs.ts'
import type { Kernel, KernelBackend, KernelEvent, KernelStatus } from '../../host/kernel.ts'
import { type NotebookSchema, notebookSchema } from '../../jupyter/schema.ts'
import type { JsonValue } from '../../protocol/patch.ts'
import type { Room } from '../../room/room.ts'
import { createWorld } from '../../testing/world.ts'
import { fillNotebook } from '../file.ts'
import type { Notebook, RunState } from '../notebook.ts'
import { openNotebook } from './open-notebook.ts'

type Script = (source: string, say: (event: KernelEvent) => void, kernel: FakeKernel) => Promise<'ok' | 'error'> | 'ok'

interface FakeKernel {
  readonly sources: string[]
  interrupts: number
  restarts: number
  onReply: (text: string) => void
}

/** A backend whose kernels do what `script` says. */
function fakeBackend(script: Script = () => 'ok') {
  const kernels: FakeKernel[] = []
  const backend: KernelBackend = {
    async open() {
      const fake: FakeKernel = { sources: [], interrupts: 0, restarts: 0, onReply: () => undefined }
      kernels.push(fake)
      const kernel: Kernel = {
        description: {
          id: `k-${kernels.length}`,
          session: 's',
          name: 'python3',
          displayName: 'Python',
          language: 'python',
          backend: 'embedded',
        },
        status: createCell<KernelStatus>('idle'),
        async execute({ source }, say) {
          fake.sources.push(source)
          return { status: await script(source, say, fake), executionCount: fake.sources.length }
        },
        interrupt: async () => void fake.interrupts++,
        restart: async () => void fake.restarts++,
        reply: text => fake.onReply(text),
        complete: async (_, cursor) => ({ matches: [], start: cursor, end: cursor }),
        inspect: async () => null,
        shutdown: async () => undefined,
        dispose: async () => undefined,
      }
      return kernel
    },
  }
  return { backend, kernels, sources: () => kernels.flatMap(({ sources }) => sources) }
}

/** Rooms of a few people whose links never fail, and disks that a test can hold up. */
function party() {
  const world = createWorld({ seed: 1 })
  const disk = { writing: Promise.resolve() }
  const names: string[] = []
  const roomOf = (name: string) => world.rooms(notebookSchema, [name])[0]
  const peerOf = (name: string) => roomOf(name).me.getSnapshot()?.peer ?? ''
  return {
    disk,
    peerOf,
    join(name: string): Room<NotebookSchema> {
      names.push(name)
      return { ...roomOf(name), flushed: () => disk.writing }
    },
    /** Lets virtual time pass, with everything that is under way delivered. */
    async pass(milliseconds: number): Promise<void> {
      for (let passed = 0; passed <= milliseconds; passed += 50) {
        world.pass(50)
        await vi.advanceTimersByTimeAsync(50)
        await vi.dynamicImportSettled()
      }
    },
    /** Nobody hears of this page any more. */
    leave: (name: string) => void world.partition(names.filter(other => other !== name)),
    whisper(to: string, from: string, body: JsonValue): void {
      roomOf(from)
        .channel<JsonValue>('kernel')
        .send(body, { to: peerOf(to) })
    },
  }
}

const stateOf = (notebook: Notebook, index = 0): RunState | undefined => notebook.cells.getSnapshot()[index]?.run?.state
const idOf = (notebook: Notebook, index = 0): string => notebook.cells.getSnapshot()[index]?.id ?? ''
const runOf = (notebook: Notebook, index = 0) => notebook.cells.getSnapshot()[index]?.run

async function anaAndBen(script?: Script) {
  const here = party()
  const hosts = { ana: fakeBackend(script), ben: fakeBackend(script) }
  const room = here.join('ana')
  room.transact(fillNotebook)
  const ana = openNotebook(room, { backends: { embedded: async () => hosts.ana.backend }, fresh: true })
  await here.pass(500)
  const benRoom = here.join('ben')
  const ben = openNotebook(benRoom, { backends: { embedded: async () => hosts.ben.backend } })
  await here.pass(500)
  open.push(ana, ben)
  return { ...here, ana, ben, hosts, room, benRoom }
}

const open: Notebook[] = []
beforeEach(() => void vi.useFakeTimers())
afterEach(() => {
  for (const notebook of open.splice(0)) notebook.dispose()
  vi.useRealTimers()
})

describe('a notebook of two people', () => {
  it('runs what one asks on the page of the other, and both see it', async () => {
    const { ana, ben, hosts, pass } = await anaAndBen((source, say) => {
      say({ type: 'stream', name: 'stdout', text: `ran ${source}` })
      return 'ok'
    })
    ben.cells.getSnapshot()[0]?.source.splice(0, 0, '1 + 1')
    ben.run(idOf(ben))
    await pass(500)
    expect(hosts.ana.sources()).toEqual(['1 + 1'])
    expect(hosts.ben.sources()).toEqual([])
    for (const notebook of [ana, ben]) {
      expect(runOf(notebook)).toMatchObject({ state: 'done', askedBy: 'ben', ranBy: 'ana', executionCount: 1 })
      expect(runOf(notebook)?.outputs).toEqual([{ type: 'stream', name: 'stdout', text: 'ran 1 + 1' }])
    }
    expect([ana, ben].map(({ supernode }) => supernode.getSnapshot().self)).toEqual([true, false])
  })

  it('L5: goes on at the other page when one leaves, and says that variables are gone', async () => {
    const { ana, ben, hosts, pass, leave } = await anaAndBen()
    ben.run(idOf(ben))
    await pass(500)
    ana.dispose()
    leave('ana')
    await pass(4000)
    expect(ben.supernode.getSnapshot()).toMatchObject({
      self: true,
      notice: 'Python moved to this page, variables are gone.',
    })
    ben.run(idOf(ben))
    await pass(500)
    expect(hosts.ben.sources()).toHaveLength(1)
    expect(stateOf(ben)).toBe('done')
  })

  it('R6: marks as lost what ran when its page went, and does not repeat it', async () => {
    const { ana, ben, hosts, pass, leave } = await anaAndBen(() => new Promise(() => undefined))
    ben.run(idOf(ben))
    await pass(500)
    expect(stateOf(ben)).toBe('running')
    ana.dispose()
    leave('ana')
    await pass(10_000)
    expect(stateOf(ben)).toBe('lost')
    expect(hosts.ben.sources()).toEqual([])
  })

  it('L3: starts nothing on a page that slept after the go, and the run says so', async () => {
    const { ana, ben, hosts, pass, disk } = await anaAndBen()
    let written: () => void = () => undefined
    disk.writing = new Promise(resolve => {
      written = resolve
    })
    ben.run(idOf(ben))
    await pass(500)
    expect(stateOf(ben)).toBe('running')
    // Both computers sleep for ten seconds; the disk's answer is the first that Ana's page hears.
    vi.setSystemTime(Date.now() + 10_000)
    written()
    await pass(5000)
    expect([...hosts.ana.sources(), ...hosts.ben.sources()]).toEqual([])
    expect(stateOf(ben)).toBe('lost')
    ben.run(idOf(ben))
    await pass(500)
    expect(stateOf(ben)).toBe('done')
    expect(ana.cells.getSnapshot()[0]?.run?.state).toBe('done')
  })

  it('R7: gives the answer of who asked, and of nobody else, and never twice', async () => {
    const answers: string[] = []
    const { ana, ben, pass, whisper } = await anaAndBen((_, say, kernel) => {
      say({ type: 'input-request', prompt: 'Name?', password: false })
      return new Promise(resolve => {
        kernel.onReply = text => {
          answers.push(text)
          if (answers.length === 2) resolve('ok')
        }
      })
    })
    ben.run(idOf(ben))
    await pass(500)
    const run = runOf(ben)
    expect(run?.prompt).toEqual({ text: 'Name?', password: false, mine: true })
    expect(runOf(ana)?.prompt?.mine).toBe(false)
    ana.answer(run?.id ?? '', 'from ana')
    for (const nonsense of [null, 'reply', { verb: 'reply' }, { verb: 'reply', execution: 'no such run', text: '' }]) {
      whisper('ana', 'ben', nonsense)
    }
    ben.answer(run?.id ?? '', 'from ben')
    ben.answer(run?.id ?? '', 'again')
    await pass(200)
    expect(answers).toEqual(['from ben'])
    expect(runOf(ben)?.prompt).toBeNull()
  })

  it('L1: moves to the Jupyter Server that somebody brings', async () => {
    const { pass, hosts, join, ana } = await anaAndBen()
    const server = fakeBackend()
    const cleo = openNotebook(join('cleo'), { backends: { server: async () => server.backend } })
    open.push(cleo)
    await pass(500)
    await cleo.offerServer('http://127.0.0.1:8888/?token=t')
    await pass(500)
    ana.run(idOf(ana))
    await pass(500)
    expect(server.sources()).toHaveLength(1)
    expect(hosts.ana.sources()).toEqual([])
    expect(ana.supernode.getSnapshot()).toMatchObject({ name: 'cleo', kernel: 'Jupyter Server (Python)' })
  })
})

describe('a notebook', () => {
  it('keeps a run until somebody can host, and then runs it once', async () => {
    const { join, pass } = party()
    const host = fakeBackend()
    const room = join('ana')
    room.transact(fillNotebook)
    const ana = openNotebook(room, { backends: {}, fresh: true })
    open.push(ana)
    await pass(500)
    ana.run(idOf(ana))
    await pass(5000)
    expect(stateOf(ana)).toBe('waiting')
    expect(ana.supernode.getSnapshot().state).toBe('nobody')
    open.push(openNotebook(join('ben'), { backends: { embedded: async () => host.backend } }))
    await pass(5000)
    expect(stateOf(ana)).toBe('done')
    expect(host.sources()).toHaveLength(1)
  })

  it('ends a run with the reason when its backend cannot be loaded, and tries again with the next', async () => {
    const { join, pass } = party()
    const host = fakeBackend()
    let loads = 0
    const embedded = async () => {
      if (loads++ === 0) throw new SupermeshError('python-download-failed', 'Python could not be loaded. Try again.')
      return host.backend
    }
    const room = join('ana')
    room.transact(fillNotebook)
    const ana = openNotebook(room, { backends: { embedded }, fresh: true })
    open.push(ana)
    await pass(500)
    ana.run(idOf(ana))
    await pass(500)
    expect(stateOf(ana)).toBe('failed')
    expect(runOf(ana)?.outputs[0]).toMatchObject({ evalue: 'Python could not be loaded. Try again.' })
    expect(ana.supernode.getSnapshot().problem).toBe('Python could not be loaded. Try again.')
    ana.run(idOf(ana))
    await pass(500)
    expect(stateOf(ana)).toBe('done')
  })

  it('runs all code cells in order and stops asking at the first that fails', async () => {
    const { ana, hosts, pass } = await anaAndBen(async source => (source === 'bad' ? 'error' : 'ok'))
    const sources = ['one', 'bad', 'never']
    for (const [i, source] of sources.entries()) ana.addCell('code', i, source)
    ana.addCell('markdown', 0, '# Title')
    ana.runAll()
    await pass(2000)
    expect(hosts.ana.sources()).toEqual(['one', 'bad'])
    expect([1, 2, 3].map(i => stateOf(ana, i))).toEqual(['done', 'failed', undefined])
  })

  it('finishes the run of a cell that was deleted meanwhile, and nothing breaks', async () => {
    let end: (status: 'ok') => void = () => undefined
    const slow = new Promise<'ok'>(resolve => {
      end = resolve
    })
    const { ana, ben, hosts, pass } = await anaAndBen(source => (source === 'slow' ? slow : 'ok'))
    const id = ana.addCell('code', 0, 'slow')
    await pass(100)
    ben.run(id)
    await pass(500)
    ana.removeCell(id)
    await pass(100)
    end('ok')
    await pass(500)
    ben.run(idOf(ben))
    await pass(500)
    expect(stateOf(ben)).toBe('done')
    expect(hosts.ana.sources()).toEqual(['slow', ''])
  })

  it('Q9: interrupts what runs and lets go of what waits', async () => {
    const { ana, ben, hosts, pass } = await anaAndBen(() => new Promise(() => undefined))
    ana.addCell('code', 1, 'second')
    await pass(100)
    ben.run(idOf(ben))
    ben.run(idOf(ben, 1))
    await pass(500)
    expect([stateOf(ben), stateOf(ben, 1)]).toEqual(['running', 'claimed'])
    ben.interrupt()
    await pass(200)
    expect(hosts.ana.kernels[0]?.interrupts).toBe(1)
    expect([stateOf(ben), stateOf(ben, 1)]).toEqual(['running', 'failed'])
    ben.restart()
    await pass(200)
    expect(hosts.ana.kernels[0]?.restarts).toBe(1)
  })
})
