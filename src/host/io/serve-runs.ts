/**
 * What the supernode does: opens a kernel when the first run needs one, and carries out the runs that it may start.
 *
 * Which runs those are is the rule in `supernode/run.ts`; here are only hands. Everything that the others should see is
 * written into the room.
 */
import { SupermeshError } from '../../base/error.ts'
import { createScope } from '../../base/scope.ts'
import { createCell, type Observable } from '../../base/subscribe.ts'
import type { NotebookTables } from '../../jupyter/schema.ts'
import type { Room } from '../../room/room.ts'
import type { Address } from '../../supernode/run.ts'
import type { Kernel, KernelBackend, OpenProgress } from '../kernel.ts'
import { createOutputGatherer } from '../output-batch.ts'

export interface HostState {
  readonly state: 'idle' | 'starting' | 'busy' | 'restarting' | 'dead'
  readonly progress: OpenProgress | null
  /** Why the kernel could not be opened; empty when all is well. */
  readonly problem: string
}

export interface RunHost {
  readonly state: Observable<HostState>
  /** Takes a run whose go is here. Runs one after the other. */
  start(execution: string): void
  /** Opens the kernel now rather than at the first run. */
  prepare(): Promise<void>
  interrupt(): Promise<void>
  restart(): Promise<void>
  reply(text: string): void
  dispose(): void
}

const OUTPUT_INTERVAL_MS = 50
const IDLE: HostState = { state: 'idle', progress: null, problem: '' }

export function serveRuns(room: Room<NotebookTables>, backend: KernelBackend, address: Address): RunHost {
  const scope = createScope()
  const state = createCell<HostState>(IDLE)
  const aborted = new AbortController()
  scope.add(() => aborted.abort())
  /** L4: what this page took in its term it takes once, whatever the document says. */
  const taken = new Set<string>()
  let queue: Promise<void> = Promise.resolve()
  let opening: Promise<Kernel> | null = null
  let kernel: Kernel | null = null

  async function openKernel(): Promise<Kernel> {
    state.set({ state: 'starting', progress: { stage: 'Starting' }, problem: '' })
    try {
      const opened = await backend.open({
        onProgress: progress => state.set({ state: 'starting', progress, problem: '' }),
        signal: aborted.signal,
      })
      kernel = opened
      scope.add(() => void opened.dispose())
      scope.add(opened.status.subscribe(status => state.set({ ...IDLE, state: status })))
      state.set({ ...IDLE, state: opened.status.getSnapshot() })
      announce(opened)
      return opened
    } catch (error) {
      opening = null
      state.set({ ...IDLE, problem: sentenceOf(error) })
      throw error
    }
  }

  function announce({ description }: Kernel): void {
    const { id, session, name, displayName, language, backend: kind } = description
    const fields = { name, displayName, language, backend: kind, session, host: address.supernode, status: 'started' }
    room.transact(tx => void tx.kernels.create(fields, { id: `k_${id.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 60)}` }))
  }

  const ensureKernel = () => {
    opening ??= openKernel()
    return opening
  }

  async function run(execution: string): Promise<void> {
    const row = room.tables.executions.get(execution)
    if (!row?.request || scope.disposed) return
    let ready: Kernel
    try {
      ready = await ensureKernel()
    } catch (error) {
      if (scope.disposed) return
      const text = sentenceOf(error)
      write(execution, { clear: false, outputs: [errorOutput(text)], displays: new Map() })
      return finish(execution, 'error', null)
    }
    room.transact(tx => tx.executions.update(execution, { start: { ...address, kernel: ready.description.id } }))
    // R4: on disk before the kernel is called.
    await room.flushed()
    if (scope.disposed) return
    const gatherer = createOutputGatherer()
    const flush = () => {
      const batch = gatherer.flush()
      if (batch && !scope.disposed) write(execution, batch)
    }
    const timer = setInterval(flush, OUTPUT_INTERVAL_MS)
    try {
      const result = await ready.execute({ attempt: execution, source: row.request.source }, event => {
        if (event.type === 'input-request') {
          flush()
          const prompt = { text: event.prompt, password: event.password }
          room.transact(tx => tx.executions.update(execution, { prompt }))
        } else gatherer.take(event)
      })
      flush()
      if (!scope.disposed) finish(execution, result.status, result.executionCount)
    } finally {
      clearInterval(timer)
    }
  }

  function write(execution: string, batch: NonNullable<ReturnType<ReturnType<typeof createOutputGatherer>['flush']>>) {
    room.transact(tx => {
      const { outputs, displays } = tx.executions.get(execution)
      if (batch.clear && outputs.length > 0) outputs.splice(0, outputs.length, [])
      if (batch.outputs.length > 0) outputs.push(...batch.outputs)
      for (const [id, json] of batch.displays) displays.set(id, json)
    })
  }

  function finish(execution: string, status: 'ok' | 'error' | 'aborted', executionCount: number | null): void {
    room.transact(tx =>
      tx.executions.update(execution, { finish: { ...address, status, executionCount }, prompt: null }),
    )
  }

  return {
    state,
    start(execution) {
      if (taken.has(execution) || scope.disposed) return
      taken.add(execution)
      queue = queue.then(() => run(execution))
    },
    prepare: async () => void (await ensureKernel()),
    interrupt: async () => kernel?.interrupt(),
    restart: async () => kernel?.restart(),
    reply: text => kernel?.reply(text),
    dispose: () => scope.dispose(),
  }
}

function sentenceOf(error: unknown): string {
  return error instanceof SupermeshError ? error.message : `The kernel could not be started: ${String(error)}`
}

function errorOutput(sentence: string) {
  return {
    json: JSON.stringify({ ename: 'KernelError', evalue: sentence, output_type: 'error', traceback: [sentence] }),
  }
}
