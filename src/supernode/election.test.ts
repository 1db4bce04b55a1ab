import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type Candidate,
  type ElectionEvent,
  type ElectionState,
  leaderOf,
  newElection,
  PAUSE_LIMIT_MS,
  RANK_DELAY_MS,
  stepElection,
} from './election.ts'

const NOBODY: Candidate = { peer: 'x', capable: true, rank: 1, term: 0, call: 0, begun: 0 }
const candidate = (peer: string, fields: Partial<Candidate> = {}): Candidate => ({ ...NOBODY, peer, ...fields })

/** A page that takes events one after the other and remembers what it was told to do. */
function page(peer: string, { patience = 2500, start = 0 } = {}) {
  let state = newElection(peer, start, patience)
  return {
    get state() {
      return state
    },
    take(event: ElectionEvent) {
      const [next, effects] = stepElection(state, event)
      state = next
      return effects
    },
  }
}

const hear = (now: number, ...others: Candidate[]): ElectionEvent => ({ type: 'others-heard', others, now })
const able = (now: number, rank = 1): ElectionEvent => ({ type: 'capability-changed', capable: true, rank, now })
const tick = (now: number): ElectionEvent => ({ type: 'ticked', now })

function leading(peer: string, now = 0) {
  const it = page(peer, { patience: 0, start: now })
  it.take(able(now))
  return it
}

describe('a leader', () => {
  it('L5: leads at once where it made the room, else after its patience', () => {
    expect(page('a', { patience: 0 }).take(able(0))).toEqual([{ type: 'lead', term: 1 }])
    const late = page('a', { patience: 2500 })
    expect(late.take(able(0))).toEqual([])
    expect(late.take(tick(2499))).toEqual([])
    expect(late.take(tick(2500))).toEqual([{ type: 'lead', term: 1 }])
  })

  it('L5: does not lead because the first whom it meets does not: the leader may be the next', () => {
    const newcomer = page('a', { patience: 2500 })
    newcomer.take(able(0))
    expect(newcomer.take(hear(50, candidate('b')))).toEqual([])
    expect(newcomer.take(hear(100, candidate('b'), candidate('c', { term: 1 })))).toEqual([])
    expect(newcomer.take(hear(5000, candidate('b'), candidate('c', { term: 1 })))).toEqual([])
  })

  it('L5: waits for each better candidate, and leads when none of them does', () => {
    const third = page('c', { patience: 0 })
    third.take(hear(0, candidate('a'), candidate('b', { rank: 0 })))
    third.take(able(0))
    for (let now = 200; now < 2 * RANK_DELAY_MS; now += 200) expect(third.take(tick(now))).toEqual([])
    expect(third.take(tick(2 * RANK_DELAY_MS))).toEqual([{ type: 'lead', term: 1 }])
  })

  it('L4: stays when a better candidate comes', () => {
    const it = leading('m')
    expect(it.take(hear(100, candidate('a', { rank: 0 })))).toEqual([])
    expect(leaderOf(it.state)?.peer).toBe('m')
    const newcomer = page('a', { patience: 2500 })
    newcomer.take(able(0, 0))
    newcomer.take(hear(100, it.state.self))
    for (let now = 100; now < 60_000; now += 250) expect(newcomer.take(tick(now))).toEqual([])
  })

  it('L4: whose kernel was used stays when it meets one that led alone for a moment, whatever their terms', () => {
    const ana = leading('z')
    ana.take({ type: 'runs-counted', begun: 3, now: 10 })
    const ben = page('a', { patience: 0 })
    ben.take(hear(0, candidate('y', { term: 8 })))
    ben.take(hear(1))
    expect(ben.take(able(2))).toEqual([{ type: 'lead', term: 9 }])
    expect(ana.take(hear(20, ben.state.self))).toEqual([])
    expect(ben.take(hear(20, ana.state.self))).toEqual([{ type: 'step-down' }])
  })

  it('L4: gives way to a call, also with a used kernel; of two calls the later one that heard of the other', () => {
    const ana = leading('a')
    ana.take({ type: 'runs-counted', begun: 30, now: 10 })
    const ben = page('b')
    ben.take(hear(10, ana.state.self))
    expect(ben.take({ type: 'called', now: 11 }), 'a page that cannot host').toEqual([])
    ben.take(able(12))
    expect(ben.take({ type: 'called', now: 13 })).toEqual([{ type: 'lead', term: 2 }])
    expect(ana.take(hear(20, ben.state.self))).toEqual([{ type: 'step-down' }])
    expect(ana.take({ type: 'called', now: 30 })).toEqual([{ type: 'lead', term: 3 }])
    expect(ben.take(hear(40, ana.state.self))).toEqual([{ type: 'step-down' }])
  })

  it('L2: steps down when it can host no more', () => {
    const it = leading('a')
    expect(it.take({ type: 'capability-changed', capable: false, rank: 0, now: 5 })).toEqual([{ type: 'step-down' }])
  })

  it.each<[string, (now: number) => ElectionEvent]>([
    ['a tick', tick],
    ['news of others', now => hear(now, candidate('b'))],
    ['a change of its own', able],
    ['a run', now => ({ type: 'runs-counted', begun: 9, now })],
    ['a call', now => ({ type: 'called', now })],
  ])('L3: that slept steps down before anything, whatever wakes it: %s', (_, wake) => {
    const it = leading('a')
    it.take(tick(100))
    const [first] = it.take(wake(100 + PAUSE_LIMIT_MS + 1))
    expect(first).toEqual({ type: 'step-down' })
    const awake = leading('a')
    awake.take(tick(100))
    expect(awake.take(wake(100 + PAUSE_LIMIT_MS))).not.toContainEqual({ type: 'step-down' })
  })
})

