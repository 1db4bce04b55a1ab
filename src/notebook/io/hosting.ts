/**
 * This page's part in leading: the election driven by real time, and, while it leads, a kernel that serves the room.
 */
import { SupermeshError } from '../../base/error.ts'
import { createScope } from '../../base/scope.ts'
import type { RunHost } from '../../host/io/serve-runs.ts'
import type { Kernel, KernelBackend } from '../../host/kernel.ts'
import type { NotebookSchema } from '../../jupyter/schema.ts'
import type { JsonValue } from '../../protocol/patch.ts'
import type { Room } from '../../room/room.ts'
import { createFenceClock } from '../../supernode/clock.ts'
import { type Candidate, type ElectionEvent, leaderOf, newElection, stepElection } from '../../supernode/election.ts'
import { type Address, mayAnswer, sameAddress } from '../../supernode/run.ts'
import { runsBegun } from '../duties.ts'
import { candidatesOf, hostPresence } from '../supernode-view.ts'
import type { Verb } from '../verb.ts'

/** Where code can run. A function each, so that nothing is loaded before it is needed. */
export interface Backends {
  /** Python in the browser; absent where a page never hosts by itself. */
  readonly embedded?: () => Promise<KernelBackend>
  /** @param address - a Jupyter Server's, as it prints it */
  readonly server?: (address: string) => Promise<KernelBackend>
}

export interface Hosting {
  /** Who leads, as far as is known here. */
  leader(): Address | null
  /** Whether anybody here could lead. */
  anyCapable(): boolean
  /** Begins to take part. */
  begin(peer: string): void
  /** Every road into this page leads through here first, so that a page that slept steps down before anything (L3). */
  tick(): void
  /** Counts the runs begun, by which a leader that is in use stays. */
  count(): void
  /** Starts a run on the own kernel. */
  start(execution: string): void
  /** Carries out what `from` asks of the own kernel; nothing when this page does not lead. */
  obey(verb: Verb, from: string): void
  /** @throws SupermeshError with a sentence for the person who typed the address */
  offerServer(address: string): Promise<void>
  offerEmbedded(): void
  dispose(): void
}

export interface HostingOptions {
  readonly room: Room<NotebookSchema>
  readonly backends: Backends
  /** How long this page holds back before it leads a room in which it met nobody; ms. */
  readonly patience: number
  /** Something about the leader, or about the own kernel, may be different now. */
  readonly changed: () => void
  /** Something has to be told to the person here. */
  readonly notify: (sentence: string) => void
}

const TICK_MS = 250
const EMBEDDED_RANK = 1
const SERVER_RANK = 0
const EMBEDDED_NAME = 'Python in the browser'
const SERVER_NAME = 'Jupyter Server'

export function createHosting({ room, backends, patience, changed, notify }: HostingOptions): Hosting {
  const { tables } = room
  const scope = createScope()
  const now = createFenceClock(() => ({ wall: Date.now(), steady: performance.now() }))
  let backend: { readonly rank: number; readonly name: string; open(): Promise<KernelBackend> } | null =
    backends.embedded ? { rank: EMBEDDED_RANK, name: EMBEDDED_NAME, open: backends.embedded } : null
  let election = newElection('', now(), patience)
  let host: { readonly address: Address; readonly runs: Promise<RunHost>; live: RunHost | null } | null = null
  let said = ''
  let begun = false

  function elect(event: ElectionEvent): void {
    const [next, effects] = stepElection(election, event)
    election = next
    for (const effect of effects) {
      if (effect.type === 'lead') lead(effect.term)
      else stopHosting()
    }
    say()
    changed()
  }

  const tick = () => elect({ type: 'ticked', now: now() })

  function lead(term: number): void {
    const offered = backend
    if (!offered) return
    stopHosting()
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
        changed()
      },
      () => {
        if (host !== hosting) return
        // A page that cannot even load what hosting needs is no host: somebody else may be.
        backend = null
        notify('A part of this page could not be loaded, so it cannot run code. Reload the page.')
        offer()
      },
    )
  }

  function stopHosting(): void {
    const ended = host
    host = null
    if (ended?.live) return ended.live.dispose()
    ended?.runs.then(
      runs => runs.dispose(),
      () => undefined,
    )
  }

  /** Says in the presence what this page is as a host, when that changed. */
  function say(): void {
    if (!begun || scope.disposed) return
    const presence = hostPresence(election.self, backend?.name ?? '', host?.live?.state.getSnapshot() ?? null)
    const text = JSON.stringify(presence)
    if (text === said) return
    said = text
    room.presence.set({ host: presence as unknown as JsonValue })
  }

  function offer(): void {
    // Who came with a link for reading serves nobody.
    const capable = backend !== null && room.me.getSnapshot()?.right !== 'view'
    elect({ type: 'capability-changed', capable, rank: backend?.rank ?? 0, now: now() })
  }

  const candidates = (): readonly Candidate[] => [election.self, ...election.others]

  return {
    leader() {
      const leader = leaderOf(election)
      return leader && { supernode: leader.peer, term: leader.term }
    },
    anyCapable: () => candidates().some(({ capable }) => capable),
    begin(peer) {
      begun = true
      election = newElection(peer, now(), patience)
      const meet = () => elect({ type: 'others-heard', others: candidatesOf(room.people.getSnapshot()), now: now() })
      scope.add(room.people.subscribe(meet))
      const ticking = setInterval(tick, TICK_MS)
      scope.add(() => clearInterval(ticking))
      scope.add(stopHosting)
      meet()
      offer()
    },
    tick,
    count() {
      const runs = host ? runsBegun(tables.executions.getSnapshot(), host.address) : 0
      elect({ type: 'runs-counted', begun: runs, now: now() })
    },
    start: execution => host?.live?.start(execution),
    obey(verb, from) {
      if (!host?.live) return
      const { live, address } = host
      const failed = (error: unknown) =>
        notify(error instanceof SupermeshError ? error.message : 'The kernel did not answer.')
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
    },
    async offerServer(address) {
      if (!backends.server) throw new SupermeshError('no-backend', 'This page cannot use a Jupyter Server.')
      const kernels = await backends.server(address)
      // Opened once before it is offered, so that a wrong address is told to the person who typed it.
      let first: Kernel | null = await kernels.open({ onProgress: () => undefined })
      const name = `${SERVER_NAME} (${first.description.displayName})`
      const offered: KernelBackend = {
        async open(how) {
          const kernel = first ?? (await kernels.open(how))
          first = null
          return kernel
        },
      }
      backend = { rank: SERVER_RANK, name, open: async () => offered }
      offer()
      elect({ type: 'called', now: now() })
    },
    offerEmbedded() {
      if (!backends.embedded) {
        throw new SupermeshError('no-backend', 'This page cannot run Python in the browser.')
      }
      backend = { rank: EMBEDDED_RANK, name: EMBEDDED_NAME, open: backends.embedded }
      offer()
      elect({ type: 'called', now: now() })
    },
    dispose: () => scope.dispose(),
  }
}
