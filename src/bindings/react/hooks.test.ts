// @vitest-environment happy-dom
import { act, createElement, type ReactNode, StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { createCell } from '../../base/subscribe.ts'
import type { Me, Participant, Room, RoomStatus } from '../../room/room.ts'
import { defineSchema, flag, table, text } from '../../store/schema.ts'
import { createWorld } from '../../testing/world.ts'
import {
  RoomProvider,
  useGetOrCreate,
  useIds,
  useOpened,
  useQuery,
  useRecord,
  useRoom,
  useSet,
  useText,
} from './index.ts'

const schema = defineSchema('supermesh.test.hooks', { version: 1 }, { todos: table({ title: text(), done: flag() }) })
const roots: { unmount(): void }[] = []

beforeAll(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
})

afterEach(() => {
  act(() => {
    for (const root of roots.splice(0)) root.unmount()
  })
})

type TestRoom = Room<typeof schema.tables>

function setUp() {
  const world = createWorld({ seed: 11, schema })
  const roomOf = (name: string): TestRoom => {
    const { store } = world.join(name).replica
    const status: Partial<RoomStatus> = { phase: 'open', content: 'ready', problems: [] }
    const room: Partial<TestRoom> = {
      schema,
      tables: store.tables,
      transact: store.transact,
      status: createCell(status as RoomStatus),
      people: createCell<readonly Participant[]>([]),
      me: createCell<Me | null>(null),
    }
    return room as TestRoom
  }
  return { world, ana: roomOf('ana'), ben: roomOf('ben') }
}

/** A component that asks what a test wants to know. */
function Probe({ ask }: { readonly ask: () => ReactNode }): ReactNode {
  return ask()
}

const strictly = (content: ReactNode) => createElement(StrictMode, null, content)

/** Renders strictly, one probe for each of `asks`. */
function show(room: TestRoom | null, ...asks: (() => ReactNode)[]) {
  const host = document.createElement('div')
  const root = createRoot(host)
  const probes = asks.map((ask, i) => createElement(Probe, { ask, key: String(i) }))
  roots.push(root)
  act(() => root.render(strictly(room ? createElement(RoomProvider<typeof schema.tables>, { room }, probes) : probes)))
  return { host, root }
}

test('a thing is opened once though effects run twice, again for another key, and ended when it is no longer shown', async () => {
  const log: string[] = []
  let key = 'a'
  const ask = () => {
    const name = key
    const thing = useOpened(() => {
      log.push(`open ${name}`)
      return { name, dispose: () => void log.push(`end ${name}`) }
    }, key)
    return createElement('p', null, thing?.name ?? 'opening')
  }
  expect(renderToString(createElement(Probe, { ask }))).toBe('<p>opening</p>')
  const { host, root } = show(null, ask)
  expect(host.textContent).toBe('a')
  key = 'b'
  await act(async () => root.render(strictly([createElement(Probe, { ask, key: '0' })])))
  expect(host.textContent).toBe('b')
  await act(async () => root.render(null))
  expect(log).toEqual(['open a', 'open b', 'end a', 'end b'])
})

test('a hook renders again for its own answer only', () => {
  const { world, ana, ben } = setUp()
  const renders = { ids: 0, open: 0, one: 0 }
  const askIds = () => {
    renders.ids++
    return createElement('i', null, useIds(useRoom(schema).tables.todos).join())
  }
  const askOpen = () => {
    renders.open++
    const open = useQuery(useRoom(schema).tables.todos, todos => todos.filter(todo => !todo.done))
    return createElement('b', null, open.map(({ id }) => id).join())
  }
  const askOne = () => {
    renders.one++
    return createElement('u', null, useRecord(useRoom(schema).tables.todos, 'x')?.title.toString())
  }
  ana.transact(tx => void tx.todos.create({ title: 'milk' }, { id: 'x' }))
  ana.transact(tx => void tx.todos.create({ title: 'bread', done: true }, { id: 'y' }))
  const { host } = show(ana, askIds, askOpen, askOne)
  expect(host.innerHTML).toBe('<i>x,y</i><b>x</b><u>milk</u>')

  const before = { ...renders }
  world.settle()
  act(() => {
    ben.tables.todos.get('y')?.title.splice(0, 0, 'rye ')
    world.settle()
  })
  expect(renders).toEqual(before)
  act(() => {
    ben.tables.todos.get('x')?.title.splice(0, 0, 'oat ')
    world.settle()
  })
  expect(host.innerHTML).toBe('<i>x,y</i><b>x</b><u>oat milk</u>')
  expect(renders.ids).toBe(before.ids)
})

test('two pages that make the same record at once make one', () => {
  const { world, ana, ben } = setUp()
  const ask = () => {
    const todo = useGetOrCreate(schema, 'todos', 'first', { done: true })
    return createElement('p', null, String(todo?.done))
  }
  world.partition([['ana'], ['ben']])
  const pages = [show(ana, ask), show(ben, ask)]
  act(() => void world.settle())
  expect(pages.map(({ host }) => host.textContent)).toEqual(['true', 'true'])
  expect(ana.tables.todos.getSnapshot()).toHaveLength(1)
  expect(ben.tables.todos.getSnapshot()).toHaveLength(1)
})

test('a text is changed by the difference, so that others may type in it meanwhile', () => {
  const { world, ana, ben } = setUp()
  ana.transact(tx => void tx.todos.create({ title: 'one two' }, { id: 'x' }))
  world.settle()
  let change: (next: string) => void = () => {}
  let set: (id: string, values: { done: boolean }) => void = () => {}
  const ask = () => {
    const [title, changeTitle] = useText(useRecord(useRoom(schema).tables.todos, 'x')?.title)
    change = changeTitle
    set = useSet(schema, 'todos')
    return createElement('p', null, title)
  }
  const { host } = show(ana, ask)
  act(() => {
    ben.tables.todos.get('x')?.title.splice(7, 0, ' three')
    change('zero one two')
    set('x', { done: true })
    world.settle()
  })
  expect(host.textContent).toBe('zero one two three')
  expect(ben.tables.todos.get('x')?.done).toBe(true)
})

test('a component outside its room is told what to do', () => {
  const ask = () => useRoom(schema).schema.id
  expect(() => renderToString(createElement(Probe, { ask }))).toThrow('<RoomProvider')
})
