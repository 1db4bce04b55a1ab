import { expect, it } from 'vitest'
import { counter, defineSchema, flag, list, ref, set, table, text, value } from '../store/schema.ts'
import { createSimulation } from '../testing/simulation.ts'
import '../testing/vitest.ts'
import { createWorld } from '../testing/world.ts'

const todosBefore = { title: text(), done: flag(), votes: value(0) }
const before = defineSchema(
  'supermesh.test.evolution',
  { version: 1 },
  { lists: table({ todos: list(ref('todos')) }), todos: table(todosBefore) },
)
/** A field is new, a field is of another kind, and a table is new. */
const after = defineSchema(
  'supermesh.test.evolution',
  { version: 2 },
  {
    lists: table({ todos: list(ref('todos')), owners: set(ref('people'), { since: 2 }) }),
    todos: table({
      title: text(),
      done: flag(),
      votes: counter({ since: 2 }),
      due: value<string | null>(null, { since: 2 }),
    }),
    people: table({ name: value('') }),
  },
)

it.each([1, 2, 3])(
  'V22: two versions of a schema edit together, and nothing is lost when a page is updated (seed %i)',
  async seed => {
    const world = createWorld({ seed, loss: 0.1, duplication: 0.1, reordering: 0.1 })
    const [ana] = world.rooms(before, ['ana'])
    const [ben] = world.rooms(after, ['ben'])
    ana.transact(tx => {
      tx.lists.create({ todos: [tx.todos.create({ title: 'Milk', votes: 5 }, { id: 'milk' })] }, { id: 'home' })
    })
    await world.settle()
    expect(ben.tables.todos.get('milk')).toMatchObject({ done: false, votes: 0, due: null })

    world.partition(['ana'], ['ben'])
    ben.transact(tx => {
      const { votes, title } = tx.todos.get('milk')
      tx.todos.update('milk', { due: 'today' })
      votes.add(2)
      title.splice(4, 0, '!')
      const { todos, owners } = tx.lists.get('home')
      todos.push(tx.todos.create({ title: 'Bread' }, { id: 'bread' }))
      owners.add(tx.people.create({ name: 'Ben' }, { id: 'b' }))
    })
    const undone = ben.transact(tx => tx.todos.get('milk').votes.add(40)).id
    ana.transact(tx => {
      tx.todos.update('milk', { done: true, votes: 6 })
      tx.todos.get('milk').title.splice(0, 0, 'Oat ')
      tx.lists.get('home').todos.move(0, 0)
    })
    await world.heal().settle()
    expect(world).toHaveConverged()

    // Who does not know a field can still take back what was written to it.
    if (undone) ana.undo(undone)
    await world.settle()
    expect(ben.tables.todos.get('milk')?.votes).toBe(2)
    const exported = ana.toJSON()
    expect(exported).toEqual({
      schema: 'supermesh.test.evolution',
      version: 1,
      tables: {
        lists: { home: { todos: ['milk', 'bread'] } },
        todos: {
          bread: { title: 'Bread', done: false, votes: 0 },
          milk: { title: 'Oat Milk!', done: true, votes: 6 },
        },
      },
    })

    // The page of version 1, alone with its disk, is loaded again with version 2, and shows what it kept without knowing it.
    world.partition(['ana'], ['ben']).kill('ana')
    const [updated] = world.rooms(after, ['ana'])
    await updated.ready()
    expect(updated.toJSON()).toEqual(ben.toJSON())
    expect(updated.toJSON().tables).toEqual({
      lists: { home: { todos: ['milk', 'bread'], owners: ['b'] } },
      people: { b: { name: 'Ben' } },
      todos: {
        bread: { title: 'Bread', done: false, votes: 0, due: null },
        milk: { title: 'Oat Milk!', done: true, votes: 2, due: 'today' },
      },
    })
    // Back in version 1, what version 2 does not show is there as it was.
    world.kill('ana')
    const [again] = world.rooms(before, ['ana'])
    await again.ready()
    expect(again.toJSON()).toEqual(exported)
    await world.heal().settle()
    expect(world).toHaveConverged()
  },
)

it('V22: a page gives a newcomer what it does not know itself, by a snapshot', () => {
  const world = createSimulation({ seed: 1, snapshots: { horizon: 1, worth: 3 } })
  const [ana, ben] = [world.join(before, 'ana'), world.join(after, 'ben')]
  ana.room.transact(tx => void tx.todos.create({ title: 'Milk' }, { id: 'milk' }))
  world.settle()
  ben.room.transact(tx => {
    tx.todos.update('milk', { due: 'today' })
    tx.todos.get('milk').votes.add(2)
    tx.lists.create({ owners: [tx.people.create({ name: 'Ben' }, { id: 'b' })] }, { id: 'home' })
  })
  for (const title of ['Bread', 'Salt']) ben.room.transact(tx => void tx.todos.create({ title }, { id: title }))
  world.settle()
  const everything = ben.room.toJSON()
  world.kill('ben')
  const cleo = world.join(after, 'cleo')
  world.settle()
  expect(world.faults.snapshots).toBe(1)
  expect(cleo.room.toJSON()).toEqual(everything)
})