const anyCandidate = (peer: string) =>
  fc.record({
    peer: fc.constant(peer),
    capable: fc.boolean(),
    rank: fc.nat(2),
    term: fc.nat(3),
    call: fc.nat(1),
    begun: fc.nat(2),
  })

describe('leaders that meet', () => {
  it('L1: are ordered the same for everybody, and equal terms have one winner', () => {
    fc.assert(
      fc.property(fc.tuple(...['a', 'b', 'c', 'd'].map(anyCandidate)), fc.nat(3), fc.nat(3), (all, i, j) => {
        const seenBy = (at: number) => {
          const self = all[at] as Candidate
          const others = all.filter(other => other !== self).reverse()
          return leaderOf({ self, others })
        }
        expect(seenBy(i)).toEqual(seenBy(j))
        expect(seenBy(i) === null).toBe(all.every(({ term }) => term === 0))
      }),
    )
  })
})

interface Move {
  readonly at: number
  readonly type: 'tick' | 'hear' | 'split' | 'kill' | 'sleep' | 'call' | 'run'
}

/** A few pages that hear of each other with delays, in groups; then a quiet time. */
function live(count: number, moves: readonly Move[]) {
  let now = 0
  const names = Array.from({ length: count }, (_, i) => String.fromCharCode(97 + i))
  const pages = names.map((name, i) => ({
    name,
    group: 0,
    alive: true,
    asleep: 0,
    terms: [] as number[],
    state: born(name, i),
  }))
  function born(name: string, i: number): ElectionState {
    return newElection(name, 0, i === 0 ? 0 : 2500)
  }
  function take(me: (typeof pages)[number], event: ElectionEvent): void {
    const [next, effects] = stepElection(me.state, event)
    me.state = next
    for (const effect of effects) if (effect.type === 'lead') me.terms.push(effect.term)
  }
  const heardBy = (me: (typeof pages)[number]) =>
    pages.filter(other => other.alive && other !== me && other.group === me.group).map(({ state }) => state.self)
  function quiet(ms: number) {
    for (const end = now + ms; now < end; ) {
      now += 250
      for (const me of pages) {
        if (!me.alive || me.asleep > now) continue
        take(me, hear(now, ...heardBy(me)))
        take(me, tick(now))
      }
    }
  }
  for (const me of pages) take(me, able(0))
  for (const { at, type } of moves) {
    const me = pages[at % count] as (typeof pages)[number]
    now += 50 * at
    if (type === 'split') for (const [i, page] of pages.entries()) page.group = (at >> i) & 1
    else if (type === 'kill' && pages.filter(({ alive }) => alive).length > 1) me.alive = false
    else if (type === 'sleep') me.asleep = now + 1000 * at
    else if (!me.alive || me.asleep > now) continue
    else if (type === 'tick') take(me, tick(now))
    else if (type === 'hear') take(me, hear(now, ...heardBy(me)))
    else if (type === 'call') take(me, { type: 'called', now })
    else take(me, { type: 'runs-counted', begun: me.state.self.begun + 1, now })
  }
  return { pages: () => pages.filter(({ alive }) => alive), all: pages, quiet }
}

const moves = fc.array(
  fc.record({
    at: fc.nat(31),
    type: fc.constantFrom<Move['type']>('tick', 'hear', 'hear', 'split', 'kill', 'sleep', 'call', 'run'),
  }),
  { maxLength: 40 },
)

describe('after a quiet time', () => {
  it('L1, L5: each connected side has exactly one leader, whatever happened before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), moves, (count, moves) => {
        const world = live(count, moves)
        world.quiet(45_000)
        const sides = new Map<number, string[]>()
        for (const { group, name, state } of world.pages()) {
          sides.set(group, [...(sides.get(group) ?? []), ...(state.self.term > 0 ? [name] : [])])
        }
        for (const leaders of sides.values()) expect(leaders).toHaveLength(1)
      }),
    )
  })

  it('L5: somebody leads within the delays of the ranks after a kill', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), moves, (count, moves) => {
        const world = live(count, moves)
        world.quiet(45_000)
        const leader = world.pages().find(({ state }) => state.self.term > 0)
        if (leader && world.pages().length > 1) leader.alive = false
        const left = world.pages().filter(({ group }) => group === leader?.group)
        world.quiet(Math.max(2500, left.length * RANK_DELAY_MS) + 500)
        if (left.length > 0) expect(left.filter(({ state }) => state.self.term > 0)).toHaveLength(1)
      }),
    )
  })

  it('L6: no page led twice in one term', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), moves, (count, moves) => {
        for (const { terms } of live(count, moves).all) {
          expect(terms).toEqual([...new Set(terms)].sort((a, b) => a - b))
        }
      }),
    )
  })
})
