/**
 * A notebook in a room: the tables, the election, the run rules and, on the page that leads, a kernel, wired together.
 */
import { SupermeshError } from '../../base/error.ts'
import { createScope } from '../../base/scope.ts'
import { createCell } from '../../base/subscribe.ts'
import type { RunHost } from '../../host/io/serve-runs.ts'
import type { Kernel, KernelBackend } from '../../host/kernel.ts'
import { NOTEBOOK_ID, type NotebookTables } from '../../jupyter/schema.ts'
import type { JsonValue } from '../../protocol/patch.ts'
import type { Room } from '../../room/room.ts'
import type { Transaction } from '../../store/record.ts'
import { createFenceClock } from '../../supernode/clock.ts'
import { type ElectionEvent, leaderOf, newElection, stepElection } from '../../supernode/election.ts'
import { type Address, mayAnswer, type RunWorld, sameAddress } from '../../supernode/run.ts'
import { createCellViews } from '../cell-view.ts'
import { deedsOf, requestOf, runsBegun } from '../duties.ts'
import { exportFile, importFile } from '../file.ts'
import type { Cell, CellType, Notebook, SupernodeStatus } from '../notebook.ts'
import { candidatesOf, hostPresence, moveNotice, supernodeStatus } from '../supernode-view.ts'
import { readVerb, type Verb } from '../verb.ts'

/** Where code can run. A function each, so that nothing is loaded before it is needed. */
export interface Backends {
  /** Python in the browser; absent where a page never hosts by itself. */
  readonly embedded?: () => Promise<KernelBackend>
  /** @param address - a Jupyter Server's, as it prints it */
  readonly server?: (address: string) => Promise<KernelBackend>
}

export interface NotebookOptions {
  readonly backends: Backends
  /** Whether this page made the room: then nobody else can lead it yet. */
  readonly fresh?: boolean
}

const TICK_MS = 250
/** How long a page that met nobody holds back before it leads; ms. */
const PATIENCE_MS = 2500
const EMBEDDED_RANK = 1
const SERVER_RANK = 0
const EMBEDDED_NAME = 'Python in the browser'
const SERVER_NAME = 'Jupyter Server'

