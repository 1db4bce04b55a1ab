/**
 * What a room tells of itself, from facts: pure, so that every sentence can be tested.
 */
import type { MeshStatus } from '../mesh/mesh.ts'
import { PROBLEMS, type Problem } from './problems.ts'
import type { RoomStatus } from './room.ts'

export interface RoomFacts {
  readonly phase: RoomStatus['phase']
  readonly mesh: MeshStatus | null
  /** Whether anything of this room was ever seen. */
  readonly hasContent: boolean
  /** Whether there is a disk, and keeping works. */
  readonly durable: boolean
  /** Whether own edits are not on that disk yet. */
  readonly writing: boolean
  /** Own edits that are neither on the disk nor with a peer. */
  readonly unsaved: number
  readonly agreeing: number
  readonly problems: readonly Problem[]
}

export function statusOf(facts: RoomFacts): RoomStatus {
  const { mesh } = facts
  const meshProblem = mesh?.problem ? [{ ...mesh.problem }] : []
  // Of a room that was here it is said already that it is gone.
  const isNew = !facts.hasContent && !facts.problems.includes(PROBLEMS.keptLost)
  const isWaiting = facts.phase === 'open' && isNew && (mesh?.connected ?? 0) === 0
  return {
    phase: facts.phase,
    link: linkOf(mesh),
    peers: mesh?.connected ?? 0,
    content: facts.hasContent ? 'ready' : 'waiting',
    saved: !facts.durable ? 'memory' : facts.writing ? 'saving' : 'disk',
    unsaved: facts.unsaved,
    agreeing: facts.agreeing,
    problems: [...facts.problems, ...meshProblem, ...(isWaiting ? [PROBLEMS.nobodyHere] : [])],
  }
}

function linkOf(mesh: MeshStatus | null): RoomStatus['link'] {
  if (!mesh) return 'offline'
  if (mesh.connected > 0) return 'connected'
  if (mesh.connecting > 0) return 'connecting'
  return mesh.signaling.some(({ state }) => state === 'open') ? 'alone' : 'offline'
}
