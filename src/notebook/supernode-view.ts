/**
 * The supernode as a page shows it, and what a page says of itself as a host. Pure.
 */
import type { JsonValue } from '../protocol/patch.ts'
import type { Participant } from '../room/room.ts'
import { type Candidate, COUNT_END } from '../supernode/election.ts'
import { type Address, sameAddress } from '../supernode/run.ts'
import type { SupernodeStatus } from './notebook.ts'

/** What a page says of itself in its presence, under `host`. */
export interface HostPresence {
  readonly capable: boolean
  readonly rank: number
  readonly term: number
  readonly call: number
  readonly begun: number
  readonly state: SupernodeStatus['state']
  readonly kernel: string
  readonly progress: SupernodeStatus['progress']
  readonly problem: string
}

/** Anybody here, as far as hosting goes. */
export type HostingParticipant = Participant<{ readonly host: JsonValue }>

type Progress = NonNullable<SupernodeStatus['progress']>

/** How the kernel of this page is. */
export interface HostFacts {
  readonly state: HostPresence['state']
  readonly progress: Progress | null
  readonly problem: string
}

const PROGRESS_STEPS = 50

const STATES: readonly string[] = [
  'idle',
  'starting',
  'busy',
  'restarting',
  'dead',
] satisfies SupernodeStatus['state'][]

/** A stranger's words made harmless; `null` for a page that says nothing of hosting. */
export function readHostPresence(value: JsonValue | undefined): HostPresence | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const said = value as Readonly<Record<string, JsonValue>>
  const { state, kernel, problem, rank } = said
  return {
    capable: said.capable === true,
    rank: typeof rank === 'number' ? rank : 0,
    term: readCount(said.term),
    call: readCount(said.call),
    begun: readCount(said.begun),
    state: typeof state === 'string' && STATES.includes(state) ? (state as SupernodeStatus['state']) : 'idle',
    kernel: typeof kernel === 'string' ? kernel.slice(0, 200) : '',
    progress: readProgress(said.progress),
    problem: typeof problem === 'string' ? problem.slice(0, 1000) : '',
  }
}

function readCount(value: JsonValue | undefined): number {
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value < COUNT_END ? value : 0
}

function readProgress(value: JsonValue | undefined): SupernodeStatus['progress'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { stage, loaded, total } = value as Readonly<Record<string, JsonValue>>
  if (typeof stage !== 'string') return null
  return {
    stage: stage.slice(0, 200),
    ...(typeof loaded === 'number' && { loaded }),
    ...(typeof total === 'number' && { total }),
  }
}

export function candidatesOf(people: readonly HostingParticipant[]): readonly Candidate[] {
  return people.flatMap(({ peers }) =>
    peers.flatMap(({ id, self, presence }) => {
      const host = readHostPresence(presence.host)
      if (self || !host) return []
      const { capable, rank, term, call, begun } = host
      return [{ peer: id, capable, rank, term, call, begun }]
    }),
  )
}

export interface SupernodeFacts {
  readonly people: readonly HostingParticipant[]
  readonly leader: string | null
  readonly anyCapable: boolean
  readonly notice: string
}

export function supernodeStatus({ people, leader, anyCapable, notice }: SupernodeFacts): SupernodeStatus {
  const found = people
    .flatMap(person => person.peers.map(peer => ({ person, peer })))
    .find(({ peer }) => peer.id === leader)
  const host = found && readHostPresence(found.peer.presence.host)
  if (!found || !host) {
    const state = anyCapable ? 'electing' : 'nobody'
    return { state, name: '', self: false, kernel: '', progress: null, notice, problem: '' }
  }
  const { state, kernel, progress, problem } = host
  return { state, name: found.person.name, self: found.peer.self, kernel, progress, notice, problem }
}

/** What this page says of itself as a host. */
export function hostPresence(self: Candidate, kernel: string, host: HostFacts | null): HostPresence {
  const { capable, rank, term, call, begun } = self
  const { state = 'idle', progress = null, problem = '' } = host ?? {}
  return { capable, rank, term, call, begun, state, kernel, progress: progress && coarse(progress), problem }
}

/** Fiftieths are enough for a bar, and few enough to be told to everybody. */
function coarse({ stage, loaded, total }: Progress): Progress {
  if (loaded === undefined || total === undefined || total <= 0) return { stage }
  return { stage, loaded: Math.floor((loaded / total) * PROGRESS_STEPS), total: PROGRESS_STEPS }
}

/**
 * What to say when the lead went from one page or term to another, or when this page first sees who leads; empty when no
 * variables were lost.
 */
export function moveNotice(
  people: readonly HostingParticipant[],
  before: Address | null,
  after: Address,
  runs: readonly { readonly start: Address | null }[],
): string {
  const person = people.find(({ peers }) => peers.some(({ id }) => id === after.supernode))
  const self = person?.peers.some(({ id, self }) => id === after.supernode && self) ?? false
  const place = self ? 'this page' : (person?.name ?? 'another page')
  const ran = (address: Address) => runs.some(({ start }) => sameAddress(start, address))
  if (!before) {
    // Whoever reloads, or comes back, sees outputs whose variables are gone.
    const anew = runs.some(({ start }) => start !== null) && !ran(after)
    return anew
      ? `Python starts anew on ${self ? place : `the page of ${place}`}, variables of earlier runs are gone.`
      : ''
  }
  if (sameAddress(before, after) || !ran(before)) return ''
  return before.supernode === after.supernode
    ? `Python was started anew on ${self ? place : `the page of ${place}`}, variables are gone.`
    : `Python moved to ${place}, variables are gone.`
}
