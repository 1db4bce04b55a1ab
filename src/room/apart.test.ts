import { expect, it } from 'vitest'
import { createSimulation } from '../testing/simulation.ts'
import { schema, type TestRoom } from './test-room.ts'

const MINUTE = 60_000
const problems = (room: TestRoom) => room.status.getSnapshot().problems.map(({ code }) => code)
const notes = (room: TestRoom) => room.tables.notes.where({ done: false }).map(({ id }) => id)

it('Y45: two halves of a room that came by snapshots say so, until one comes who was in it before', () => {
  const world = createSimulation({ seed: 1, snapshots: { horizon: 2, worth: 3 } })
  const [ana, ben] = [world.join(schema, 'ana'), world.join(schema, 'ben')]
  const write = (room: TestRoom, id: string) => {
    for (const letter of 'abcdef')
      room.transact(tx => void tx.notes.create({ body: letter }, { id: `${id}-${letter}` }))
  }
  write(ana.room, 'before')
  world.settle()
  world.partition([
    ['ana', 'cleo'],
    ['ben', 'dan'],
  ])
  write(ana.room, 'ana')
  write(ben.room, 'ben')
  const [cleo, dan] = [world.join(schema, 'cleo'), world.join(schema, 'dan')]
  world.pass(10_000)
  expect(world.faults.snapshots).toBe(2)
  world.kill('ana')
  world.kill('ben')
  world.heal()
  world.pass(MINUTE / 2)
  expect([problems(cleo.room), problems(dan.room)]).toEqual([[], []])
  world.pass(MINUTE)
  expect([problems(cleo.room), problems(dan.room)]).toEqual([['apart'], ['apart']])

  world.join(schema, 'ana')
  world.settle()
  world.pass(3000)
  expect([problems(cleo.room), problems(dan.room)]).toEqual([[], []])
  expect(notes(cleo.room)).toHaveLength(18)
  expect(notes(dan.room).sort()).toEqual(notes(cleo.room).sort())
})
