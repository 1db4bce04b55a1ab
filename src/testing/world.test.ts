import { expect as jestExpect } from 'expect'
import { describe, expect, it } from 'vitest'
import { defineSchema, flag, table, text, value } from '../store/schema.ts'
import { toHaveConverged } from './converged.ts'
import './vitest.ts'
import { createWorld, type World } from './world.ts'

const schema = defineSchema(
  'supermesh.test.world',
  { version: 1, presence: { editing: value('') } },
  { todos: table({ title: text(), done: flag() }) },
)
const NAMES = ['ana', 'ben', 'cleo'] as const

function apart(seed: number): World {
  const world = createWorld({ seed, loss: 0.2, duplication: 0.1, reordering: 0.1 })
  const [ana, ben, cleo] = world.rooms(schema, NAMES)
  ana.transact(tx => tx.todos.create({ title: 'Milk' }, { id: 'milk' }))
  world.settleNow()
  world.partition(['ana'], ['ben', 'cleo'])
  ana.transact(tx => tx.todos.get('milk').title.splice(0, 0, 'Oat '))
  ben.transact(tx => tx.todos.update('milk', { done: true }))
  cleo.transact(tx => tx.todos.get('milk').title.splice(4, 0, '!'))
  return world
}

describe('a world of rooms', () => {
  it('keeps apart who is parted, and brings together who is not, whatever is lost on the way', async () => {
    for (let seed = 1; seed <= 10; seed++) {
      const world = apart(seed).pass(5000)
      const titles = () => world.rooms(schema, NAMES).map(room => room.tables.todos.get('milk')?.title.toString())
      expect(titles()).toEqual(['Oat Milk', 'Milk!', 'Milk!'])
      await world.heal().settle()
      expect(titles()).toEqual(['Oat Milk!', 'Oat Milk!', 'Oat Milk!'])
      expect(world).toHaveConverged()
    }
  })

  it('says which seed it has and where two rooms differ first, in Vitest and in Jest', async () => {
    const world = apart(3)
    const said = 'seed 3 are not equal: ana and ben differ in todos/milk/done: false against true'
    expect(() => expect(world).toHaveConverged()).toThrow(said)
    jestExpect.extend({ toHaveConverged })
    const inJest = (of: World) => (jestExpect(of) as unknown as { toHaveConverged(): void }).toHaveConverged()
    expect(() => inJest(world)).toThrow(said)
    await world.settle()
    inJest(world)
    expect(() => expect(world).not.toHaveConverged()).toThrow('All rooms of the world with seed 3 are equal.')
  })

  it('refuses names and options that would make a test prove nothing', async () => {
    const world = createWorld({ seed: 1 })
    world.rooms(schema, ['ana'])
    const other = defineSchema('supermesh.test.other', { version: 1 }, {})
    const codeOf = async (run: () => unknown) => {
      const outcome = await Promise.resolve()
        .then(run)
        .catch((reason: unknown) => reason)
      return (outcome as { readonly code?: string }).code
    }
    expect(await codeOf(() => world.kill('anna'))).toBe('name-unknown')
    expect(await codeOf(() => world.partition(['ana'], ['ben']))).toBe('name-unknown')
    expect(await codeOf(() => world.rooms(other, ['ana']))).toBe('other-schema')
    for (const options of [{ seed: 1.5 }, { seed: 1, loss: 7 }, { seed: 1, delay: Number.NaN }]) {
      expect(await codeOf(() => createWorld(options))).toBe('option-invalid')
    }
    expect(() => expect('a text').toHaveConverged()).toThrow('is asked of a world')
  })

  it('compares everybody, and not only the first two', () => {
    const world = createWorld({ seed: 1 })
    const [, , cleo] = world.rooms(schema, NAMES)
    world.partition(['ana', 'ben'], ['cleo'])
    cleo.transact(tx => tx.todos.create({}, { id: 'x' }))
    expect(world.difference()).toContain('ana and cleo differ in todos/x/')
  })

  it('tells what differs beside what is read', () => {
    const world = createWorld({ seed: 1 })
    const [ana, ben] = world.rooms(schema, ['ana', 'ben'])
    world.partition(['ana'], ['ben'])
    for (const room of [ana, ben]) room.transact(tx => tx.todos.create({ done: true }, { id: 'x' }))
    expect(world.difference()).toBe(
      'ana and ben differ in todos/x/_alive, a register that reads true in both: in what is kept beside its value',
    )
  })

  it('loses with a page what was on its way to the disk, and nothing else', () => {
    const world = createWorld({ seed: 1 })
    const [ana] = world.rooms(schema, ['ana'])
    ana.transact(tx => tx.todos.create({}, { id: 'kept' }))
    world.pass(100)
    ana.transact(tx => tx.todos.create({}, { id: 'lost' }))
    world.kill('ana').pass(1000)
    expect(() => ana.transact(tx => tx.todos.create({}))).toThrow('This room has been closed.')
    const [back] = world.rooms(schema, ['ana'])
    expect(back.tables.todos.getSnapshot().map(({ id }) => id)).toEqual(['kept'])
    expect(back.status.getSnapshot()).toMatchObject({ phase: 'open', content: 'ready' })
  })

  it('has pages of one person, who leave one by one', () => {
    const world = createWorld({ seed: 1 })
    const [ana, again, ben] = world.rooms(schema, ['ana', 'ana#2', 'ben'])
    world.settleNow()
    const seen = () => ben.people.getSnapshot().map(({ name, peers }) => [name, peers.length])
    expect(seen()).toEqual([
      ['ben', 1],
      ['ana', 2],
    ])
    again.dispose()
    expect(seen()).toEqual([
      ['ben', 1],
      ['ana', 1],
    ])
    ana.dispose()
    expect(seen()).toEqual([['ben', 1]])
  })

  it('lets promises go on while it settles', async () => {
    const world = createWorld({ seed: 1 })
    const [ana, ben] = world.rooms(schema, ['ana', 'ben'])
    const answered = ben.changed.subscribe(async ({ local }) => {
      if (local) return
      await Promise.resolve()
      ben.transact(tx => tx.todos.update('x', { done: true }))
    })
    const edit = ana.transact(tx => tx.todos.create({}, { id: 'x' }))
    await world.settle()
    answered()
    expect(ana.tables.todos.get('x')?.done).toBe(true)
    await expect(edit.saved()).resolves.toBe('disk')
  })
})
