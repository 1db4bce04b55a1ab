/**
 * A notebook in a room: the tables, the run rules and this page's part in leading, wired together.
 */
import { createScope } from '../../base/scope.ts'
import { createCell } from '../../base/subscribe.ts'
import { NOTEBOOK_ID, type NotebookSchema, type NotebookTables } from '../../jupyter/schema.ts'
import type { JsonValue } from '../../protocol/patch.ts'
import type { Room } from '../../room/room.ts'
import type { Transaction } from '../../store/record.ts'
import { type Address, type RunWorld, sameAddress } from '../../supernode/run.ts'
import { createCellViews } from '../cell-view.ts'
import { deedsOf, requestOf } from '../duties.ts'
import { createEdits } from '../edits.ts'
import { exportFile, importFile } from '../file.ts'
import type { Cell, Notebook, SupernodeStatus } from '../notebook.ts'
import { createRunIds } from '../run-id.ts'
import { moveNotice, supernodeStatus } from '../supernode-view.ts'
import { readVerb, type Verb } from '../verb.ts'
import { type Backends, createHosting } from './hosting.ts'

export interface NotebookOptions {
  readonly backends: Backends
  /** Whether this page made the room: then nobody else can lead it yet. */
  readonly fresh?: boolean
}

/** How long a page that met nobody holds back before it leads; ms. */
const PATIENCE_MS = 2500

/** @param room - one whose schema is `notebookSchema`; opened when needed */
export function openNotebook(room: Room<NotebookSchema>, { backends, fresh = false }: NotebookOptions): Notebook {
  const { tables } = room
  const scope = createScope()
  const views = createCellViews(tables)
  const title = createCell('')
  const cells = createCell<readonly Cell[]>([])
  const supernode = createCell<SupernodeStatus>(
    supernodeStatus({ people: [], leader: null, anyCapable: false, notice: '' }),
  )
  const verbs = room.channel<JsonValue>('kernel')
  let lastLeader: Address | null = null
  let notice = ''
  let alive = false
  const hosting = createHosting({ room, backends, patience: fresh ? 0 : PATIENCE_MS, changed: work, notify })
  scope.add(hosting.dispose)

  function world(): RunWorld {
    const here = new Set(room.people.getSnapshot().flatMap(({ peers }) => peers.map(({ id }) => id)))
    const self = room.me.getSnapshot()?.peer ?? ''
    return { self, leader: hosting.leader(), present: peer => here.has(peer) }
  }

  /** Does what the run rules ask of this page; what that changes comes back through the tables. */
  function work(): void {
    const me = room.me.getSnapshot()
    if (!alive || !me) return
    noticeMove()
    for (const deed of deedsOf(tables.executions.getSnapshot(), world(), me)) {
      if (deed.type === 'start') hosting.start(deed.execution)
      else room.transact(tx => tx.executions.update(deed.execution, deed.fields))
    }
    show()
  }

  function noticeMove(): void {
    const leader = hosting.leader()
    if (!leader) return
    if (!sameAddress(lastLeader, leader)) {
      notice = moveNotice(room.people.getSnapshot(), lastLeader, leader, tables.executions.getSnapshot()) || notice
    }
    lastLeader = leader
  }

  function notify(sentence: string): void {
    notice = sentence
    show()
  }

  function show(): void {
    title.set(tables.notebooks.get(NOTEBOOK_ID)?.title ?? '')
    cells.set(views.read(world()))
    const leader = hosting.leader()?.supernode ?? null
    const facts = { people: room.people.getSnapshot(), leader, anyCapable: hosting.anyCapable(), notice }
    const next = supernodeStatus(facts)
    if (JSON.stringify(next) !== JSON.stringify(supernode.getSnapshot())) supernode.set(next)
  }

  /** At most one pass for all that happens in one turn. */
  let scheduled = false
  function workSoon(): void {
    if (scheduled) return
    scheduled = true
    queueMicrotask(() => {
      scheduled = false
      if (!scope.disposed) hosting.count()
    })
  }

  function ask(verb: Verb): void {
    hosting.tick()
    const { leader, self } = world()
    if (!leader) return
    if (leader.supernode === self) hosting.obey(verb, self)
    else verbs.send(verb as unknown as JsonValue, { to: leader.supernode })
  }

  async function start(): Promise<void> {
    await room.ready()
    const me = room.me.getSnapshot()
    if (!me || scope.disposed) return
    alive = true
    for (const table of [tables.notebooks, tables.cells, tables.executions]) scope.add(table.subscribe(workSoon))
    scope.add(
      verbs.subscribe(({ from, body }) => {
        hosting.tick()
        const verb = readVerb(body)
        if (verb) hosting.obey(verb, from)
      }),
    )
    hosting.begin(me.peer)
  }

  const edit = (write: (transaction: Transaction<NotebookTables>) => void, label?: string) =>
    room.transact(write, label === undefined ? {} : { label })

  function request(id: string): void {
    const me = room.me.getSnapshot()
    const cell = tables.cells.get(id)
    if (!me || !cell || cell.type !== 'code') return
    hosting.tick()
    edit(tx => {
      const wanted = { cell: id, request: requestOf(cell.source.toString(), world(), me) }
      const execution = tx.executions.create(wanted, { id: mintRunId() })
      tx.cells.update(id, { execution })
    })
    work()
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
      if (!(await finished(id))) return
    }
  }

  const mintId = (): string => crypto.randomUUID().slice(0, 8)
  const mintRunId = createRunIds(Date.now, mintId)

  const opened = start()
  // Whoever shows the room shows its status, where a failure stands.
  opened.catch(() => undefined)

  return {
    title,
    cells,
    supernode,
    ...createEdits(tables, edit, mintId),
    run: request,
    runAll: () => void runAll(),
    interrupt() {
      const running = cells.getSnapshot().find(({ run }) => run?.state === 'running')
      ask({ verb: 'interrupt', execution: running?.run?.id ?? null })
    },
    restart: () => ask({ verb: 'restart' }),
    answer: (runId, text) => ask({ verb: 'reply', execution: runId, text }),
    dismissNotice: () => notify(''),
    get empty() {
      return cells.getSnapshot().every(cell => cell.source.length === 0 && cell.run === null)
    },
    importFile: (file, name) => importFile(file, name, edit, mintId),
    exportFile: () => exportFile(tables),
    async offerServer(address) {
      await opened
      await hosting.offerServer(address)
    },
    async offerEmbedded() {
      await opened
      hosting.offerEmbedded()
    },
    dispose: () => scope.dispose(),
  }
}
