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
  it('Y30, S4: keeps anchors where they are, also at what was removed', () => {
    const lab = createLab(lifeSchema)
    const ana = lab.open('ana')
    const { store } = ana.replica
    store.transact(tx => void tx.notes.create({ title: 'one two three' }, { id: 'n' }))
    const anchors = [0, 4, 5, 6, 13].flatMap(index =>
      (['before', 'after'] as const).map(side => store.tables.notes.get('n')?.title.anchor(index, side)),
    )
    store.transact(tx => tx.notes.get('n').title.splice(4, 4, ''))
    store.transact(tx => tx.notes.get('n').title.splice(0, 0, 'zero '))
    lab.flush()
    const places = (peer: Peer) =>
      anchors.map(anchor => anchor && peer.replica.store.tables.notes.get('n')?.title.indexOf(anchor))
    const cleo = lab.open('cleo', { snapshot: ana.replica.sync.snapshot(0) })
    expect(places(cleo)).toEqual(places(ana))
    expect(places(ana)).toEqual([0, 5, 9, 9, 9, 9, 9, 9, 14, 14])
  })

  it('Y30: has records of which nothing is left, and is written again with them', () => {
    const lab = createLab(lifeSchema)
    const ana = lab.open('ana')
    const { store } = ana.replica
    const blank = store.transact(tx => void tx.notes.create({}, { id: 'blank' }))
    store.transact(tx => void tx.notes.create({ title: 'words' }, { id: 'n' }))
    lab.flush()
    store.undo(blank ? [blank] : [])
    lab.flush()
    const written = ana.replica.sync.snapshot(0)
    expect(lab.open('cleo', { snapshot: written }).replica.sync.snapshot(0)).toEqual(written)
  })

  it('Y43: comes to a text that is open as what was written around it', () => {
    const lab = createLab(lifeSchema)
    const [ana, ben] = [lab.open('ana'), lab.open('ben')]
    lab.link(ana, ben)
    const splice = ({ replica: { store } }: Peer, index: number, remove: number, insert: string) =>
      store.transact(tx => tx.notes.get('n').title.splice(index, remove, insert))
    ana.replica.store.transact(tx => void tx.notes.create({ title: 'some words and others' }, { id: 'n' }))
    lab.flush()
    lab.unlink(ana, ben)
    splice(ben, 4, 0, ' of my own')
    splice(ana, 21, 0, ' behind')
    splice(ana, 5, 6, '')
    splice(ana, 0, 0, 'before ')
    lab.flush()
    const heard: unknown[] = []
    ben.replica.store.changed.subscribe(({ changes }) => heard.push(changes.notes?.n?.['t.title']))
    ben.replica.handle({ type: 'snapshot-restored', snapshot: ana.replica.sync.snapshot(9) })
    expect(ben.replica.store.tables.notes.get('n')?.title.toString()).toBe('before some of my own and others behind')
    expect(heard).toEqual([
      [
        { index: 0, removed: '', inserted: 'before ' },
        { index: 22, removed: 'words ', inserted: '' },
        { index: 32, removed: '', inserted: ' behind' },
      ],
    ])
  })

  it('Y30, S5: leaves what somebody holds as it was, and tells what became of it', () => {
    const { ana } = lived(5, 80, false)
    const lab = createLab(lifeSchema)
    const cleo = lab.open('cleo')
    const heard: unknown[] = []
    cleo.replica.store.changed.subscribe(change => heard.push(change))
    cleo.replica.store.transact(tx => void tx.notes.create({ title: 'mine' }, { id: 'shared' }))
    lab.flush()
    const held = cleo.replica.store.tables.notes.get('shared')
    cleo.replica.handle({ type: 'snapshot-restored', snapshot: ana.replica.sync.snapshot(3) })
    expect(held?.title.toString()).toBe('mine')
    expect(heard).toMatchObject([{ local: true }, { edit: null, kind: 'snapshot' }])
    // The own record is there again, on top.
    expect(cleo.replica.store.tables.notes.get('shared')?.title.toString()).toContain('mine')
  })

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
