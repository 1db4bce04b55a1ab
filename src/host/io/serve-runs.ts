/**
 * What the supernode does: opens a kernel when the first run needs one, and carries out the runs that it may start.
 *
 * Which runs those are is the rule in `supernode/run.ts`, and when each begins the one in `supernode/queue.ts`; here are
 * only hands. Everything that the others should see is written into the room.
 *
 * Q7: whoever may edit may remove the row of a run at any moment; that, or a write that fails, holds up no other run.
 * Q8: a display is changed only in the runs that cells still show.
 */
import { SupermeshError } from '../../base/error.ts'
import { createScope } from '../../base/scope.ts'
import { createCell, type Observable } from '../../base/subscribe.ts'
import { outputText } from '../../jupyter/nbformat/index.ts'
import type { NotebookSchema, NotebookTables } from '../../jupyter/schema.ts'
import type { Room } from '../../room/room.ts'
import type { Transaction } from '../../store/record.ts'
import { failure, NEW_QUEUE, type QueueEffect, type QueueEvent, type RunEnd, stepQueue } from '../../supernode/queue.ts'
import type { Address } from '../../supernode/run.ts'
import { createDisplays } from '../displays.ts'
import type { ExecuteResult, Kernel, KernelBackend, KernelEvent, OpenProgress } from '../kernel.ts'
import { createOutputGatherer, type OutputBatch, type OutputGatherer } from '../output-batch.ts'

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
  /**
   * Interrupts `execution` if it is what runs, or whatever runs for `null`, and lets go of what has not begun (Q5).
   * @throws SupermeshError as {@link Kernel.interrupt}
   */
  interrupt(execution: string | null): Promise<void>
  /** A new interpreter; what runs ends and what waits is let go. @throws SupermeshError as {@link Kernel.restart} */
  restart(): Promise<void>
  /** Answers the open `input()` of `execution`; nothing when that is not what runs. */
  reply(execution: string, text: string): void
  dispose(): void
}

/** The part of a room that a supernode writes to. */
export interface RunRoom extends Pick<Room<NotebookSchema>, 'tables' | 'flushed'> {
  transact(write: (transaction: Transaction<NotebookTables>) => void): unknown
}

export interface ServeRunsOptions {
  readonly room: RunRoom
  readonly backend: KernelBackend
  readonly address: Address
  /** L3: asked before a run begins; false when this page slept or was replaced. */
  readonly stillLeads: () => boolean
}

const OUTPUT_INTERVAL_MS = 50
const IDLE: HostState = { state: 'idle', progress: null, problem: '' }

