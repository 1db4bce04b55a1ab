import { describe, expect, it } from 'vitest'
import { type Address, dutyOf, mayAnswer, phaseOf, type RunSteps, type RunWorld } from './run.ts'

const PEERS = ['ana', 'ben', 'cleo'] as const
const ADDRESSES: readonly Address[] = [
  { supernode: 'ana', term: 1 },
  { supernode: 'ana', term: 2 },
  { supernode: 'ben', term: 2 },
]
const MAYBE = [null, ...ADDRESSES]
const same = (a: Address | null, b: Address | null) => JSON.stringify(a) === JSON.stringify(b)

function* allRuns(): Generator<RunSteps> {
  for (const peer of PEERS)
    for (const asked of MAYBE)
      for (const claim of MAYBE)
        for (const verdict of ['claimed', 'refused'] as const)
          for (const go of MAYBE)
            for (const start of MAYBE)
              for (const finish of MAYBE) {
                if (!claim && verdict === 'refused') continue
                yield {
                  request: { peer, supernode: asked?.supernode ?? null, term: asked?.term ?? 0 },
                  claim: claim && { ...claim, verdict },
                  go,
                  start,
                  finish: finish && { ...finish, status: 'ok' },
                }
              }
}

const worldOf = (self: string, leader: Address | null, here: readonly string[] = PEERS): RunWorld => ({
  self,
  leader,
  present: peer => here.includes(peer),
})

const askedOf = ({ request }: RunSteps): Address | null =>
  request?.supernode == null ? null : { supernode: request.supernode, term: request.term }

const ana1: Address = { supernode: 'ana', term: 1 }
const ben2: Address = { supernode: 'ben', term: 2 }
const asked: RunSteps = {
  request: { peer: 'cleo', ...ana1 },
  claim: null,
  go: null,
  start: null,
  finish: null,
}
const claimed: RunSteps = { ...asked, claim: { ...ana1, verdict: 'claimed' } }
const gone: RunSteps = { ...claimed, go: ana1 }
const started: RunSteps = { ...gone, start: ana1 }

describe('in every state of a run', () => {
  it('each duty is somebody’s own, and no two pages are to start one run', () => {
    let duties = 0
    for (const run of allRuns()) {
      const starters = new Set<string>()
      for (const self of PEERS) {
        for (const leader of MAYBE) {
          const duty = dutyOf(run, worldOf(self, leader))
          if (!duty) continue
          duties++
          const why = JSON.stringify({ run, self, leader, duty })
          expect(run.finish, why).toBeNull()
          if (duty.type === 'address' || duty.type === 'go') {
            // R2, R3: the requester's, and never after a go.
            expect(run.request?.peer, why).toBe(self)
            expect(run.go, why).toBeNull()
          } else {
            expect(leader?.supernode, why).toBe(self)
          }
          if (duty.type === 'go') {
            // R3: for a live claim that answers the present request.
            expect(same(duty.to, leader), why).toBe(true)
            expect(same(duty.to, askedOf(run)), why).toBe(true)
            expect(run.claim, why).toEqual({ ...duty.to, verdict: 'claimed' })
          }
          if (duty.type === 'claim') {
            // R1
            expect(same(askedOf(run), leader), why).toBe(true)
            expect(run.go, why).toBeNull()
          }
          if (duty.type === 'start') {
            // R4
            expect(same(run.go, leader), why).toBe(true)
            expect(run.claim, why).toMatchObject(leader ?? {})
            expect(run.start, why).toBeNull()
            starters.add(JSON.stringify(leader))
          }
        }
      }
      expect(starters.size).toBeLessThanOrEqual(1)
    }
    expect(duties).toBeGreaterThan(500)
  })

  it('R5: what another term or supernode wrote changes nothing of what is shown', () => {
    for (const run of allRuns()) {
      if (!run.go) continue
      const bare: RunSteps = {
        ...run,
        start: same(run.start, run.go) ? run.start : null,
        finish:
          run.finish && same({ supernode: run.finish.supernode, term: run.finish.term }, run.go) ? run.finish : null,
      }
      for (const leader of MAYBE) {
        const world = worldOf('cleo', leader)
        expect(phaseOf(run, world)).toBe(phaseOf(bare, world))
      }
    }
  })

  it('R6: nothing is shown as going on that nobody carries on', () => {
    for (const run of allRuns()) {
      for (const leader of MAYBE) {
        const phase = phaseOf(run, worldOf('cleo', leader, ['cleo', ...(leader ? [leader.supernode] : [])]))
        if (phase === 'running') expect(same(leader, run.start)).toBe(true)
        if (run.go && phase === 'claimed') expect(same(leader, run.go)).toBe(true)
      }
    }
  })
})

