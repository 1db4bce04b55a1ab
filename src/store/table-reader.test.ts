import { describe, expect, it } from 'vitest'
import { createLab } from '../testing/lab.ts'
import { defineSchema, flag, list, map, table, text, value } from './schema.ts'

const schema = defineSchema(
  'test',
  { version: 1 },
  {
    notes: table({ body: text(), items: list(value<string>()), tags: map(value<number>()), stars: value(0) }),
    todos: table({ done: flag(false) }),
  },
)

function openTwo() {
  const lab = createLab(schema)
  const [ana, ben] = [lab.open('ana'), lab.open('ben')]
  lab.link(ana, ben)
  ana.replica.store.transact(tx => {
    tx.notes.create({ body: 'one' }, { id: 'a' })
    tx.notes.create({ body: 'two' }, { id: 'b' })
  })
  lab.flush()
  return { lab, write: ana.replica.store, read: ben.replica.store }
}

describe('a table as read', () => {
  it('S13: gives the same objects until something in them changes', () => {
    const { lab, write, read } = openTwo()
    const { notes, todos } = read.tables
    const before = { all: notes.getSnapshot(), a: notes.get('a'), b: notes.get('b'), todos: todos.getSnapshot() }
    expect(notes.getSnapshot()).toBe(before.all)
    expect(notes.get('a')).toBe(before.a)
    write.transact(tx => tx.notes.get('a').body.splice(3, 0, '!'))
    lab.flush()
    expect(notes.getSnapshot()).not.toBe(before.all)
    expect(notes.get('a')).not.toBe(before.a)
    expect(notes.get('b')).toBe(before.b)
    expect(todos.getSnapshot()).toBe(before.todos)
    expect([before.a?.body.toString(), notes.get('a')?.body.toString()]).toEqual(['one', 'one!'])
  })

  it('S13: is frozen, in every part', () => {
    const { write } = openTwo()
    write.transact(tx => tx.notes.get('a').items.push('x'))
    const record = write.tables.notes.get('a')
    for (const part of [write.tables.notes.getSnapshot(), record, record?.body, record?.items.toArray()]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  it('S14: tells once of each edit, when all of it is there to be read', () => {
    const { lab, write, read } = openTwo()
    const heard: string[] = []
    const here = () => `${read.tables.notes.get('a')?.stars}${read.tables.todos.has('t') ? ' with todo' : ''}`
    read.changed.subscribe(({ local, changes }) => {
      heard.push(`store ${local ? 'local' : 'remote'} ${Object.keys(changes).sort().join('+')}: ${here()}`)
    })
    read.tables.notes.subscribe(() => heard.push(`notes: ${here()}`))
    read.tables.todos.subscribe(() => heard.push(`todos: ${here()}`))
    read.tables.notes.subscribeTo('a', () => heard.push(`a: ${here()}`))
    read.tables.notes.subscribeTo('b', () => heard.push('b'))
    write.transact(tx => {
      tx.notes.update('a', { stars: 5 })
      tx.todos.create({}, { id: 't' })
    })
    lab.flush()
    expect(heard.sort()).toEqual([
      'a: 5 with todo',
      'notes: 5 with todo',
      'store remote notes+todos: 5 with todo',
      'todos: 5 with todo',
    ])
  })

  it('S14: tells of a text in splices that lead from the old to the new', () => {
    const { lab, write, read } = openTwo()
    const splices: unknown[] = []
    const stop = read.tables.notes.get('a')?.body.subscribe(change => splices.push(change))
    write.transact(tx => tx.notes.get('a').body.splice(1, 1, 'NN'))
    lab.flush()
    expect(splices).toEqual([
      {
        kind: 'edit',
        local: false,
        splices: [
          { index: 1, removed: 'n', inserted: '' },
          { index: 1, removed: '', inserted: 'NN' },
        ],
      },
    ])
    stop?.()
    read.tables.notes.get('a')?.body.splice(0, 0, 'x')
    expect(splices).toHaveLength(1)
  })

  it('S14: hides a value that the schema does not accept, wherever it came from', () => {
    const lab = createLab(schema)
    const other = defineSchema('test', { version: 9 }, { todos: table({ done: value<unknown>('later') }) })
    const elsewhere = createLab(other)
    const newer = elsewhere.open('newer')
    const ben = lab.open('ben')
    newer.replica.store.transact(tx => void tx.todos.create({ done: 'half' }, { id: 't' }))
    elsewhere.flush()
    const frames = newer.replica.sync.frames()
    ben.replica.handle({ type: 'message-arrived', from: newer.id, message: { type: 'frames', scope: 0, frames } })
    lab.flush()
    expect(ben.replica.store.tables.todos.get('t')).toEqual({ id: 't', done: false })
  })

  it('S14: hides what the schema does not accept in a list, a map and a draft, too', () => {
    const isNumber = (held: unknown) => typeof held === 'number'
    const numbers = defineSchema(
      'test',
      { version: 1 },
      {
        rows: table({
          one: value(7, { accepts: isNumber }),
          many: list(value<number>(undefined, { accepts: isNumber })),
          named: map(value<number>(undefined, { accepts: isNumber })),
        }),
      },
    )
    const loose = defineSchema(
      'test',
      { version: 1 },
      { rows: table({ one: value<unknown>(0), many: list(value<unknown>()), named: map(value<unknown>()) }) },
    )
    const elsewhere = createLab(loose)
    const stranger = elsewhere.open('stranger').replica
    const lab = createLab(numbers)
    const { replica } = lab.open('ben')
    stranger.store.transact(tx => {
      tx.rows.create({ one: 'x', many: [1, 'x', null, 2], named: { a: 1, b: 'x' } }, { id: 'bad' })
      tx.rows.create({ named: { a: 1 } }, { id: 'good' })
    })
    elsewhere.flush()
    const message = { type: 'frames' as const, scope: 0, frames: stranger.sync.frames() }
    replica.handle({ type: 'message-arrived', from: 'stranger', message })
    lab.flush()
    const { rows } = replica.store.tables
    expect(rows.get('bad')).toMatchObject({ one: 7, named: new Map([['a', 1]]) })
    expect(rows.get('bad')?.many.toArray()).toEqual([1, 2])
    const whole = rows.get('good')?.named
    replica.store.transact(tx => {
      const draft = tx.rows.get('bad')
      expect([draft.one, draft.named.get('a'), draft.named.get('b')]).toEqual([7, 1, undefined])
      tx.rows.update('good', { one: 8 })
    })
    expect(rows.get('good')?.named).toBe(whole)
    for (const wrong of [
      () => replica.store.transact(tx => tx.rows.get('good').many.push('x' as unknown as number)),
      () => replica.store.transact(tx => tx.rows.get('good').named.set('a', 'x' as unknown as number)),
    ]) {
      expect(wrong).toThrow(expect.objectContaining({ code: 'value-wrong-type' }))
    }
  })

  it('S14: finds records by their registers', () => {
    const { write } = openTwo()
    write.transact(tx => tx.notes.update('b', { stars: 3 }))
    expect(write.tables.notes.where({ stars: 3 }).map(({ id }) => id)).toEqual(['b'])
    expect(write.tables.notes.where({}).map(({ id }) => id)).toEqual(['a', 'b'])
  })
})