export function serveRuns({ room, backend, address, stillLeads }: ServeRunsOptions): RunHost {
  const scope = createScope()
  const state = createCell<HostState>(IDLE)
  const aborted = new AbortController()
  const displays = createDisplays()
  scope.add(() => aborted.abort())
  let queue = NEW_QUEUE
  let opening: Promise<Kernel> | null = null
  let kernel: Kernel | null = null

  function handle(event: QueueEvent): void {
    if (scope.disposed) return
    const [next, effects] = stepQueue(queue, event)
    queue = next
    for (const effect of effects) perform(effect)
  }

  function perform(effect: QueueEffect): void {
    switch (effect.type) {
      case 'ready-kernel':
        void readyKernel().then(
          () => ifLeading(() => handle({ type: 'kernel-ready', run: effect.run })),
          error => handle({ type: 'kernel-failed', run: effect.run, sentence: sentenceOf(error) }),
        )
        break
      case 'write-start':
        void writeStart(effect.run).then(
          () => ifLeading(() => handle({ type: 'start-flushed', run: effect.run })),
          error => handle({ type: 'start-failed', run: effect.run, sentence: sentenceOf(error) }),
        )
        break
      case 'execute':
        void execute(effect.run).then(
          end => handle({ type: 'run-ended', run: effect.run, end }),
          error => handle({ type: 'run-ended', run: effect.run, end: failure(sentenceOf(error)) }),
        )
        break
      case 'write-finish':
        // Q7: what cannot be written is told here, and holds up nothing.
        void finish(effect.run, effect.end).catch(error => {
          state.set({ ...state.getSnapshot(), problem: sentenceOf(error) })
        })
    }
  }

  /** Q7: whoever may edit may remove the row of a run, at any moment: then there is nowhere to write. */
  function edit(run: string, write: (transaction: Transaction<NotebookTables>) => void): void {
    room.transact(tx => {
      if (tx.executions.has(run)) write(tx)
    })
  }

  function ifLeading(act: () => void): void {
    if (!scope.disposed && stillLeads()) act()
  }

  // --- the kernel ---------------------------------------------------------------------------------------------------

  /** The living kernel, opened when there is none; a dead one is left behind. */
  function readyKernel(): Promise<Kernel> {
    if (kernel?.status.getSnapshot() === 'dead') {
      void kernel.dispose()
      kernel = null
      opening = null
    }
    opening ??= openKernel()
    return opening
  }

  async function openKernel(): Promise<Kernel> {
    state.set({ state: 'starting', progress: { stage: 'Starting' }, problem: '' })
    try {
      const opened = await backend.open({
        onProgress: progress => state.set({ state: 'starting', progress, problem: '' }),
        signal: aborted.signal,
      })
      scope.add(() => void opened.dispose())
      if (scope.disposed) return opened
      kernel = opened
      scope.add(opened.status.subscribe(status => kernel === opened && state.set({ ...IDLE, state: status })))
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

  // --- one run ------------------------------------------------------------------------------------------------------

  async function writeStart(run: string): Promise<void> {
    const start = { ...address, kernel: kernel?.description.id ?? '' }
    edit(run, tx => tx.executions.update(run, { start }))
    await room.flushed()
  }

  async function execute(run: string): Promise<RunEnd> {
    const source = room.tables.executions.get(run)?.request?.source
    if (!kernel || source === undefined) return failure('This run was removed before it began.')
    const gatherer = createOutputGatherer(displays.keyOf)
    const outlet = createOutlet(run, gatherer)
    try {
      const result = await kernel.execute({ attempt: run, source }, event => take(run, event, gatherer, outlet))
      outlet.flush()
      return { ...endOf(result), sentence: '' }
    } catch (error) {
      outlet.flush()
      return failure(sentenceOf(error))
    }
  }

  function take(run: string, event: KernelEvent, gatherer: OutputGatherer, outlet: Outlet): void {
    if (event.type !== 'input-request') {
      gatherer.take(event)
      outlet.soon()
      return
    }
    outlet.flush()
    if (scope.disposed) return
    const prompt = { text: event.prompt, password: event.password }
    edit(run, tx => tx.executions.update(run, { prompt }))
  }

  interface Outlet {
    soon(): void
    flush(): void
  }

  /** Writes what was gathered; a thread may say something after its run has finished, too. */
  function createOutlet(run: string, gatherer: OutputGatherer): Outlet {
    let timer: ReturnType<typeof setTimeout> | null = null
    function flush(): void {
      if (timer !== null) clearTimeout(timer)
      timer = null
      if (scope.disposed) return
      for (let batch = gatherer.flush(); batch; batch = gatherer.flush()) write(run, batch)
    }
    return {
      flush,
      soon() {
        timer ??= setTimeout(flush, OUTPUT_INTERVAL_MS)
      },
    }
  }

  function write(run: string, batch: OutputBatch): void {
    for (const { display } of batch.outputs) if (display !== undefined) displays.shown(run, display)
    if (batch.clear || batch.outputs.length > 0) {
      edit(run, tx => {
        const { outputs } = tx.executions.get(run)
        if (batch.clear && outputs.length > 0) outputs.splice(0, outputs.length, [])
        if (batch.outputs.length > 0) outputs.push(...batch.outputs)
      })
    }
    // An edit each: a display may be as large as an edit can be, and be shown in many places.
    for (const [key, json] of batch.displays) {
      for (const shown of displays.runsOf(key, visible)) {
        edit(shown, tx => tx.executions.get(shown).displays.set(key, json))
      }
    }
  }

  /** Whether a cell shows the run: one that was run again shows another. */
  function visible(run: string): boolean {
    const cell = room.tables.executions.get(run)?.cell
    return cell !== undefined && room.tables.cells.get(cell)?.execution === run
  }

  async function finish(run: string, { sentence, status, executionCount }: RunEnd): Promise<void> {
    edit(run, tx => {
      if (sentence !== '') tx.executions.get(run).outputs.push(errorOutput(sentence))
      tx.executions.update(run, { finish: { ...address, status, executionCount }, prompt: null })
    })
  }

  return {
    state,
    start: run => handle({ type: 'run-given', run }),
    prepare: async () => void (await readyKernel()),
    async interrupt(run) {
      if (run !== null && queue.current?.run !== run) return
      handle({ type: 'stopped', by: 'interrupt' })
      // Q5: one that was let go has not reached the kernel, and the next must not be hit in its place.
      if (queue.current) await kernel?.interrupt()
    },
    async restart() {
      handle({ type: 'stopped', by: 'restart' })
      if (kernel?.status.getSnapshot() === 'dead') await readyKernel()
      else await kernel?.restart()
    },
    reply(run, text) {
      if (queue.current?.run === run) kernel?.reply(text)
    },
    dispose: () => scope.dispose(),
  }
}

const endOf = ({ status, executionCount }: ExecuteResult) => ({ status, executionCount })

function sentenceOf(error: unknown): string {
  return error instanceof SupermeshError ? error.message : `The kernel could not be started: ${String(error)}`
}

function errorOutput(sentence: string) {
  return { json: outputText({ type: 'error', ename: 'KernelError', evalue: sentence, traceback: [sentence] }) }
}
