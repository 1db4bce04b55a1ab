/**
 * What callers without types may give where something else is wanted: it is taken, or refused in words with a code to test for.
 * An error of the language would say what broke inside, and not what was wrong.
 */
import { describe, expect, it } from 'vitest'
import { SupermeshError } from './base/error.ts'
import {
  formatLink,
  newLink,
  openLocalStore,
  openRoom,
  parseLink,
  type Room,
  type SharedDocument,
  weakenLink,
} from './index.ts'
import { counter, defineSchema, flag, list, map, set, table, text, value } from './schema.ts'
import { createWorld } from './testing/index.ts'

const fields = {
  body: text(),
  tags: map(value<number>()),
  steps: list(value<string>()),
  marks: set(value<string>()),
  likes: counter(),
  done: flag(),
  stars: value(1),
}
const schema = defineSchema('supermesh.test.misuse', { version: 1 }, { notes: table(fields) })
type Fields = typeof fields

const NONSENSE: readonly unknown[] = [
  ...[undefined, null, 1, Number.NaN, Infinity, 10n, 'x', true, Symbol('x'), () => 1],
  ...[{}, [], [null], [Symbol('x')], { nothing: 1 }, Object.create(null), { id: 'x', tables: null, presence: null }],
  ...[{ right: 'own', room: new Uint8Array(16), secret: new Uint8Array(16), signaling: [null] }],
]

/** Whatever is passed to it is wrong, and nobody checks that it is not. */
type Unchecked = Readonly<Record<string, (...given: readonly unknown[]) => unknown>>

function unchecked(target: object): Unchecked {
  return target as Unchecked
}

function documentOfOne(): SharedDocument<typeof schema> {
  const document = openLocalStore(schema)
  document.transact(tx => void tx.notes.create({ body: 'text', steps: ['one'] }, { id: 'a' }))
  return document
}

/** @returns whether it was refused */
function requireNamed(call: () => unknown): boolean {
  try {
    call()
    return false
  } catch (error) {
    if (!(error instanceof SupermeshError)) throw error
    return true
  }
}

async function requireNamedLater(call: () => unknown): Promise<void> {
  try {
    await call()
  } catch (error) {
    if (!(error instanceof SupermeshError)) throw error
  }
}

const room = { schema, link: newLink(), storage: 'memory' }
const open = (options: unknown) => unchecked({ openRoom }).openRoom?.(options)

const CALLS: Readonly<Record<string, (nonsense: unknown) => unknown>> = {
  openRoom: open,
  ...Object.fromEntries(
    ['schema', 'link', 'signaling', 'name', 'storage', 'transport', 'iceServers', 'fill'].map(name => [
      `the ${name} of a room`,
      (given: unknown) => open({ ...room, [name]: given }),
    ]),
  ),
  openLocalStore: given => unchecked({ openLocalStore }).openLocalStore?.(given),
  parseLink: given => unchecked({ parseLink }).parseLink?.(given),
  formatLink: given => unchecked({ formatLink }).formatLink?.(given),
  weakenLink: given => unchecked({ weakenLink }).weakenLink?.(given, 'view'),
  'a right': given => unchecked({ weakenLink }).weakenLink?.(newLink(), given),
  newLink: given => unchecked({ newLink }).newLink?.(given),
  createWorld: given => unchecked({ createWorld }).createWorld?.(given),
  'the schema of a world': given => unchecked(createWorld({ seed: 1 })).rooms?.(given, ['ana']),
  'the parts of a world': given => unchecked(createWorld({ seed: 1 })).partition?.(given),
  'a time to pass': given => unchecked(createWorld({ seed: 1 })).pass?.(given),
  'a time to settle': given => unchecked(createWorld({ seed: 1 })).settleNow?.(given),
  'the names of a world': given => unchecked(createWorld({ seed: 1 })).rooms?.(schema, given),
  'the options of a joining': given => unchecked(createWorld({ seed: 1 })).rooms?.(schema, ['ana'], given),
  'the id of a schema': given => unchecked({ defineSchema }).defineSchema?.(given, { version: 1 }, {}),
  'the options of a schema': given => unchecked({ defineSchema }).defineSchema?.('x', given, {}),
  'the tables of a schema': given => unchecked({ defineSchema }).defineSchema?.('x', { version: 1 }, given),
  'the presence of a schema': given =>
    unchecked({ defineSchema }).defineSchema?.('x', { version: 1, presence: given }, {}),
  'a table': given => unchecked({ table }).table?.(given),
  'the rules of a table': given => unchecked({ table }).table?.(fields, given),
  'an item': given => [list, map, set].map(kind => requireNamed(() => unchecked({ kind }).kind?.(given))),
  'the options of a field': given => {
    for (const kind of [text, counter]) requireNamed(() => unchecked({ kind }).kind?.(given))
    for (const kind of [list, map, set]) requireNamed(() => unchecked({ kind }).kind?.(value(), given))
    for (const kind of [value, flag]) requireNamed(() => unchecked({ kind }).kind?.(true, given))
  },
}

