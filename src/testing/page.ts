/**
 * One page of a notebook in the simulated world: the product's election, run rules and queue on a real replica, around a
 * kernel that only counts. What `notebook/io/open-notebook.ts` and `host/io/serve-runs.ts` do with hands, this does in
 * virtual time; no rule is written here a second time.
 */
import type { NotebookSchema } from '../jupyter/schema.ts'
import { type Deed, deedsOf, type ExecutionRecord, requestOf, runsBegun } from '../notebook/duties.ts'
import {
  type Candidate,
  type ElectionEvent,
  leaderOf,
  newElection,
  PAUSE_LIMIT_MS,
  type stepElection,
} from '../supernode/election.ts'
import { NEW_QUEUE, type QueueEffect, type QueueEvent, type QueueState, type stepQueue } from '../supernode/queue.ts'
import { type Address, type RunWorld, sameAddress } from '../supernode/run.ts'
import type { Dice } from './dice.ts'
import type { SimulatedPeer } from './simulation.ts'

/** The rules that a page plays by; a mutant changes one of them. */
export interface PageRules {
  readonly election: typeof stepElection
  readonly queue: typeof stepQueue
  /** How the page sees a run: as it stands. */
  readonly see: (row: ExecutionRecord, world: RunWorld) => ExecutionRecord
}

/** Looks on from outside, with what no page can know. */
export interface Witness {
  executed(run: string): void
  /** Something was done that the rules forbid, whether or not it did harm this time. */
  unlawful(what: string): void
}

export interface PageOptions {
  readonly peer: SimulatedPeer<NotebookSchema>
  readonly dice: Dice
  readonly rules: PageRules
  readonly witness: Witness
  readonly now: () => number
  readonly capable: boolean
  readonly fresh: boolean
  /** Probability that a kernel does not open. */
  readonly kernelFailure: number
  /** Tells every page that is linked what this one says of itself. */
  readonly say: (self: Candidate) => void
}

export interface Page {
  readonly name: string
  readonly id: string
  readonly election: ReturnType<typeof newElection>
  readonly world: RunWorld
  hear(said: Candidate): void
  /** Does what is due. Not called while the page sleeps. */
  advance(): void
  /** The page does nothing for so long; what it hears meanwhile waits. */
  sleep(milliseconds: number): void
  readonly asleep: boolean
  /** Its person runs a cell. */
  request(): void
  /** Its person wants it to run the code from now on. */
  call(): void
}

interface Errand {
  readonly due: number
  readonly ready: () => boolean
  readonly run: () => void
}

interface Hosting {
  readonly address: Address
  queue: QueueState
  hasKernel: boolean
}

const TICK_MS = 250
const SAY_MS = 1000
/** A page that was not heard for so long is gone. */
const SILENCE_MS = 4000
const PATIENCE_MS = 2500

