/**
 * Random runs in a random world: what `npm run sim -- --only runs` does for each seed.
 *
 * People run cells; pages fall asleep, crash and come back, the world splits, hosts are called, kernels do not open. No
 * run may start twice, each must end in a state that is true, and where nothing fails each must have run exactly once.
 */
import { type NotebookSchema, notebookSchema } from '../jupyter/schema.ts'
import { type Candidate, stepElection } from '../supernode/election.ts'
import { stepQueue } from '../supernode/queue.ts'
import { phaseOf, sameAddress } from '../supernode/run.ts'
import { createNetwork } from './network.ts'
import { createPage, type Page, type PageRules } from './page.ts'
import { createSimulation, type SimulatedPeer } from './simulation.ts'

/** Rules that can be broken on purpose, to show that the world would notice. */
export const RUN_MUTANTS = [
  'forget-taken',
  'go-again',
  'skip-go',
  'accept-late-claims',
  'sleepwalk',
  'keep-leading',
] as const
export type RunMutant = (typeof RUN_MUTANTS)[number]

export interface RunsReport {
  readonly seed: number
  readonly runs: number
  /** Runs that a kernel was given more than once. */
  readonly doubleStarts: number
  /** Runs that, after a quiet time, are shown to somebody as if they went on. */
  readonly unresolved: number
  /** Runs that did not run exactly once and well, in a world without faults. */
  readonly missed: number
  /** 1 when other than one page leads after a quiet time. */
  readonly leaderless: number
  /** What was done that the rules forbid. */
  readonly unlawful: readonly string[]
  /** How the runs ended. */
  readonly phases: Readonly<Record<string, number>>
  readonly faults: RunFaults
}

export interface RunFaults {
  lost: number
  duplicated: number
  reordered: number
  partitions: number
  crashes: number
  restarts: number
  sleeps: number
  calls: number
}

export interface RunsOptions {
  readonly seed: number
  /** Virtual milliseconds with faults, before the quiet time. */
  readonly duration: number
  readonly mutant?: RunMutant
}

const STEP_MS = 20
const QUIET_MS = 45_000
const STABLE = { loss: 0, duplication: 0, reordering: 0, delay: 60 }
const FAULTY = { loss: 0.03, duplication: 0.03, reordering: 0.05, delay: 60 }
const NAMES = ['ana', 'ben', 'cleo', 'dan', 'eve', 'fay']

/** Every fourth world is without faults. */
export function runOnce({ seed, duration, mutant }: RunsOptions): RunsReport {
  const stable = seed % 4 === 0
  const world = createSimulation({ seed, ...(stable ? STABLE : FAULTY) })
  const { dice } = world
  const presence = createNetwork<Candidate>(dice, stable ? STABLE : FAULTY)
  const faults = { partitions: 0, crashes: 0, restarts: 0, sleeps: 0, calls: 0 }
  const starts = new Map<string, number>()
  const unlawful: string[] = []
  const pages = new Map<string, Page>()
  const groups = new Map<string, number>()
  const away: string[] = []
  const names = NAMES.slice(0, 3 + dice.roll(4))
  const rules = rulesOf(mutant)

  const linked = (a: string, b: string) => groups.get(a) === groups.get(b)
  const living = () => [...pages.values()].filter(({ asleep }) => !asleep)

  const canHost = (name: string) => names.indexOf(name) < 2

  function open(name: string, fresh: boolean): void {
    const page = createPage({
      peer: world.join(notebookSchema, name),
      dice,
      rules,
      fresh,
      now: () => world.time,
      capable: canHost(name) || dice.chance(0.5),
      kernelFailure: stable ? 0 : 0.1,
      witness: {
        executed: run => void starts.set(run, (starts.get(run) ?? 0) + 1),
        unlawful: what => void unlawful.push(`${what} (${name}, ${world.time} ms)`),
      },
      say(self) {
        for (const other of pages.keys()) if (other !== name && linked(name, other)) presence.send(name, other, self)
      },
    })
    pages.set(name, page)
  }

  function split(): void {
    world.partition([0, 1].map(group => names.filter(name => groups.get(name) === group)))
  }

  function misfortune(): void {
    const page = dice.pick([...pages.values()])
    const kind = dice.roll(10)
    if (kind < 3) {
      faults.partitions++
      for (const name of names) groups.set(name, dice.roll(2))
      split()
    } else if (kind < 5) {
      for (const name of names) groups.set(name, 0)
      split()
    } else if (kind === 5 && pages.size > 2) {
      faults.crashes++
      world.kill(page.name)
      presence.cut(page.name)
      pages.delete(page.name)
      away.push(page.name)
    } else if (kind === 6 && away.length > 0) {
      comeBack(away[dice.roll(away.length)] as string)
    } else if (kind === 7) {
      faults.calls++
      if (!page.asleep) page.call()
    } else if (!page.asleep) {
      faults.sleeps++
      page.sleep(500 + dice.roll(15_000))
    }
  }

  function comeBack(name: string): void {
    faults.restarts++
    open(name, false)
    away.splice(away.indexOf(name), 1)
  }

  function pass(milliseconds: number, live: () => void): void {
    for (const end = world.time + milliseconds; world.time < end; ) {
      world.pass(STEP_MS)
      presence.advance(world.time, (from, to, said) => {
        if (linked(from, to)) pages.get(to)?.hear(said)
      })
      for (const page of living()) page.advance()
      live()
    }
  }

  for (const [i, name] of names.entries()) {
    groups.set(name, 0)
    open(name, i === 0)
  }
  pass(duration, () => {
    if (dice.chance(STEP_MS / 1200)) {
      const awake = living()
      if (awake.length > 0) dice.pick(awake).request()
    }
    if (!stable && dice.chance(STEP_MS / 2500)) misfortune()
  })
  // Somebody who can host is there in the end.
  for (const name of [...away]) if (canHost(name) || dice.chance(0.5)) comeBack(name)
  for (const name of names) groups.set(name, 0)
  world.heal()
  presence.quiet = true
  pass(QUIET_MS, () => undefined)
  world.settle()
  pass(1000, () => undefined)

  const phases: Record<string, number> = {}
  const runs = new Set<string>()
  const unresolved = new Set<string>()
  let missed = 0
  for (const peer of world.peers as readonly SimulatedPeer<NotebookSchema>[]) {
    const seen = pages.get(peer.name)?.world
    for (const row of peer.replica.store.tables.executions.getSnapshot()) {
      if (!seen) continue
      const phase = phaseOf(row, seen)
      if (!runs.has(row.id)) {
        phases[phase] = (phases[phase] ?? 0) + 1
        if (stable && (phase !== 'done' || starts.get(row.id) !== 1)) missed++
      }
      runs.add(row.id)
      if (phase === 'waiting' || phase === 'claimed' || phase === 'running') unresolved.add(row.id)
      const started = starts.get(row.id) ?? 0
      // After a crash the last that a disk took may be gone, a go among it: then nobody who is left can know.
      const untold = !row.go && started > 0 && faults.crashes === 0
      if (untold || (phase === 'done' && started === 0)) unlawful.push(`${row.id} is ${phase}: untrue`)
    }
  }
  const leaders = [...pages.values()].filter(({ election }) => election.self.term > 0).length
  const { lost, duplicated, reordered } = world.faults
  return {
    seed,
    runs: runs.size,
    doubleStarts: [...starts.values()].filter(count => count > 1).length,
    unresolved: unresolved.size,
    missed,
    leaderless: leaders === 1 ? 0 : 1,
    unlawful,
    phases,
    faults: { lost, duplicated, reordered, ...faults },
  }
}

