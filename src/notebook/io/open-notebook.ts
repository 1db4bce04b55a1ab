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
import { type ElectionEvent, leaderOf, newElection, stepElection } from '../../supernode/election.ts'
import { type Address, dutyOf, type RunWorld } from '../../supernode/run.ts'
import { createCellViews } from '../cell-view.ts'
import { exportFile, importFile } from '../file.ts'
import type { Cell, CellType, Notebook, SupernodeStatus } from '../notebook.ts'
import { candidatesOf, type HostPresence, moveNotice, supernodeStatus } from '../supernode-view.ts'

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

/** What one page asks of the one that leads; passes from peer to peer and is not stored. */
type Verb =
  | { readonly verb: 'interrupt' | 'restart' }
  | { readonly verb: 'reply'; readonly execution: string; readonly text: string }

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
  const verbs = room.channel<Verb & JsonValue>('kernel')
  let backend: { readonly rank: number; readonly name: string; open(): Promise<KernelBackend> } | null =
    backends.embedded ? { rank: EMBEDDED_RANK, name: EMBEDDED_NAME, open: backends.embedded } : null
  let election = newElection('', Date.now(), fresh ? 0 : PATIENCE_MS)
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

  function lead(term: number): void {
    const offered = backend
    if (!offered) return
    endHosting()
    const address = { supernode: election.self.peer, term }
    const runs = Promise.all([import('../../host/io/serve-runs.ts'), offered.open()]).then(([{ serveRuns }, kernels]) =>
      serveRuns(room, kernels, address),
    )
    const hosting = { address, runs, live: null as RunHost | null }
    host = hosting
    void runs.then(live => {
      if (host !== hosting) return live.dispose()
      hosting.live = live
      live.state.subscribe(say)
      say()
      work()
    })
  }

  function endHosting(): void {
    const ended = host
    host = null
    void ended?.runs.then(runs => runs.dispose())
  }

  function noticeMove(): void {
    const leader = world().leader
    if (!leader) return
    if (lastLeader && lastLeader.supernode !== leader.supernode) {
      const hadRun = tables.executions.getSnapshot().some(({ start }) => start !== null)
      notice = moveNotice(room.people.getSnapshot(), leader.supernode, hadRun) || notice
    }
    lastLeader = leader
  }

  /** Says in the presence what this page is as a host, when that changed. */
  function say(): void {
    if (!alive) return
    const { capable, rank, term } = election.self
    const state = host?.live?.state.getSnapshot()
    const { loaded, total } = state?.progress ?? {}
    const presence: HostPresence = {
      capable,
      rank,
      term,
      state: state?.state ?? 'idle',
      kernel: backend?.name ?? '',
      // Fiftieths are enough for a bar, and few enough to be told to everybody.
      progress: state?.progress
        ? {
            stage: state.progress.stage,
            ...(loaded !== undefined &&
              total !== undefined && { loaded: Math.floor((loaded / total) * 50), total: 50 }),
          }
        : null,
      problem: state?.problem ?? '',
    }
    const text = JSON.stringify(presence)
    if (text !== said) {
      said = text
      room.setPresence({ host: presence as unknown as JsonValue })
    }
    show()
  }

  // --- runs ---------------------------------------------------------------------------------------------------------

  /** Does what the run rules ask of this page, until they ask for nothing more. */
  function work(): void {
    if (!alive) return
    const now = world()
    const name = room.me.getSnapshot()?.name ?? ''
    for (const row of tables.executions.getSnapshot()) {
      const duty = dutyOf(row, now)
      if (!duty || !row.request) continue
      const { id, request } = row
      switch (duty.type) {
        case 'address':
          room.transact(tx => tx.executions.update(id, { request: { ...request, ...duty.to } }))
          break
        case 'claim':
          if (now.leader) {
            const claim = { ...now.leader, verdict: 'claimed' as const, sentence: '', name }
            room.transact(tx => tx.executions.update(id, { claim }))
          }
          break
        case 'go':
          room.transact(tx => tx.executions.update(id, { go: duty.to }))
          break
        case 'start':
          host?.live?.start(id)
      }
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
      work()
    })
  }

  function ask(verb: Verb): void {
    const leader = leaderOf(election)
    if (!leader) return
    if (leader.peer === election.self.peer) obey(verb, election.self.peer)
    else verbs.send(leader.peer, verb)
  }

  function obey(verb: Verb, from: string): void {
    const live = host?.live
    if (!live) return
    const failed = (error: unknown) => {
      notice = error instanceof SupermeshError ? error.message : 'The kernel did not answer.'
      show()
    }
    switch (verb.verb) {
      case 'interrupt':
        void live.interrupt().catch(failed)
        break
      case 'restart':
        void live.restart().catch(failed)
        break
      case 'reply': {
        // R7: only who asked for the run answers its input().
        const row = tables.executions.get(verb.execution)
        if (row?.request?.peer !== from || !row.prompt) return
        room.transact(tx => tx.executions.update(verb.execution, { prompt: null }))
        live.reply(String(verb.text))
      }
    }
  }

  // --- opening ------------------------------------------------------------------------------------------------------

  async function start(): Promise<void> {
    await room.ready()
    const me = room.me.getSnapshot()
    if (!me || scope.disposed) return
    alive = true
    election = { ...election, self: { ...election.self, peer: me.peer }, vacantSince: Date.now(), lastTick: Date.now() }
    scope.add(tables.notebooks.subscribe(workSoon))
    scope.add(tables.cells.subscribe(workSoon))
    scope.add(tables.executions.subscribe(workSoon))
    scope.add(
      room.people.subscribe(people => elect({ type: 'others-heard', others: candidatesOf(people), now: Date.now() })),
    )
    scope.add(verbs.subscribe(({ from, body }) => obey(body, from)))
    const ticking = setInterval(() => elect({ type: 'ticked', now: Date.now() }), TICK_MS)
    scope.add(() => clearInterval(ticking))
    scope.add(endHosting)
    elect({ type: 'others-heard', others: candidatesOf(room.people.getSnapshot()), now: Date.now() })
    offer()
  }

  function offer(): void {
    elect({ type: 'capability-changed', capable: backend !== null, rank: backend?.rank ?? 0, now: Date.now() })
  }

  function edit(write: (transaction: Transaction<NotebookTables>) => void): void {
    room.transact(write)
  }

  function request(id: string): void {
    const me = room.me.getSnapshot()
    const cell = tables.cells.get(id)
    if (!me || !cell || cell.type !== 'code') return
    const leader = world().leader
    edit(tx => {
      const execution = tx.executions.create({
        cell: id,
        request: {
          source: cell.source.toString(),
          peer: me.peer,
          name: me.name,
          supernode: leader?.supernode ?? null,
          term: leader?.term ?? 0,
        },
      })
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
    interrupt: () => ask({ verb: 'interrupt' }),
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
    async useServer(address) {
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
      elect({ type: 'called', now: Date.now() })
    },
    async useEmbedded() {
      await opened
      if (!backends.embedded) throw new SupermeshError('no-backend', 'This page cannot run Python in the browser.')
      backend = { rank: EMBEDDED_RANK, name: EMBEDDED_NAME, open: backends.embedded }
      offer()
      elect({ type: 'called', now: Date.now() })
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
