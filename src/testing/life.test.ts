import { describe, expect, it } from 'vitest'
import { createLab } from './lab.ts'
import { lifeSchema, liveOnce, MUTANTS } from './life.ts'
import { createSimulation } from './simulation.ts'

describe('random worlds', () => {
  it('S1: end with equal replicas, whatever was lost, doubled, reordered, split or crashed', () => {
    const reports = Array.from({ length: 40 }, (_, i) => liveOnce({ seed: i + 1, operations: 60 }))
    expect(reports.filter(({ diverged, stuck }) => diverged || stuck).map(({ seed }) => seed)).toEqual([])
    const faults = (['lost', 'duplicated', 'reordered', 'partitions', 'joins', 'crashes', 'snapshots'] as const).map(
      fault => reports.reduce((sum, report) => sum + report.faults[fault], 0),
    )
    for (const count of faults) expect(count).toBeGreaterThan(0)
  })

  for (const mutant of MUTANTS) {
    it(`notice at once when a rule is broken: ${mutant}`, () => {
      const seeds = Array.from({ length: 20 }, (_, i) => i + 1)
      expect(seeds.find(seed => liveOnce({ seed, operations: 60, mutant }).diverged)).toBeLessThanOrEqual(20)
    })
  }

  it('follow from their seed alone', () => {
    const picture = (seed: number) => JSON.stringify(liveOnce({ seed, operations: 60 }))
    expect(picture(3)).toBe(picture(3))
    expect(picture(3)).not.toBe(picture(4))
  })

  it('pass no faster or slower than they are told', () => {
    const world = createSimulation({ seed: 1, delay: 50 })
    const [ana, ben] = [world.join(lifeSchema, 'ana'), world.join(lifeSchema, 'ben')]
    ana.replica.store.transact(tx => void tx.notes.create({ title: 'x' }, { id: 'n' }))
    expect(ben.replica.store.tables.notes.has('n')).toBe(false)
    world.pass(150)
    expect([world.time, ben.replica.store.tables.notes.has('n')]).toEqual([150, true])
  })

  it('once parted replicas: texts and lists written in one transaction, in an order that is not the wire’s', () => {
    // Ids were given in the order of writing here, and in that of the wire elsewhere.
    const lab = createLab(lifeSchema)
    const [ana, ben] = [lab.open('ana'), lab.open('ben')]
    lab.link(ana, ben)
    ana.replica.store.transact(tx => {
      tx.orders.create({ items: ['a', 'b'] }, { id: 'all' })
      for (const id of ['b', '10', '9']) tx.notes.create({ title: id }, { id })
    })
    ben.replica.store.transact(tx => void tx.notes.create({ title: 'mine' }, { id: 'c' }))
    lab.flush()
    ben.replica.store.transact(tx => tx.notes.get('10').title.splice(1, 0, '!'))
    lab.flush()
    expect(ana.replica.store.fingerprint()).toBe(ben.replica.store.fingerprint())
  })
})
