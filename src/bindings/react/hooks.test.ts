// @vitest-environment happy-dom
import { act, Component, createElement, memo, type ReactNode, StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Room } from '../../room/room.ts'
import { defineSchema, flag, table, text, value } from '../../store/schema.ts'
import { createWorld } from '../../testing/world.ts'
import {
  RoomProvider,
  useGetOrCreate,
  useIds,
  useMe,
  useOpened,
  useOthers,
  usePresence,
  useQuery,
  useRecord,
  useRight,
  useText,
  useTextField,
  useUndo,
} from './index.ts'
import * as suspending from './suspense.ts'

const schema = defineSchema(
  'supermesh.test.hooks',
  { version: 1, presence: { editing: value('') } },
  { todos: table({ title: text(), done: flag() }) },
)
const roots: { unmount(): void }[] = []

beforeAll(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
})

afterEach(() => {
  act(() => {
    for (const root of roots.splice(0)) root.unmount()
  })
})

type TestRoom = Room<typeof schema>

function setUp() {
  const world = createWorld({ seed: 11 })
  const [ana, ben] = world.rooms(schema, ['ana', 'ben'])
  return { world, ana, ben }
}

/** A component that asks what a test wants to know. */
function Probe({ ask }: { readonly ask: () => ReactNode }): ReactNode {
  return ask()
}

const strictly = (content: ReactNode) => createElement(StrictMode, null, content)
const inRoom = (room: TestRoom, content: ReactNode) => createElement(RoomProvider<typeof schema>, { room }, content)

