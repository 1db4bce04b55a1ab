/** What a room and a local store have in common, as one contract. Undo managers have theirs in `undo.test.ts`. */
import { describe, expect, it, vi } from 'vitest'
import { counter, defineSchema, flag, list, map, ref, set, table, text, value } from '../store/schema.ts'
import { createWorld } from '../testing/world.ts'
import { openLocalStore } from './io/local-store.ts'
import type { RoomChange, SharedDocument } from './room.ts'
import { codeOf } from './test-room.ts'

const schema = defineSchema(
  'supermesh.test.document',
  { version: 4 },
  {
    lists: table({ name: value<string>(), todos: list(ref('todos')) }),
    todos: table({
      title: text(),
      done: flag(),
      home: value<string | null>(null),
      votes: map(value<number>()),
      likes: counter(),
      labels: set(value<string>()),
    }),
  },
)
type S = typeof schema

function fill(document: SharedDocument<S>): void {
  document.transact(tx => {
    const todos = ['milk', 'bread'].map(id => tx.todos.create({ title: id, home: 'home' }, { id }))
    tx.lists.create({ name: 'Ours', todos }, { id: 'home' })
  })
}

describe.each<[string, () => SharedDocument<S>]>([
  ['a room', () => createWorld({ seed: 1 }).rooms(schema, ['ana'])[0]],
  ['a local store', () => openLocalStore(schema)],
])('V21: the document of %s', (_, open) => {
  it('is written in transactions: whole or not at all, nested ones joined, with one event for each', () => {
    const document = open()
    const heard: RoomChange[] = []
    document.changed.subscribe(change => heard.push(change))
    fill(document)
    const edit = document.transact(
      tx => {
        tx.todos.update('milk', { done: true })
        expect(document.transact(inner => inner.todos.get('milk').title.splice(0, 0, 'Oat ')).id).toBeNull()
        expect(`${tx.todos.get('milk').title}`).toBe('Oat milk')
      },
      { label: 'Do' },
    )
    expect(heard.map(({ kind, local, label, records }) => [kind, local, label, records])).toEqual([
      ['edit', true, undefined, { lists: ['home'], todos: ['bread', 'milk'] }],
      ['edit', true, 'Do', { todos: ['milk'] }],
    ])
    expect(heard[1]?.edit).toBe(edit.id)
    const failing = () =>
      document.transact(tx => {
        tx.todos.remove('milk')
        throw new RangeError('no')
      })
    expect(failing).toThrow(RangeError)
    expect(document.transact(() => {}).id).toBeNull()
    // @ts-expect-error a transaction writes at once
    expect(codeOf(() => document.transact(async () => {}))).toBe('transaction-async')
    expect([document.tables.todos.has('milk'), heard.length]).toEqual([true, 2])
  })

  it('makes records, gets those that are there, removes them and brings them back with what they held', () => {
    const document = open()
    fill(document)
    const { todos } = document.tables
    document.transact(tx => {
      const ids = [tx.todos.create({}), tx.todos.create({})]
      expect(new Set(ids).size).toBe(2)
      for (const id of ids) tx.todos.remove(id)
      // Who makes what is there sets what is given, and leaves the rest.
      expect(tx.todos.create({ done: true }, { id: 'milk' })).toBe('milk')
    })
    expect([todos.get('milk')?.done, `${todos.get('milk')?.title}`]).toEqual([true, 'milk'])
    document.transact(tx => tx.todos.remove('milk'))
    expect([todos.has('milk'), todos.get('milk')]).toEqual([false, undefined])
    expect(codeOf(() => document.transact(tx => tx.todos.update('milk', { done: false })))).toBe('record-missing')
    document.transact(tx => tx.todos.create({}, { id: 'milk' }))
    expect([todos.get('milk')?.done, `${todos.get('milk')?.title}`]).toEqual([true, 'milk'])
    expect(codeOf(() => document.transact(tx => tx.lists.create({} as never)))).toBe('field-required')
  })

  it('keeps references between records, also to what is gone', () => {
    const document = open()
    fill(document)
    const { lists, todos } = document.tables
    const shown = () => (lists.get('home')?.todos.toArray() ?? []).flatMap(id => todos.get(id)?.title.toString() ?? [])
    document.transact(tx => tx.lists.get('home').todos.move(1, 0))
    expect(shown()).toEqual(['bread', 'milk'])
    document.transact(tx => tx.todos.remove('milk'))
    expect([shown(), lists.get('home')?.todos.length]).toEqual([['bread'], 2])
    document.transact(tx => void tx.todos.create({}, { id: 'milk' }))
    expect(shown()).toEqual(['bread', 'milk'])
    expect(todos.where({ home: 'home' }).map(({ id }) => id)).toEqual(['bread', 'milk'])
    document.transact(tx => tx.lists.get('home').todos.remove('milk'))
    expect(shown()).toEqual(['bread'])
  })

  it('is read as frozen objects that stay the same until they change, and tells of it', () => {
    const document = open()
    fill(document)
    const { todos, lists } = document.tables
    const [all, milk, bread] = [todos.getSnapshot(), todos.get('milk'), todos.get('bread')]
    const [ofTodos, ofMilk, ofBread, ofLists] = [vi.fn(), vi.fn(), vi.fn(), vi.fn()]
    const stops = [
      todos.subscribe(ofTodos),
      todos.subscribeTo('milk', ofMilk),
      todos.subscribeTo('bread', ofBread),
      lists.subscribe(ofLists),
    ]
    expect([todos.getSnapshot(), todos.get('milk')]).toEqual([all, milk])
    expect(todos.getSnapshot()).toBe(all)
    document.transact(tx => {
      const { votes, likes, labels } = tx.todos.get('milk')
      votes.set('ana', 1)
      likes.add(2)
      labels.add('shop')
    })
    expect([ofTodos, ofMilk, ofBread, ofLists].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 0, 0])
    expect(todos.get('bread')).toBe(bread)
    expect(todos.getSnapshot()).not.toBe(all)
    expect([milk?.likes, milk?.labels.size, milk?.votes.size, Object.isFrozen(milk)]).toEqual([0, 0, 0, true])
    const { likes, labels, votes } = todos.get('milk') ?? {}
    expect([likes, [...(labels ?? [])], votes?.get('ana')]).toEqual([2, ['shop'], 1])
    for (const stop of stops) stop()
    document.transact(tx => tx.todos.remove('milk'))
    expect(ofMilk).toHaveBeenCalledTimes(1)
  })

  it('tells its history, the latest first, and takes back by name', () => {
    const document = open()
    fill(document)
    const edit = document.transact(tx => tx.todos.get('milk').likes.add(1)).id
    const done = document.transact(tx => tx.todos.update('milk', { done: true })).id
    if (!edit || !done) throw new Error('Something was written.')
    const undo = document.undo(edit)
    expect([document.undo(edit).id, document.tables.todos.get('milk')?.likes]).toEqual([null, 0])
    expect([...document.history()].map(({ kind, of, records, undone }) => [kind, of, records, undone])).toEqual([
      ['undo', [edit], { todos: ['milk'] }, false],
      ['edit', [], { todos: ['milk'] }, false],
      ['edit', [], { todos: ['milk'] }, true],
      ['edit', [], { lists: ['home'], todos: ['bread', 'milk'] }, false],
    ])
    expect([...document.history()].slice(0, 3).map(each => each.edit)).toEqual([undo.id, done, edit])
    document.redo(edit)
    expect(document.tables.todos.get('milk')?.likes).toBe(1)
    // What was brought back last is the latest step.
    const manager = document.undoManager()
    manager.undo()
    expect(document.tables.todos.get('milk')).toMatchObject({ likes: 0, done: true })
    manager.undo()
    expect(document.tables.todos.get('milk')).toMatchObject({ likes: 0, done: false })
    expect(codeOf(() => document.undo('0.0' as never))).toBe('edit-unknown')
  })

  it('can be taken along as plain values, and has an end', () => {
    const document = open()
    fill(document)
    document.transact(tx => {
      const { votes, likes, labels } = tx.todos.get('milk')
      votes.set('ana', 1)
      likes.add(-2)
      for (const label of ['shop', 'cold']) labels.add(label)
      tx.todos.remove('bread')
    })
    const { schema: id, version, tables } = document.toJSON()
    expect(JSON.parse(JSON.stringify({ id, version, tables }))).toEqual({
      id: 'supermesh.test.document',
      version: 4,
      tables: {
        lists: { home: { name: 'Ours', todos: ['milk', 'bread'] } },
        todos: {
          milk: { title: 'milk', done: false, home: 'home', votes: { ana: 1 }, likes: -2, labels: ['cold', 'shop'] },
        },
      },
    })
    document.dispose()
    document.dispose()
    expect(codeOf(() => fill(document))).toBe('room-disposed')
  })
})
