/**
 * What is wrong with the connections, in words for the people in the room. Pure.
 */
import type { MeshProblem, SignalingStatus } from './mesh.ts'

export interface MeshFacts {
  readonly webrtc: boolean
  readonly signaling: readonly SignalingStatus[]
  readonly connected: number
  /** Peers that answer on the bus and cannot be reached. */
  readonly unreachable: number
  /** A TURN server is among the ICE servers. */
  readonly turn: boolean
}

/** The gravest problem, or `null`. */
export function problemOf({ webrtc, signaling, connected, unreachable, turn }: MeshFacts): MeshProblem | null {
  if (!webrtc) {
    return {
      code: 'no-webrtc',
      sentence: 'This browser cannot connect to other browsers directly (it has no WebRTC), so you work here alone.',
      nextStep:
        'Open the page in a current Chrome, Edge, Firefox or Safari, or switch WebRTC on again in the privacy settings.',
    }
  }
  if (signaling.length === 0) {
    return {
      code: 'no-signaling',
      sentence: 'No signaling server is set, so nobody can find this room.',
      nextStep: 'Add the address of a signaling server in the settings.',
    }
  }
  if (signaling.every(({ state }) => state === 'retrying')) {
    const others = connected > 0 ? ' You stay connected to those who are here.' : ''
    return {
      code: 'signaling-down',
      sentence: `${signaling.length === 1 ? 'The signaling server does' : 'The signaling servers do'} not answer, so nobody can join.${others}`,
      nextStep: 'Check your network connection. We keep trying; you can also set another signaling server.',
    }
  }
  if (unreachable > 0) {
    const who = unreachable === 1 ? 'one person' : `${unreachable} people`
    return {
      code: 'turn-needed',
      sentence: `You and ${who} found each other, but your networks do not let you connect directly.`,
      nextStep: turn
        ? 'Check the address and the password of the TURN server in the settings, or join from the same network.'
        : 'Add a TURN server in the settings, or join from the same network.',
    }
  }
  return null
}