const OF_DOCUMENTS: Readonly<Record<string, (document: SharedDocument<typeof schema>, nonsense: unknown) => unknown>> =
  {
    ...Object.fromEntries(
      ['transact', 'undo', 'redo', 'undoManager'].map(name => [
        name,
        (document: SharedDocument<typeof schema>, given: unknown) => unchecked(document)[name]?.(given),
      ]),
    ),
    'the options of a transaction': (document, given) =>
      unchecked(document).transact?.(
        (tx: { readonly notes: object }) => unchecked(tx.notes).update?.('a', { stars: 2 }),
        given,
      ),
    'an undo manager': (document, given) => misuseAll(document.undoManager(), given),
    'the tables of an undo manager': (document, given) => unchecked(document).undoManager?.({ tables: given }),
    'the records of an undo manager': (document, given) => unchecked(document).undoManager?.({ records: given }),
    'a label': (document, given) =>
      unchecked(document).transact?.(
        (tx: { readonly notes: object }) => unchecked(tx.notes).update?.('a', { stars: 2 }),
        {
          label: given,
        },
      ),
    'changed.subscribe': (document, given) => unchecked(document.changed).subscribe?.(given),
    ...Object.fromEntries(
      ['has', 'get', 'where', 'subscribe', 'subscribeTo'].map(name => [
        `tables.notes.${name}`,
        (document: SharedDocument<typeof schema>, given: unknown) => unchecked(document.tables.notes)[name]?.(given),
      ]),
    ),
    ...Object.fromEntries(
      (['create', 'get', 'getOrCreate', 'update', 'remove', 'has'] as const).flatMap(name => [
        [`tx.notes.${name}`, inside((notes, given) => notes[name]?.(given))],
        [`tx.notes.${name}, at last`, inside((notes, given) => notes[name]?.(name === 'create' ? {} : 'a', given))],
      ]),
    ),
    ...Object.fromEntries(
      (Object.keys(fields) as (keyof Fields)[]).flatMap(field => [
        [`${field}, created`, inside((notes, given) => notes.create?.({ [field]: given }))],
        [`${field}, updated`, inside((notes, given) => notes.update?.('a', { [field]: given }))],
      ]),
    ),
    ...Object.fromEntries(
      (['body', 'tags', 'steps', 'marks', 'likes'] as const).map(field => [
        `the methods of ${field}`,
        inside((notes, given) => misuseAll(unchecked(notes.get?.('a') as object)[field] as unknown as object, given)),
      ]),
    ),
    'the methods of a text as it is read': (document, given) => {
      const body = document.tables.notes.get('a')?.body
      if (body) misuseAll(body, given)
    },
  }

const OF_ROOMS: Readonly<Record<string, (room: Room<typeof schema>, nonsense: unknown) => unknown>> = {
  'a name': (room, given) => unchecked(room).rename?.(given),
  presence: (room, given) => unchecked(room.presence).set?.(given),
  'an invitation': (room, given) => unchecked(room).invite?.(given),
  'the options of an invitation': (room, given) => unchecked(room).invite?.('view', given),
  'the page of an invitation': (room, given) => unchecked(room).invite?.('view', { page: given }),
  'a channel': (room, given) => unchecked(room).channel?.(given),
  'a message': (room, given) => unchecked(room.channel('talk')).send?.(given),
  'the options of a message': (room, given) => unchecked(room.channel('talk')).send?.(1, given),
  'a way to signaling': (room, given) => unchecked(room).setSignaling?.(given),
}

function inside(call: (notes: Unchecked, nonsense: unknown) => unknown) {
  return (document: SharedDocument<typeof schema>, nonsense: unknown) =>
    document.transact(tx => void call(unchecked(tx.notes), nonsense))
}

function misuseAll(target: object, nonsense: unknown): void {
  for (let of = target; of && of !== Object.prototype; of = Object.getPrototypeOf(of)) {
    for (const name of Object.getOwnPropertyNames(of)) {
      const method = Object.getOwnPropertyDescriptor(of, name)?.value
      if (typeof method !== 'function' || name === 'constructor') continue
      for (const given of [[nonsense], [0, nonsense], [0, 0, nonsense]]) requireNamed(() => method.apply(target, given))
    }
  }
}

describe('what is no use', () => {
  it.each(Object.entries(CALLS))('as %s is taken or refused by name', (_, call) => {
    for (const nonsense of NONSENSE) requireNamed(() => call(nonsense))
  })

  it.each(Object.entries(OF_DOCUMENTS))('as %s is taken or refused by name', (_, call) => {
    for (const nonsense of NONSENSE) {
      const document = documentOfOne()
      const before = JSON.stringify(document.toJSON())
      if (requireNamed(() => call(document, nonsense))) expect(JSON.stringify(document.toJSON())).toBe(before)
    }
  })

  it.each(Object.entries(OF_ROOMS))('as %s is taken or refused by name', async (_, call) => {
    for (const nonsense of NONSENSE) {
      const [room] = createWorld({ seed: 1 }).rooms(schema, ['ana'])
      await requireNamedLater(() => call(room, nonsense))
    }
  })

  it.each([
    ['a rule', () => unchecked({ table }).table?.(fields, { delete: 'own' })],
    ['a scope', () => unchecked(documentOfOne()).undoManager?.({ table: ['notes'] })],
    ['a world', () => unchecked({ createWorld }).createWorld?.({ seed: 1, lose: 0.2 })],
    ['a storage', () => open({ ...room, storage: 'memroy' })],
  ])('is %s whose name is mistyped', (_, call) => {
    expect(call).toThrow(expect.objectContaining({ code: 'option-invalid' }))
  })

  it('is told of with what was wanted', () => {
    const saidOf = (call: () => unknown) => {
      try {
        call()
      } catch (error) {
        return [(error as SupermeshError).code, (error as SupermeshError).message]
      }
    }
    expect(saidOf(() => open({ ...room, schema: {} }))).toEqual([
      'option-invalid',
      'A schema is what defineSchema makes, not an object.',
    ])
  })
})
