import { describe, expect, it } from 'vitest'
import { type MeshFacts, problemOf } from './problem.ts'

const fine: MeshFacts = {
  webrtc: true,
  signaling: [{ url: 'a', state: 'open' }],
  connected: 0,
  unreachable: 0,
  turn: false,
}

describe('what is wrong', () => {
  it('is nothing while servers are tried for the first time or one of them is there', () => {
    expect(problemOf(fine)).toBeNull()
    expect(problemOf({ ...fine, signaling: [{ url: 'a', state: 'connecting' }] })).toBeNull()
    expect(problemOf({ ...fine, signaling: [...fine.signaling, { url: 'b', state: 'retrying' }] })).toBeNull()
  })

  it('has a code, a sentence and a next step, the gravest first', () => {
    const down = { signaling: [{ url: 'a', state: 'retrying' as const }] }
    expect(problemOf({ ...fine, ...down, webrtc: false, unreachable: 1 })?.code).toBe('no-webrtc')
    expect(problemOf({ ...fine, ...down, unreachable: 1 })?.code).toBe('signaling-down')
    expect(problemOf({ ...fine, signaling: [] })?.code).toBe('no-signaling')
    expect(problemOf({ ...fine, unreachable: 2 })?.code).toBe('turn-needed')
  })

  it('says what still works, and does not advise a TURN server to those who have one', () => {
    const down = { ...fine, signaling: [{ url: 'a', state: 'retrying' as const }], connected: 2 }
    expect(problemOf(down)?.sentence).toContain('You stay connected')
    expect(problemOf({ ...fine, unreachable: 1, turn: true })?.nextStep).not.toContain('Add a TURN server')
  })
})