export function createPage(options: PageOptions): Page {
  const { peer, dice, rules, witness, now } = options
  const { store, sync } = peer.replica
  const { executions } = store.tables
  const { name, id } = peer
  const heard = new Map<string, { said: Candidate; at: number }>()
  /** Terms in which this page led when it fell asleep for long: over, whether it knows it or not. */
  const overslept = new Set<number>()
  let inbox: Candidate[] = []
  let errands: Errand[] = []
  let election = newElection(id, now(), options.fresh ? 0 : PATIENCE_MS)
  let host: Hosting | null = null
  let nextTick = now()
  let nextSay = now()
  let said = ''
  let awakeAt = 0
  let changed = true
  executions.subscribe(() => {
    changed = true
  })

  function world(): RunWorld {
    const leader = leaderOf(election)
    return {
      self: id,
      leader: leader && { supernode: leader.peer, term: leader.term },
      present: other => other === id || heard.has(other),
    }
  }

  function elect(event: ElectionEvent): void {
    const [next, effects] = rules.election(election, event)
    election = next
    for (const effect of effects) {
      host = effect.type === 'lead' ? { address: { supernode: id, term: effect.term }, ...NO_RUNS } : null
    }
    const saying = JSON.stringify(election.self)
    if (saying !== said) options.say(election.self)
    said = saying
    work()
  }

  function work(): void {
    const seen = world()
    const rows = executions.getSnapshot().map(row => rules.see(row, seen))
    for (const deed of deedsOf(rows, seen, { name })) {
      if (deed.type === 'start') {
        if (host) handle(host, { type: 'run-given', run: deed.execution })
        continue
      }
      judge(deed, seen)
      store.transact(tx => tx.executions.update(deed.execution, deed.fields))
    }
  }

  /** Every go answers a live claim, once, and a thawed host claims nothing before it stepped down. */
  function judge({ execution, fields }: Extract<Deed, { type: 'write' }>, { leader }: RunWorld): void {
    const row = executions.get(execution)
    if (fields.go) {
      const lawful = row?.request?.peer === id && sameAddress(fields.go, leader) && sameAddress(fields.go, row.claim)
      if (!lawful || row.go) witness.unlawful('a go that answers no live claim, or a second one')
    }
    if (fields.claim && overslept.has(fields.claim.term)) witness.unlawful('a claim in a term that was overslept')
  }

  const others = (): readonly Candidate[] => [...heard.values()].map(({ said }) => said)

  // --- hosting ------------------------------------------------------------------------------------------------------

  function handle(hosting: Hosting, event: QueueEvent): void {
    if (host !== hosting) return
    const [queue, effects] = rules.queue(hosting.queue, event)
    hosting.queue = queue
    for (const effect of effects) perform(hosting, effect)
  }

  /** Later, if this page still leads then. */
  function later(hosting: Hosting, delay: number, event: () => QueueEvent, ready = () => true): void {
    const run = () => {
      elect({ type: 'ticked', now: now() })
      handle(hosting, event())
    }
    errands.push({ due: now() + delay, ready, run })
  }

  function perform(hosting: Hosting, effect: QueueEffect): void {
    const { address } = hosting
    const { run } = effect
    switch (effect.type) {
      case 'ready-kernel':
        later(hosting, hosting.hasKernel ? 0 : 300 + dice.roll(2500), () => {
          hosting.hasKernel ||= !dice.chance(options.kernelFailure)
          return hosting.hasKernel
            ? { type: 'kernel-ready', run }
            : { type: 'kernel-failed', run, sentence: 'No Python.' }
        })
        break
      case 'write-start':
        store.transact(tx => tx.executions.update(run, { start: { ...address, kernel: 'k' } }))
        later(
          hosting,
          0,
          () => ({ type: 'start-flushed', run }),
          () => sync.unsealed === 0,
        )
        break
      case 'execute': {
        witness.executed(run)
        if (overslept.has(address.term)) witness.unlawful('a start in a term that was overslept')
        const end = { status: 'ok', executionCount: null, sentence: '' } as const
        later(hosting, 20 + dice.roll(3000), () => ({ type: 'run-ended', run, end }))
        break
      }
      case 'write-finish': {
        const { status, executionCount } = effect.end
        store.transact(tx => tx.executions.update(run, { finish: { ...address, status, executionCount } }))
      }
    }
  }

  // --- time ---------------------------------------------------------------------------------------------------------

  function readInbox(): void {
    const messages = inbox
    inbox = []
    for (const message of messages) {
      heard.set(message.peer, { said: message, at: now() })
      elect({ type: 'others-heard', others: others(), now: now() })
    }
  }

  function runErrands(): void {
    const due = errands.filter(errand => errand.due <= now() && errand.ready())
    errands = errands.filter(errand => !due.includes(errand))
    for (const { run } of due) run()
  }

  function tick(): void {
    if (changed) {
      changed = false
      elect({ type: 'runs-counted', begun: runsBegun(executions.getSnapshot(), host?.address ?? null), now: now() })
    }
    if (now() >= nextTick) {
      nextTick = now() + TICK_MS
      const silent = [...heard].filter(([, { at }]) => now() - at > SILENCE_MS)
      for (const [other] of silent) heard.delete(other)
      if (silent.length > 0) elect({ type: 'others-heard', others: others(), now: now() })
      elect({ type: 'ticked', now: now() })
    }
    if (now() >= nextSay) {
      nextSay = now() + SAY_MS
      options.say(election.self)
    }
  }

  elect({ type: 'capability-changed', capable: options.capable, rank: 1, now: now() })

  return {
    name,
    id,
    get election() {
      return election
    },
    get world() {
      return world()
    },
    hear: message => void inbox.push(message),
    get asleep() {
      return now() < awakeAt
    },
    advance() {
      // A page that wakes may see anything first.
      const order = [readInbox, runErrands, tick]
      const turn = dice.roll(order.length)
      for (let i = 0; i < order.length; i++) order[(i + turn) % order.length]?.()
    },
    sleep(milliseconds) {
      awakeAt = now() + milliseconds
      if (milliseconds > PAUSE_LIMIT_MS && election.self.term > 0) overslept.add(election.self.term)
    },
    request() {
      elect({ type: 'ticked', now: now() })
      store.transact(tx => void tx.executions.create({ cell: 'cell', request: requestOf('1', world(), { name }) }))
      work()
    },
    call() {
      if (options.capable) elect({ type: 'called', now: now() })
    },
  }
}

const NO_RUNS = { queue: NEW_QUEUE, hasKernel: false }