/** Renders strictly, one probe for each of `asks`. */
function show(room: TestRoom | null, ...asks: (() => ReactNode)[]) {
  const host = document.createElement('div')
  const root = createRoot(host)
  const probes = asks.map((ask, i) => createElement(Probe, { ask, key: String(i) }))
  roots.push(root)
  act(() => root.render(strictly(room ? inRoom(room, probes) : probes)))
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

test('another object of the same room ends the one before; another room does not', () => {
  const { world, ana, ben } = setUp()
  const elsewhere = createWorld({ seed: 12 }).rooms(schema, ['ana'])[0]
  const ask = () => useMe()?.name
  const { host, root } = show(ana, ask)
  const provide = (room: TestRoom) => act(() => root.render(strictly(inRoom(room, createElement(Probe, { ask })))))
  const [again] = world.rooms(schema, ['ana#2'])
  provide(again)
  expect([ana, again].map(room => room.status.getSnapshot().phase)).toEqual(['closed', 'open'])
  world.settleNow()
  expect(ben.people.getSnapshot().map(({ peers }) => peers.length)).toEqual([1, 1])
  provide(elsewhere)
  expect([again.status.getSnapshot().phase, host.textContent]).toEqual(['open', 'ana'])
})

test('a hook renders again for its own answer only', () => {
  const { world, ana, ben } = setUp()
  const renders = { ids: 0, open: 0, one: 0, others: 0, text: 0 }
  const titleOf = (id: string) => ana.tables.todos.get(id)?.title
  const asks = [
    () => {
      renders.ids++
      return createElement('i', null, useIds(schema.todos).join())
    },
    () => {
      renders.open++
      const open = useQuery(schema.todos, todos => todos.where({ done: false }))
      return createElement('b', null, open.map(({ id }) => id).join())
    },
    () => {
      renders.one++
      return createElement('u', null, useRecord(schema.todos, 'x')[0]?.title.toString())
    },
    () => {
      renders.others++
      return createElement('s', null, useOthers(schema, ({ presence }) => presence.editing).join())
    },
    () => {
      renders.text++
      return createElement('q', null, useText(titleOf('x')))
    },
  ]
  ana.transact(tx => {
    tx.todos.create({ title: 'milk' }, { id: 'x' })
    tx.todos.create({ title: 'bread', done: true }, { id: 'y' })
  })
  world.settleNow()
  const { host } = show(ana, ...asks)
  expect(host.innerHTML).toBe('<i>x,y</i><b>x</b><u>milk</u><s></s><q>milk</q>')

  const before = { ...renders }
  act(() => {
    ben.tables.todos.get('y')?.title.splice(0, 0, 'rye ')
    ben.rename('Benjamin')
    world.settleNow()
  })
  expect(renders).toEqual(before)
  act(() => {
    ben.tables.todos.get('x')?.title.splice(0, 0, 'oat ')
    ben.presence.set({ editing: 'x' })
    world.settleNow()
  })
  expect(host.innerHTML).toBe('<i>x,y</i><b>x</b><u>oat milk</u><s>x</s><q>oat milk</q>')
  expect(renders.ids).toBe(before.ids)
})

test('of 500 rows only the one that changed is rendered again', () => {
  const { world, ana, ben } = setUp()
  const id = (i: number) => `t${String(i).padStart(3, '0')}`
  ana.transact(tx => {
    for (let i = 0; i < 500; i++) tx.todos.create({ title: `todo ${i}` }, { id: id(i) })
  })
  world.settleNow()
  const rendered: string[] = []
  let lists = 0
  const Row = memo(function Row({ id }: { readonly id: string }) {
    rendered.push(id)
    const [todo] = useRecord(schema.todos, id)
    return createElement('li', null, todo?.title.toString())
  })
  const ask = () => {
    lists++
    return useIds(schema.todos).map(id => createElement(Row, { key: id, id }))
  }
  const host = document.createElement('div')
  const root = createRoot(host)
  roots.push(root)
  act(() => root.render(inRoom(ana, createElement(Probe, { ask }))))
  expect([rendered.length, lists]).toEqual([500, 1])
  rendered.length = 0
  act(() => {
    ben.tables.todos.get(id(321))?.title.splice(0, 4, 'DONE')
    world.settleNow()
  })
  expect([rendered, lists]).toEqual([[id(321)], 1])
  expect(host.children[321]?.textContent).toBe('DONE 321')
})

test('a record is changed where it is read, and left alone once somebody has removed it', () => {
  const { world, ana, ben } = setUp()
  ana.transact(tx => void tx.todos.create({ title: 'one' }, { id: 'x' }))
  world.settleNow()
  let change: (values: { done: boolean }) => void = () => {}
  const ask = () => {
    const [todo, set] = useRecord(schema.todos, 'x')
    change = set
    return String(todo?.done)
  }
  const { host } = show(ana, ask)
  act(() => {
    change({ done: true })
    world.settleNow()
  })
  expect([host.textContent, ben.tables.todos.get('x')?.done]).toEqual(['true', true])
  ben.transact(tx => tx.todos.remove('x'))
  act(() => void world.settleNow())
  act(() => change({ done: false }))
  expect([host.textContent, ana.tables.todos.has('x')]).toEqual(['undefined', false])
})

test('two pages that make the same record at once make one', () => {
  const { world, ana, ben } = setUp()
  ana.transact(tx => void tx.todos.create({}, { id: 'other' }))
  world.settleNow()
  const ask = () => String(useGetOrCreate(schema.todos, 'first', { done: true })?.done)
  world.partition(['ana'], ['ben'])
  const pages = [show(ana, ask), show(ben, ask)]
  act(() => void world.settleNow())
  expect(pages.map(({ host }) => host.textContent)).toEqual(['true', 'true'])
  for (const room of [ana, ben]) expect(room.tables.todos.getSnapshot()).toHaveLength(2)
})

test('a field is of the text of its room, read-only for whoever may not write, and empty without a text', () => {
  const worlds = [createWorld({ seed: 1 }), createWorld({ seed: 2 })] as const
  const [ana, elsewhere] = worlds.map(world => world.rooms(schema, ['ana'])[0]) as [TestRoom, TestRoom]
  const [viewer] = worlds[0].rooms(schema, ['vera'], { right: 'view' })
  for (const [room, title] of [
    [ana, 'here'],
    [elsewhere, 'there'],
  ] as const) {
    room.transact(tx => tx.todos.create({ title }, { id: 'x' }))
  }
  for (const world of worlds) world.settleNow()
  const ask = () => createElement('input', { ref: useTextField(useRecord(schema.todos, 'x')[0]?.title) })
  const { host, root } = show(ana, ask)
  const field = () => host.querySelector('input') as HTMLInputElement
  const type = (text: string) => {
    field().value = text
    field().dispatchEvent(new Event('input'))
  }
  const titles = () => [ana, elsewhere].map(room => room.tables.todos.get('x')?.title.toString())
  const enter = (room: TestRoom) =>
    act(() => root.render(strictly(inRoom(room, createElement(Probe, { ask, key: '0' })))))
  expect([field().value, field().readOnly]).toEqual(['here', false])
  enter(elsewhere)
  expect(field().value).toBe('there')
  act(() => type('over there'))
  expect(titles()).toEqual(['here', 'over there'])
  // What has several lines elsewhere has one here, and keeps them.
  act(() => elsewhere.tables.todos.get('x')?.title.splice(0, 5, 'over\n'))
  act(() => type(`${field().value}!`))
  expect(titles()).toEqual(['here', 'over\nthere!'])
  enter(viewer)
  expect([field().value, field().readOnly]).toEqual(['here', true])
  ana.transact(tx => tx.todos.remove('x'))
  act(() => void worlds[0].settleNow())
  expect([field().value, field().readOnly]).toEqual(['', false])
})

test('whoever may not create creates nothing, and sees what others do', () => {
  const world = createWorld({ seed: 1 })
  const [ana] = world.rooms(schema, ['ana'])
  const [viewer] = world.rooms(schema, ['vera'], { right: 'view' })
  ana.transact(tx => tx.todos.create({}, { id: 'other' }))
  world.settleNow()
  const { host } = show(viewer, () => String(useGetOrCreate(schema.todos, 'first', {})?.done))
  expect(host.textContent).toBe('undefined')
  ana.transact(tx => tx.todos.create({ done: true }, { id: 'first' }))
  act(() => void world.settleNow())
  expect(host.textContent).toBe('true')
})

test('what one may, who one is and what one says can be asked and said', () => {
  const world = createWorld({ seed: 1 })
  const [viewer] = world.rooms(schema, ['vera'], { right: 'view' })
  const ask = () => {
    const [presence, say] = usePresence(schema)
    const { canUndo } = useUndo(schema, { tables: ['todos'] })
    return createElement(
      'button',
      { type: 'button', onClick: () => say({ editing: 'x' }) },
      [useMe()?.name, useRight('view'), useRight('edit'), presence.editing, canUndo].join(),
    )
  }
  const { host } = show(viewer, ask)
  expect(host.textContent).toBe('vera,true,false,,false')
  act(() => host.querySelector('button')?.click())
  expect(host.textContent).toBe('vera,true,false,x,false')
})

test('undo says what there is to take back, and takes it back', () => {
  const { ana } = setUp()
  const { host } = show(ana, () => {
    const { canUndo, canRedo, undoLabel, undo } = useUndo(schema, { tables: ['todos'] })
    return createElement('button', { type: 'button', onClick: undo }, [canUndo, canRedo, undoLabel].join())
  })
  act(() => void ana.transact(tx => tx.todos.create({}, { id: 'one' }), { label: 'Add' }))
  expect(host.textContent).toBe('true,false,Add')
  act(() => host.querySelector('button')?.click())
  expect([host.textContent, ana.tables.todos.has('one')]).toEqual(['false,true,', false])
})

test('a component outside its room, or in another, is told what to do', () => {
  const other = defineSchema('supermesh.test.other', { version: 1 }, { todos: table({ title: text() }) })
  const elsewhere = () => useIds(other.todos).join()
  const { ana } = setUp()
  expect(() => renderToString(createElement(Probe, { ask: elsewhere }))).toThrow('<RoomProvider')
  expect(() => renderToString(inRoom(ana, createElement(Probe, { ask: elsewhere })))).toThrow('supermesh.test.hooks')
})

describe('the hooks that suspend', () => {
  class Boundary extends Component<{ readonly children: ReactNode }, { readonly code: string }> {
    override state = { code: '' }
    static getDerivedStateFromError = (error: { readonly code?: string }) => ({ code: error.code ?? 'unknown' })
    override render = () => this.state.code || this.props.children
  }
  const waiting = (room: TestRoom, ask: () => ReactNode) =>
    createElement(
      Boundary,
      null,
      inRoom(room, createElement(Suspense, { fallback: 'opening' }, createElement(Probe, { ask }))),
    )
  const ask = () => [suspending.useMe().name, suspending.useQuery(schema.todos).length].join()

  /** A room that opens, or does not, when it is told to. */
  function openLater(outcome: 'opens' | 'fails' | 'is closed') {
    const [real] = createWorld({ seed: 2 }).rooms(schema, ['ana'])
    let resolve = () => {}
    const opened = new Promise<void>(done => {
      resolve = done
    })
    let phase: 'opening' | 'open' | 'failed' | 'closed' = 'opening'
    const problems = [{ code: 'not-opened' as const, sentence: 'No.', nextStep: 'No.' }]
    const room: TestRoom = {
      ...real,
      status: { ...real.status, getSnapshot: () => ({ ...real.status.getSnapshot(), phase, problems }) },
      ready: () => opened,
    }
    const tell = () => {
      phase = outcome === 'opens' ? 'open' : outcome === 'fails' ? 'failed' : 'closed'
      resolve()
    }
    return { room, tell }
  }

  test.each([
    ['opens', 'ana,0'],
    ['fails', 'not-opened'],
    ['is closed', 'room-disposed'],
  ] as const)('wait until the room %s', async (outcome, shown) => {
    const { room, tell } = openLater(outcome)
    const host = document.createElement('div')
    const root = createRoot(host, { onCaughtError: () => undefined })
    roots.push(root)
    await act(async () => root.render(strictly(waiting(room, ask))))
    expect(host.textContent).toBe('opening')
    await act(async () => tell())
    expect(host.textContent).toBe(shown)
  })

  test('open nothing on a server, which renders what is shown meanwhile', () => {
    const { room } = openLater('opens')
    expect(renderToString(waiting(room, ask))).toContain('opening')
  })
})
