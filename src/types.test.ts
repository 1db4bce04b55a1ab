/**
 * What TypeScript infers for a builder, and what it refuses. The compiler is the test: each `@ts-expect-error` fails it when
 * there is no error, and each `expectTypeOf` when the type is another.
 */
import { describe, expectTypeOf, it } from 'vitest'
import { useOthers, usePresence, useQuery, useRecord, useRoom } from './bindings/react/index.ts'
import { type Anchor, type Edit, type ListValue, newLink, openRoom, type Room, type TextValue } from './index.ts'
import { caret, counter, defineSchema, flag, list, map, type RecordOf, ref, set, table, text, value } from './schema.ts'
import { createWorld } from './testing/index.ts'

const board = defineSchema(
  'org.example.board',
  { version: 2, presence: { editing: value<string | null>(null), caret: caret() } },
  {
    lists: table({ name: value<string>(), items: list(ref('todos')), votes: map(value<number>()) }),
    tallies: table({ name: value(''), count: counter(), labels: set(value<'red' | 'blue'>()) }),
    todos: table(
      { title: text(), done: flag(), due: value<string | null>(null, { since: 2 }) },
      { remove: 'own or author' },
    ),
  },
)
type Board = typeof board
const [room] = createWorld({ seed: 1 }).rooms(board, ['ana', 'ben'])

/** Compiled, and never run. */
const compiled = (_write: () => void) => {}

describe('a schema', () => {
  it('gives records, drafts and presence their types', () => {
    type Todo = RecordOf<typeof board.todos>
    expectTypeOf<Todo['title']>().toEqualTypeOf<TextValue>()
    expectTypeOf<Todo['done']>().toEqualTypeOf<boolean>()
    expectTypeOf<Todo['due']>().toEqualTypeOf<string | null>()
    expectTypeOf<RecordOf<typeof board.lists>['items']>().toEqualTypeOf<ListValue<string>>()
    expectTypeOf<RecordOf<typeof board.lists>['votes']>().toEqualTypeOf<ReadonlyMap<string, number>>()
    expectTypeOf<RecordOf<typeof board.tallies>['count']>().toEqualTypeOf<number>()
    expectTypeOf<RecordOf<typeof board.tallies>['labels']>().toEqualTypeOf<ReadonlySet<'red' | 'blue'>>()
    expectTypeOf(room).toEqualTypeOf<Room<Board>>()
    expectTypeOf(room.presence.getSnapshot().editing).toEqualTypeOf<string | null>()
    expectTypeOf(room.tables.todos.get('x')?.title.anchor(0, 'after')).toEqualTypeOf<Anchor | undefined>()
    expectTypeOf(room.transact(() => {})).toEqualTypeOf<Edit>()
  })

  it('refuses what it cannot be', () => {
    compiled(() => {
      // @ts-expect-error no such right
      table({}, { remove: 'everybody' })
      // @ts-expect-error a presence field is a plain value
      defineSchema('x', { version: 1, presence: { notes: text() } }, {})
      // @ts-expect-error a presence field begins with something
      defineSchema('x', { version: 1, presence: { editing: value<string>() } }, {})
      // @ts-expect-error a schema has a version
      defineSchema('x', {}, {})
      // @ts-expect-error a list of texts would be a list of what cannot be typed in
      list(text())
      // @ts-expect-error a set is of what can be told apart at once
      set(value<{ colour: string }>())
    })
  })
})

describe('a transaction', () => {
  it('refuses other fields, other types, and a callback that would end too late', () => {
    compiled(() => {
      room.transact(tx => {
        tx.todos.create({ title: 'x' })
        // @ts-expect-error a value without an initial one has to be given
        tx.lists.create({})
        tx.lists.create({ name: 'x' })
        // @ts-expect-error no such table
        tx.people.create({})
        // @ts-expect-error no such field
        tx.todos.create({ colour: 'red' })
        // @ts-expect-error another type
        tx.todos.create({ done: 'yes' })
        // @ts-expect-error a text is spliced, not set
        tx.todos.update('x', { title: 'y' })
        // @ts-expect-error another type
        tx.todos.update('x', { due: 7 })
        // @ts-expect-error a draft's values are set by update
        tx.todos.get('x').done = true
        // @ts-expect-error a list of ids holds texts
        tx.lists.get('x').items.push(7)
        // @ts-expect-error another type
        tx.lists.get('x').votes.set('a', 'many')
        tx.tallies.create({ count: 3, labels: ['red'] })
        tx.tallies.get('x').count.add(-1)
        tx.tallies.get('x').labels.add('blue')
        // @ts-expect-error not one of its items
        tx.tallies.get('x').labels.add('green')
        // @ts-expect-error a counter is added to, not set
        tx.tallies.update('x', { count: 3 })
        // @ts-expect-error another type
        tx.lists.get('x').items.move('a', 0)
      })
      // @ts-expect-error async
      room.transact(async tx => {
        tx.todos.remove('x')
      })
      // @ts-expect-error a promise, however it came
      room.transact(() => Promise.resolve(1))
      // @ts-expect-error a room is filled at once
      openRoom({ schema: board, link: newLink(), fill: async tx => tx.lists.create({ name: 'x' }) })
      openRoom({ schema: board, link: newLink(), fill: tx => tx.lists.create({ name: 'x' }) })
      // @ts-expect-error what was read is not written to
      room.tables.todos.where({ done: false })[0].done = true
      // @ts-expect-error no such field
      room.tables.todos.where({ colour: 'red' })
      // @ts-expect-error no such presence
      room.presence.set({ colour: 'red' })
      // @ts-expect-error another type
      room.presence.set({ editing: 7 })
      // @ts-expect-error a channel's body has the channel's type
      room.channel<{ emoji: string }>('wave').send({ emoji: 7 })
      // @ts-expect-error no such table
      room.undoManager({ tables: ['people'] })
    })
  })
})

describe('the hooks', () => {
  it('are typed by the table or the schema that they are asked about', () => {
    compiled(() => {
      const [todo, change] = useRecord(board.todos, 'x')
      expectTypeOf(todo).toEqualTypeOf<RecordOf<typeof board.todos> | undefined>()
      change({ done: true, due: null })
      // @ts-expect-error a text is not set
      change({ title: 'x' })
      expectTypeOf(useQuery(board.todos)).toEqualTypeOf<readonly RecordOf<typeof board.todos>[]>()
      expectTypeOf(useQuery(board.todos, todos => todos.where({ done: true }).length)).toEqualTypeOf<number>()
      expectTypeOf(useOthers(board, person => person.presence.editing)).toEqualTypeOf<readonly string[]>()
      expectTypeOf(useRoom(board)).toEqualTypeOf<Room<Board>>()
      const [, say] = usePresence(board)
      // @ts-expect-error another type
      say({ editing: true })
    })
  })
})
