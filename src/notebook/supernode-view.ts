/**
 * The supernode as a page shows it, and what a page says of itself as a host. Pure.
 */
import type { JsonValue } from '../protocol/patch.ts'
import type { Participant } from '../room/room.ts'
import type { Candidate } from '../supernode/election.ts'
import type { SupernodeStatus } from './notebook.ts'

/** What a page says of itself in its presence, under `host`. */
export interface HostPresence {
  readonly capable: boolean
  readonly rank: number
  readonly term: number
  readonly state: SupernodeStatus['state']
  readonly kernel: string
  readonly progress: SupernodeStatus['progress']
  readonly problem: string
}

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
  const { state, kernel, problem, term, rank } = said
  return {
    capable: said.capable === true,
    rank: typeof rank === 'number' ? rank : 0,
    term: typeof term === 'number' && Number.isSafeInteger(term) && term > 0 ? term : 0,
    state: typeof state === 'string' && STATES.includes(state) ? (state as SupernodeStatus['state']) : 'idle',
    kernel: typeof kernel === 'string' ? kernel.slice(0, 200) : '',
    progress: readProgress(said.progress),
    problem: typeof problem === 'string' ? problem.slice(0, 1000) : '',
  }
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

export function candidatesOf(people: readonly Participant[]): readonly Candidate[] {
  return people.flatMap(({ peers }) =>
    peers.flatMap(({ id, self, presence }) => {
      const host = readHostPresence(presence.host)
      return self || !host ? [] : [{ peer: id, capable: host.capable, rank: host.rank, term: host.term }]
    }),
  )
}

export interface SupernodeFacts {
  readonly people: readonly Participant[]
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

/** What to say when the lead went from one page to another; empty when nothing was lost. */
export function moveNotice(people: readonly Participant[], leader: string, hadRun: boolean): string {
  if (!hadRun) return ''
  const person = people.find(({ peers }) => peers.some(({ id }) => id === leader))
  const self = person?.peers.some(({ id, self }) => id === leader && self) ?? false
  return `Python moved to ${self ? 'this page' : (person?.name ?? 'another page')}, variables are gone.`
}