/** @param room - one whose schema is `notebookSchema`; opened when needed */
export function openNotebook(room: Room<NotebookTables>, options: NotebookOptions): Notebook {
  const { backends, fresh = false } = options
  const { tables } = room
  const scope = createScope()
  const views = createCellViews(tables)
  const title = createCell('')
  const cells = createCell<readonly Cell[]>([])
  const supernode = createCell<SupernodeStatus>(
    supernodeStatus({ people: [], leader: null, anyCapable: false, notice: '' }),
  )
  const verbs = room.channel<JsonValue>('kernel')
  let backend: { readonly rank: number; readonly name: string; open(): Promise<KernelBackend> } | null =
    backends.embedded ? { rank: EMBEDDED_RANK, name: EMBEDDED_NAME, open: backends.embedded } : null
  const now = createFenceClock(() => ({ wall: Date.now(), steady: performance.now() }))
  let election = newElection('', now(), fresh ? 0 : PATIENCE_MS)
  let host: { readonly address: Address; readonly runs: Promise<RunHost>; live: RunHost | null } | null = null
  let lastLeader: Address | null = null
  let notice = ''
  let said = ''
  let alive = false

  const present = () => new Set(room.people.getSnapshot().flatMap(({ peers }) => peers.map(({ id }) => id)))

  function world(): RunWorld {
    const here = present()
    const leader = leaderOf(election)
    return {
      self: room.me.getSnapshot()?.peer ?? '',
      leader: leader && { supernode: leader.peer, term: leader.term },
      present: peer => here.has(peer),
    }
  }

  // --- election and hosting -----------------------------------------------------------------------------------------

  /** Every road into this page leads through here first, so that a page that slept steps down before anything (L3). */
  function elect(event: ElectionEvent): void {
    const [next, effects] = stepElection(election, event)
    election = next
    for (const effect of effects) {
      if (effect.type === 'lead') lead(effect.term)
      else endHosting()
    }
    noticeMove()
    say()
    work()
  }

  const tick = () => elect({ type: 'ticked', now: now() })

  function lead(term: number): void {
    const offered = backend
    if (!offered) return
    endHosting()
    const address = { supernode: election.self.peer, term }
    // The backend is loaded with its first kernel, so that a failure is told like any other failure to open one.
    const kernels: KernelBackend = { open: async how => (await offered.open()).open(how) }
    const stillLeads = () => {
      tick()
      return sameAddress(host?.address ?? null, address)
    }
    const runs = import('../../host/io/serve-runs.ts').then(({ serveRuns }) =>
      serveRuns({ room, backend: kernels, address, stillLeads }),
    )
    const hosting = { address, runs, live: null as RunHost | null }
    host = hosting
    runs.then(
      live => {
        if (host !== hosting) return live.dispose()
        hosting.live = live
        live.state.subscribe(say)
        say()
        work()
      },
      () => {
        if (host !== hosting) return
        // A page that cannot even load what hosting needs is no host: somebody else may be.
        backend = null
        notice = 'A part of this page could not be loaded, so it cannot run code. Reload the page.'
        offer()
      },
    )
  }

  function endHosting(): void {
    const ended = host
    host = null
    if (ended?.live) return ended.live.dispose()
    ended?.runs.then(
      runs => runs.dispose(),
      () => undefined,
    )
  }

  function noticeMove(): void {
    const leader = world().leader
    if (!leader) return
    if (!sameAddress(lastLeader, leader)) {
      notice = moveNotice(room.people.getSnapshot(), lastLeader, leader, tables.executions.getSnapshot()) || notice
    }
    lastLeader = leader
  }

  /** Says in the presence what this page is as a host, when that changed. */
  function say(): void {
    if (!alive) return
    const presence = hostPresence(election.self, backend?.name ?? '', host?.live?.state.getSnapshot() ?? null)
    const text = JSON.stringify(presence)
    if (text !== said) {
      said = text
      room.setPresence({ host: presence as unknown as JsonValue })
    }
    show()
  }

  // --- runs ---------------------------------------------------------------------------------------------------------

  /** Does what the run rules ask of this page; what that changes comes back through the tables. */
  function work(): void {
    const me = room.me.getSnapshot()
    if (!alive || !me) return
    for (const deed of deedsOf(tables.executions.getSnapshot(), world(), me)) {
      if (deed.type === 'start') host?.live?.start(deed.execution)
      else room.transact(tx => tx.executions.update(deed.execution, deed.fields))
    }
    show()
  }

  function show(): void {
    title.set(tables.notebooks.get(NOTEBOOK_ID)?.title ?? '')
    cells.set(views.read(world()))
    const people = room.people.getSnapshot()
    const leader = leaderOf(election)
    const anyCapable = [election.self, ...election.others].some(({ capable }) => capable)
    const next = supernodeStatus({ people, leader: leader?.peer ?? null, anyCapable, notice })
    if (JSON.stringify(next) !== JSON.stringify(supernode.getSnapshot())) supernode.set(next)
  }

  /** At most one pass for all that happens in one turn. */
  let scheduled = false
  function workSoon(): void {
    if (scheduled) return
    scheduled = true
    queueMicrotask(() => {
      scheduled = false
      const begun = host ? runsBegun(tables.executions.getSnapshot(), host.address) : 0
      if (!scope.disposed) elect({ type: 'runs-counted', begun, now: now() })
    })
  }

  function ask(verb: Verb): void {
    tick()
    const leader = leaderOf(election)
    if (!leader) return
    if (leader.peer === election.self.peer) obey(verb, election.self.peer)
    else verbs.send(leader.peer, verb as unknown as JsonValue)
  }

  function obey(verb: Verb, from: string): void {
    const hosting = host
    if (!hosting?.live) return
    const { live, address } = hosting
    const failed = (error: unknown) => {
      notice = error instanceof SupermeshError ? error.message : 'The kernel did not answer.'
      show()
    }
    switch (verb.verb) {
      case 'interrupt':
        void live.interrupt(verb.execution).catch(failed)
        break
      case 'restart':
        void live.restart().catch(failed)
        break
      case 'reply': {
        // R7
        const row = tables.executions.get(verb.execution)
        if (!row?.prompt || !mayAnswer(row, from, address)) return
        room.transact(tx => tx.executions.update(verb.execution, { prompt: null }))
        live.reply(verb.execution, verb.text)
      }
    }
  }

  // --- opening ------------------------------------------------------------------------------------------------------

  async function start(): Promise<void> {
    await room.ready()
    const me = room.me.getSnapshot()
    if (!me || scope.disposed) return
    alive = true
    election = newElection(me.peer, now(), election.patience)
    scope.add(tables.notebooks.subscribe(workSoon))
    scope.add(tables.cells.subscribe(workSoon))
    scope.add(tables.executions.subscribe(workSoon))
    scope.add(
      room.people.subscribe(people => elect({ type: 'others-heard', others: candidatesOf(people), now: now() })),
    )
    scope.add(
      verbs.subscribe(({ from, body }) => {
        tick()
        const verb = readVerb(body)
        if (verb) obey(verb, from)
      }),
    )
    const ticking = setInterval(tick, TICK_MS)
    scope.add(() => clearInterval(ticking))
    scope.add(endHosting)
    elect({ type: 'others-heard', others: candidatesOf(room.people.getSnapshot()), now: now() })
    offer()
  }

  /** Who came with a link for reading serves nobody. */
  const readOnly = () => room.me.getSnapshot()?.right === 'view'

  function offer(): void {
    elect({
      type: 'capability-changed',
      capable: backend !== null && !readOnly(),
      rank: backend?.rank ?? 0,
      now: now(),
    })
  }

  function edit(write: (transaction: Transaction<NotebookTables>) => void): void {
    room.transact(write)
  }

  function request(id: string): void {
    const me = room.me.getSnapshot()
    const cell = tables.cells.get(id)
    if (!me || !cell || cell.type !== 'code') return
    tick()
    edit(tx => {
      const execution = tx.executions.create({ cell: id, request: requestOf(cell.source.toString(), world(), me) })
      tx.cells.update(id, { execution })
    })
  }

  /** Resolves with whether the cell's run went well. */
  function finished(id: string): Promise<boolean> {
    return new Promise(resolve => {
      const look = () => {
        const run = cells.getSnapshot().find(cell => cell.id === id)?.run
        if (run && ['waiting', 'claimed', 'running'].includes(run.state)) return
        end()
        resolve(run?.state === 'done')
      }
      const end = cells.subscribe(look)
      look()
    })
  }

  async function runAll(): Promise<void> {
    // What was written in this turn is not shown yet.
    show()
    for (const { id, type } of cells.getSnapshot()) {
      if (type !== 'code' || scope.disposed) continue
      request(id)
      work()
      if (!(await finished(id))) return
    }
  }

  const mintId = (): string => crypto.randomUUID().slice(0, 8)

  const opened = start()
  // Whoever shows the room shows its status, where a failure stands.
  opened.catch(() => undefined)

  return {
    title,
    rename: text => edit(tx => tx.notebooks.update(NOTEBOOK_ID, { title: text })),
    cells,
    supernode,
    addCell(type, index, source = '') {
      let id = ''
      edit(tx => {
        id = tx.cells.create({ type, source, fileId: mintId() })
        const list = tx.notebooks.get(NOTEBOOK_ID).cells
        list.splice(placeIn(list.toArray(), index), 0, [id])
      })
      return id
    },
    removeCell: id =>
      edit(tx => {
        const list = tx.notebooks.get(NOTEBOOK_ID).cells
        for (let at = list.toArray().indexOf(id); at >= 0; at = list.toArray().indexOf(id)) list.splice(at, 1, [])
        if (tx.cells.has(id)) tx.cells.remove(id)
      }),
    moveCell: (id, index) =>
      edit(tx => {
        const list = tx.notebooks.get(NOTEBOOK_ID).cells
        const from = list.toArray().indexOf(id)
        if (from < 0) return
        list.splice(from, 1, [])
        list.splice(placeIn(list.toArray(), index), 0, [id])
      }),
    setCellType: (id, type: CellType) => edit(tx => tx.cells.update(id, { type })),
    run(id) {
      request(id)
      work()
    },
    runAll: () => void runAll(),
    interrupt() {
      const running = cells.getSnapshot().find(({ run }) => run?.state === 'running')
      ask({ verb: 'interrupt', execution: running?.run?.id ?? null })
    },
    restart: () => ask({ verb: 'restart' }),
    clearOutputs: () =>
      edit(tx => {
        for (const { id, run } of cells.getSnapshot()) if (run) tx.cells.update(id, { execution: null })
      }),
    answer: (runId, text) => ask({ verb: 'reply', execution: runId, text }),
    dismissNotice() {
      notice = ''
      show()
    },
    get empty() {
      return cells.getSnapshot().every(cell => cell.source.length === 0 && cell.run === null)
    },
    importFile: (file, name) => importFile(file, name, edit, mintId),
    exportFile: () => exportFile(tables),
    async offerServer(address) {
      await opened
      if (!backends.server) throw new SupermeshError('no-backend', 'This page cannot use a Jupyter Server.')
      const kernels = await backends.server(address)
      // Opened once before it is offered, so that a wrong address is told to the person who typed it.
      const kernel = await kernels.open({ onProgress: () => undefined })
      let first: Kernel | null = kernel
      const offered: KernelBackend = {
        async open(how) {
          const opened = first ?? (await kernels.open(how))
          first = null
          return opened
        },
      }
      const name = `${SERVER_NAME} (${kernel.description.displayName})`
      backend = { rank: SERVER_RANK, name, open: async () => offered }
      offer()
      elect({ type: 'called', now: now() })
    },
    async offerEmbedded() {
      await opened
      if (!backends.embedded) throw new SupermeshError('no-backend', 'This page cannot run Python in the browser.')
      backend = { rank: EMBEDDED_RANK, name: EMBEDDED_NAME, open: backends.embedded }
      offer()
      elect({ type: 'called', now: now() })
    },
    dispose: () => scope.dispose(),
  }

  /** The list may hold ids that are not shown: `index` counts shown cells. */
  function placeIn(ids: readonly string[], index: number): number {
    const shown = ids.filter((id, at) => tables.cells.has(id) && ids.indexOf(id) === at)
    const before = shown[index]
    return before === undefined ? ids.length : ids.indexOf(before)
  }
}
