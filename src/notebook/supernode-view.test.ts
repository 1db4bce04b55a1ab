import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../protocol/patch.ts'
import { COUNT_END, LEAP_END, leaderOf, newElection, stepElection } from '../supernode/election.ts'
import {
  candidatesOf,
  type HostingParticipant,
  hostPresence,
  moveNotice,
  readHostPresence,
  supernodeStatus,
} from './supernode-view.ts'

const ana = { peer: 'ana', capable: true, rank: 1, term: 2, call: 1, begun: 4 }
const said = hostPresence(ana, 'Python in the browser', {
  state: 'starting',
  progress: { stage: 'Downloading Python', loaded: 3_140_000, total: 6_300_000 },
  problem: '',
})
const person = (name: string, id: string, self: boolean, host: unknown): HostingParticipant => ({
  id: name,
  name,
  colour: '#000000',
  self,
  presence: { host: host as JsonValue },
  peers: [{ id, self, presence: { host: host as JsonValue } }],
})
const people = [
  person('Ben', 'ben', true, hostPresence({ ...ana, peer: 'ben', term: 0 }, '', null)),
  person('Ana', 'ana', false, said),
]

describe('what a page says of itself as a host', () => {
  it('is read as it was said; progress in fiftieths', () => {
    expect(said.progress).toEqual({ stage: 'Downloading Python', loaded: 24, total: 50 })
    expect(readHostPresence(said as unknown as JsonValue)).toEqual(said)
    expect(candidatesOf(people)).toEqual([ana])
  })

  it('is harmless whatever a stranger says', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (value, field) => {
        for (const host of [value, { ...said, term: field }, { ...said, call: field, begun: field, progress: field }]) {
          const read = readHostPresence(host as JsonValue)
          if (!read) continue
          for (const count of [read.term, read.call, read.begun]) expect(Number.isSafeInteger(count + 1)).toBe(true)
          expect(readHostPresence(read as unknown as JsonValue)).toEqual(read)
        }
      }),
    )
  })

  it('L6: is read as it is meant, whatever number somebody forged before', () => {
    const counts = [1, LEAP_END - 1, LEAP_END, LEAP_END + 1, COUNT_END - 2, COUNT_END - 1, COUNT_END]
    for (const forged of counts) {
      const host = { ...said, term: forged, call: forged }
      let state = newElection('ben', 0, 0)
      const take = (event: Parameters<typeof stepElection>[1]) => {
        state = stepElection(state, event)[0]
      }
      const others = candidatesOf([person('Mallory', 'mallory', false, host)])
      take({ type: 'others-heard', others, now: 0 })
      take({ type: 'others-heard', others: [], now: 1 })
      take({ type: 'capability-changed', capable: true, rank: 1, now: 2 })
      for (let turn = 0; turn < 3; turn++) {
        const before = state.self
        take({ type: 'called', now: 3 + turn })
        expect(state.self.term, `${forged}`).toBeGreaterThan(before.term)
        expect(state.self.call, `${forged}`).toBeGreaterThan(before.call)
        const heard = candidatesOf([person('Ben', 'ben', false, hostPresence(state.self, '', null))])
        expect(heard).toEqual([state.self])
        // Another page that hears it, twice as presence is told, counts on from there and is heard as the better one.
        let other = newElection('ana', 3, 0)
        for (const event of [
          { type: 'others-heard', others: heard, now: 3 },
          { type: 'others-heard', others: heard, now: 4 },
          { type: 'capability-changed', capable: true, rank: 1, now: 5 },
          { type: 'called', now: 6 },
        ] as const) {
          other = stepElection(other, event)[0]
        }
        const answer = candidatesOf([person('Ana', 'ana', false, hostPresence(other.self, '', null))])
        expect(leaderOf({ self: state.self, others: answer })?.peer).toBe('ana')
        expect(answer).toEqual([other.self])
      }
    }
  })

  it('is the supernode’s status when it leads', () => {
    expect(supernodeStatus({ people, leader: 'ana', anyCapable: true, notice: 'n' })).toEqual({
      state: 'starting',
      name: 'Ana',
      self: false,
      kernel: 'Python in the browser',
      progress: { stage: 'Downloading Python', loaded: 24, total: 50 },
      notice: 'n',
      problem: '',
    })
    expect(supernodeStatus({ people, leader: null, anyCapable: true, notice: '' }).state).toBe('electing')
    expect(supernodeStatus({ people, leader: null, anyCapable: false, notice: '' }).state).toBe('nobody')
  })
})

describe('the notice of a move', () => {
  const before = { supernode: 'ana', term: 2 }
  const ran = [{ start: null }, { start: before }]

  it('says where Python is now, when variables were lost', () => {
    expect(moveNotice(people, before, { supernode: 'ben', term: 3 }, ran)).toBe(
      'Python moved to this page, variables are gone.',
    )
    expect(moveNotice(people, { supernode: 'ben', term: 1 }, before, [{ start: { supernode: 'ben', term: 1 } }])).toBe(
      'Python moved to Ana, variables are gone.',
    )
    expect(moveNotice(people, before, { supernode: 'ana', term: 5 }, ran)).toBe(
      'Python was started anew on the page of Ana, variables are gone.',
    )
  })

  it('is told to whoever comes and finds outputs of a Python that is gone', () => {
    expect(moveNotice(people, null, { supernode: 'ben', term: 3 }, ran)).toBe(
      'Python starts anew on this page, variables of earlier runs are gone.',
    )
    expect(moveNotice(people, null, { supernode: 'ana', term: 9 }, ran)).toBe(
      'Python starts anew on the page of Ana, variables of earlier runs are gone.',
    )
  })

  it('says nothing when nothing ran there, or nothing moved', () => {
    const after = { supernode: 'ben', term: 3 }
    expect(moveNotice(people, before, after, [{ start: { supernode: 'ana', term: 1 } }])).toBe('')
    expect(moveNotice(people, before, before, ran)).toBe('')
    expect(moveNotice(people, null, before, ran)).toBe('')
    expect(moveNotice(people, null, after, [{ start: null }])).toBe('')
  })
})
