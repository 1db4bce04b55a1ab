import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createDice } from '../testing/dice.ts'
import { createLab, type LabPeer } from '../testing/lab.ts'
import { act, type LifeTables, lifeSchema } from '../testing/life.ts'

type Peer = LabPeer<LifeTables>

const prints = (peers: readonly Peer[]) => peers.map(({ replica }) => replica.store.describe())

/** Ana and Ben after some edits of both, some of them at the same time. */
function lived(seed: number, edits: number, regretful: boolean) {
  const lab = createLab(lifeSchema)
  const dice = createDice(seed)
  const [ana, ben] = [lab.open('ana'), lab.open('ben')]
  lab.link(ana, ben)
  for (let done = 0; done < edits; ) {
    done += act(dice.pick([ana, ben]), dice, regretful)
    if (dice.chance(0.4)) lab.flush()
  }
  lab.flush()
  return { lab, dice, ana, ben }
}

describe('a snapshot', () => {
  it('Y30: is the same document, of which everything can go on', () => {
    fc.assert(
      fc.property(fc.nat(), fc.constantFrom(Number.POSITIVE_INFINITY, 30, 1), (seed, horizon) => {
        const { lab, dice, ana, ben } = lived(seed, 60, true)
        const cleo = lab.open('cleo', { snapshot: ana.replica.sync.snapshot(horizon) })
        expect(prints([cleo])).toEqual(prints([ana]))
        expect(cleo.replica.sync.snapshot(horizon)).toEqual(ana.replica.sync.snapshot(horizon))
        lab.link(cleo, ben)
        for (let i = 0; i < 40; i++) {
          act(dice.pick([ana, ben, cleo]), dice, horizon === Number.POSITIVE_INFINITY)
          if (dice.chance(0.3)) lab.flush()
        }
        lab.tick()
        lab.flush()
        lab.tick()
        lab.flush()
        expect(prints([ben, cleo])).toEqual(prints([ana, ana]))
      }),
      { numRuns: 60 },
    )
  })
})