/** Whether the rules held in that world. */
export function held(report: RunsReport): boolean {
  const { doubleStarts, unresolved, missed, leaderless, unlawful } = report
  return doubleStarts + unresolved + missed + leaderless + unlawful.length === 0
}

const LAWFUL: PageRules = { election: stepElection, queue: stepQueue, see: row => row }

function rulesOf(mutant: RunMutant | undefined): PageRules {
  switch (mutant) {
    case undefined:
      return LAWFUL
    case 'forget-taken':
      // Q1 dropped: what runs already, but does not say so in the document yet, is taken again.
      return {
        ...LAWFUL,
        queue(state, event) {
          const [next, effects] = stepQueue(state, event)
          return [{ ...next, taken: new Set(next.waiting) }, effects]
        },
      }
    case 'go-again':
      // R6 dropped: when the one who has the go is not heard, somebody else is asked and told to go.
      return {
        ...LAWFUL,
        see(row, { leader }) {
          const go = sameAddress(row.go, leader) ? row.go : null
          const start = sameAddress(row.start, leader) ? row.start : null
          return { ...row, go, start }
        },
      }
    case 'skip-go':
      // R4 dropped: a claim is enough to start.
      return {
        ...LAWFUL,
        see: (row, { leader, self }) => (leader?.supernode === self ? { ...row, go: row.go ?? row.claim } : row),
      }
    case 'accept-late-claims':
      // R3 dropped: whatever claim is there is taken for an answer to the present request.
      return {
        ...LAWFUL,
        see(row, { self }) {
          const { claim, request } = row
          if (!claim || !request || request.peer !== self || request.supernode === null) return row
          return { ...row, claim: { ...claim, supernode: request.supernode, term: request.term } }
        },
      }
    case 'sleepwalk':
      // L3 dropped.
      return { ...LAWFUL, election: (state, event) => stepElection({ ...state, lastAwake: event.now }, event) }
    case 'keep-leading':
      // L2 dropped: a leader does not hear of others.
      return {
        ...LAWFUL,
        election: (state, event) =>
          stepElection(state.self.term > 0 ? { ...state, others: [] } : state, deafWhileLeading(state.self, event)),
      }
  }
}

function deafWhileLeading<Event extends Parameters<typeof stepElection>[1]>(self: Candidate, event: Event): Event {
  if (self.term === 0 || event.type !== 'others-heard') return event
  return { ...event, others: event.others.map(other => ({ ...other, term: 0 })) }
}
