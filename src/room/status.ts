/**
 * What a room tells of itself, from facts: pure, so that every sentence can be tested.
 */
import type { MeshStatus } from '../mesh/mesh.ts'
import type { Problem, RoomStatus } from './room.ts'

export interface RoomFacts {
  readonly phase: RoomStatus['phase']
  readonly mesh: MeshStatus | null
  /** Whether anything of this room was ever seen. */
  readonly hasContent: boolean
  readonly durable: boolean
  /** Own edits that are not sealed or not yet kept. */
  readonly unsaved: number
  readonly agreeing: number
  readonly problems: readonly Problem[]
}

export function statusOf(facts: RoomFacts): RoomStatus {
  const { mesh } = facts
  const meshProblem = mesh?.problem ? [{ ...mesh.problem }] : []
  const isWaiting = facts.phase === 'open' && !facts.hasContent && (mesh?.connected ?? 0) === 0
  return {
    phase: facts.phase,
    link: linkOf(mesh),
    peers: mesh?.connected ?? 0,
    content: facts.hasContent ? 'ready' : 'waiting',
    saved: facts.unsaved > 0 ? 'saving' : facts.durable ? 'disk' : 'memory',
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

export const PROBLEMS = {
  nobodyHere: {
    code: 'nobody-here',
    sentence: 'This page has not seen this room before, and nobody who has it is here.',
    nextStep: 'Keep it open: it fills as soon as somebody who has the room comes.',
  },
  tooOld: {
    code: 'too-old',
    sentence: 'Somebody here uses a newer version of this page.',
    nextStep: 'Reload this page to work with them.',
  },
  otherProtocol: {
    code: 'other-protocol',
    sentence: 'Somebody here uses another version of this page, which cannot be understood.',
    nextStep: 'Ask them to reload their page.',
  },
  insecure: {
    code: 'insecure-origin',
    sentence: 'This address is not secure, so the browser offers no encryption to this page.',
    nextStep: 'Open it by https, or on this computer by http://localhost.',
  },
  notOpened: {
    code: 'not-opened',
    sentence: 'This page could not open the room.',
    nextStep: 'Reload this page, or try another browser.',
  },
  notFilled: {
    code: 'not-filled',
    sentence: 'This page could not write what the room begins with.',
    nextStep: 'Tell whoever made this page: it is a mistake in it.',
  },
  quota: {
    code: 'quota',
    sentence: 'This device has no room left, so new edits are only in this page and with the others.',
    nextStep: 'Keep this page open, free some space, or export a copy.',
  },
  notKept: {
    code: 'not-kept',
    sentence: 'This browser keeps nothing for this page, so the room lives only while somebody has it open.',
    nextStep: 'Leave the private window, allow storage for this page, or export a copy before you close it.',
  },
} as const satisfies Record<string, Problem>
