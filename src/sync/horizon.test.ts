import { expect, it } from 'vitest'
import { createLab } from '../testing/lab.ts'
import { lifeSchema } from '../testing/life.ts'
import { createSimulation } from '../testing/simulation.ts'

it('U1, Y30: the first edit of the tail can be undone, and shows what was before the tail', () => {
  const lab = createLab(lifeSchema)
  const ana = lab.open('ana')
  ana.replica.store.transact(tx => void tx.notes.create({ title: '', stars: 1 }, { id: 'n' }))
  lab.flush()
  const edits = [2, 3].map(stars => {
    const edit = ana.replica.store.transact(tx => tx.notes.update('n', { stars }))
    lab.flush()
    return edit as never
  })
  const cleo = lab.open('cleo', { snapshot: ana.replica.sync.snapshot(2) })
  cleo.replica.store.undo(edits)
  expect(cleo.replica.store.tables.notes.get('n')?.stars).toBe(1)
})

it('Y31: a snapshot has nothing in it that is not sealed', () => {
  const lab = createLab(lifeSchema)
  const ana = lab.open('ana', { snapshots: { horizon: 5, worth: 20 } })
  ana.replica.store.transact(tx => void tx.notes.create({ title: '' }, { id: 'n' }))
  for (let i = 0; i < 40; i++) {
    ana.replica.store.transact(tx => tx.notes.get('n').title.splice(0, 0, 'x'))
    lab.flush()
  }
  const ben = lab.open('ben', { snapshots: { horizon: 5, worth: 20 } })
  lab.link(ana, ben)
  // Ben asks; before ana hears it, she types, and that is not sealed yet.
  const vector = ben.inbox.shift()
  ben.replica.handle({ type: 'message-arrived', ...(vector as NonNullable<typeof vector>) })
  ana.replica.store.transact(tx => tx.notes.get('n').title.splice(0, 0, 'y'))
  while (ana.inbox.length > 0)
    ana.replica.handle({ type: 'message-arrived', ...(ana.inbox.shift() as (typeof ana.inbox)[number]) })
  for (let i = 0; i < 4; i++) {
    lab.flush()
    lab.tick()
  }
  expect(ben.effects.flatMap(e => (e.type === 'refused' ? e.code : []))).toEqual([])
  expect(ben.replica.store.describe()).toEqual(ana.replica.store.describe())
})

it('S16, Y30: an item whose last move is undone is shown where the one before had it', () => {
  const lab = createLab(lifeSchema)
  const ana = lab.open('ana')
  const say = (write: Parameters<typeof ana.replica.store.transact>[0]) => {
    const edit = ana.replica.store.transact(write as never)
    lab.flush()
    return edit as never
  }
  say(tx => void tx.orders.create({}, { id: 'all' }))
  say(tx => tx.orders.get('all').items.splice(0, 0, ['a', 'b', 'c', 'd']))
  say(tx => tx.orders.get('all').items.move(0, 2))
  const last = say(tx => tx.orders.get('all').items.move(2, 3))
  const cleo = lab.open('cleo', { snapshot: ana.replica.sync.snapshot(1) })
  for (const peer of [ana, cleo]) peer.replica.store.undo([last])
  const items = [ana, cleo].map(peer => peer.replica.store.tables.orders.get('all')?.items.toArray())
  expect(items).toEqual([
    ['b', 'c', 'a', 'd'],
    ['b', 'c', 'a', 'd'],
  ])
})

it('Y30: history goes on telling who wrote its last entries, and when', () => {
  const world = createSimulation({ seed: 1, snapshots: { horizon: 4, worth: 6 } })
  const ana = world.join(lifeSchema, 'ana')
  for (const stars of [1, 2, 3, 4, 5, 6, 7, 8]) {
    ana.room.transact(tx =>
      stars === 1 ? void tx.notes.create({ stars }, { id: 'n' }) : tx.notes.update('n', { stars }),
    )
    world.pass(1234 * stars)
  }
  const ben = world.join(lifeSchema, 'ben')
  world.settle()
  expect(world.faults.snapshots).toBe(1)
  const told = [...ben.room.history()]
  expect(told.length).toBeGreaterThanOrEqual(3)
  expect(told).toEqual([...ana.room.history()].slice(0, told.length))
  expect(new Set(told.map(({ time }) => time)).size).toBe(told.length)
})