describe('a run', () => {
  it('goes its way: address, claim, go, start, result', () => {
    const nobody: RunSteps = { ...asked, request: { peer: 'cleo', supernode: null, term: 0 } }
    expect(phaseOf(nobody, worldOf('cleo', null))).toBe('waiting')
    expect(dutyOf(nobody, worldOf('cleo', null))).toBeNull()
    expect(dutyOf(nobody, worldOf('cleo', ana1))).toEqual({ type: 'address', to: ana1 })
    expect(dutyOf(nobody, worldOf('ana', ana1)), 'only the requester asks').toBeNull()
    expect(dutyOf(asked, worldOf('ana', ana1))).toEqual({ type: 'claim' })
    expect(dutyOf(claimed, worldOf('cleo', ana1))).toEqual({ type: 'go', to: ana1 })
    expect(dutyOf(gone, worldOf('ana', ana1))).toEqual({ type: 'start' })
    expect(phaseOf(gone, worldOf('ben', ana1))).toBe('claimed')
    expect(phaseOf(started, worldOf('ben', ana1))).toBe('running')
    expect(phaseOf({ ...started, finish: { ...ana1, status: 'ok' } }, worldOf('ben', null))).toBe('done')
    expect(phaseOf({ ...started, finish: { ...ana1, status: 'aborted' } }, worldOf('ben', null))).toBe('failed')
  })

  it('R3: gets no go when the one who claimed it is not heard any more, and is asked elsewhere', () => {
    expect(dutyOf(claimed, worldOf('cleo', null))).toBeNull()
    expect(dutyOf(claimed, worldOf('cleo', ben2))).toEqual({ type: 'address', to: ben2 })
    const again: RunSteps = { ...claimed, request: { peer: 'cleo', ...ben2 } }
    expect(dutyOf(again, worldOf('cleo', ben2)), 'the old claim answers nothing').toBeNull()
    expect(phaseOf(again, worldOf('cleo', ben2))).toBe('waiting')
    expect(dutyOf(again, worldOf('ben', ben2))).toEqual({ type: 'claim' })
  })

  it('R3: is nobody’s to begin when its requester has gone before the go', () => {
    expect(phaseOf(claimed, worldOf('ana', ana1, ['ana']))).toBe('lost')
    expect(dutyOf(claimed, worldOf('ana', ana1, ['ana']))).toBeNull()
  })

  it('R4: is not started by a supernode that leads in another term, nor by a successor', () => {
    expect(dutyOf(gone, worldOf('ana', { supernode: 'ana', term: 2 }))).toBeNull()
    expect(dutyOf(gone, worldOf('ben', ben2))).toBeNull()
    expect(dutyOf({ ...gone, claim: null }, worldOf('ana', ana1))).toBeNull()
  })

  it('R6: whose supernode has gone, or stepped down, may have run; a late result corrects that', () => {
    for (const run of [gone, started]) {
      expect(phaseOf(run, worldOf('cleo', null))).toBe('lost')
      expect(phaseOf(run, worldOf('cleo', ben2))).toBe('lost')
      expect(phaseOf(run, worldOf('cleo', { supernode: 'ana', term: 2 }))).toBe('lost')
      expect(dutyOf(run, worldOf('cleo', ben2)), 'nobody repeats it').toBeNull()
      expect(phaseOf({ ...run, finish: { ...ana1, status: 'ok' } }, worldOf('cleo', ben2))).toBe('done')
    }
  })

  it('that was refused stays so, unless the refusal answered an older request', () => {
    const refused: RunSteps = { ...asked, claim: { ...ana1, verdict: 'refused' } }
    expect(phaseOf(refused, worldOf('cleo', ana1))).toBe('refused')
    expect(dutyOf(refused, worldOf('cleo', ben2))).toBeNull()
    const elsewhere: RunSteps = { ...refused, request: { peer: 'cleo', ...ben2 } }
    expect(phaseOf(elsewhere, worldOf('cleo', ben2))).toBe('waiting')
  })

  it('R7: takes answers from its requester, while it runs here', () => {
    expect(mayAnswer(started, 'cleo', ana1)).toBe(true)
    expect(mayAnswer(started, 'ben', ana1)).toBe(false)
    expect(mayAnswer(started, 'cleo', ben2)).toBe(false)
    expect(mayAnswer(gone, 'cleo', ana1)).toBe(false)
    expect(mayAnswer({ ...started, finish: { ...ana1, status: 'ok' } }, 'cleo', ana1)).toBe(false)
  })
})
