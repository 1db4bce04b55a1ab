import { describe, expect, it } from 'vitest'
import { defineSchema, flag, list, map, table, text, value } from '../store/schema.ts'
import { createWorld } from '../testing/world.ts'
import { codeOf, personOf, schema, type TestRoom } from './test-room.ts'

describe('rights', () => {
  it('X6: the own page keeps to the rules of a table, by right and by author', () => {
    const world = createWorld({ seed: 1 })
    const [owner] = world.rooms(schema, ['olga'])
    const [author, again] = world.rooms(schema, ['ed', 'ed#2'], { right: 'edit' })
    const [viewer] = world.rooms(schema, ['vera'], { right: 'view' })
    author.transact(tx => tx.minutes.create({ line: 'mine' }, { id: 'ed' }))
    owner.transact(tx => tx.minutes.create({ line: 'theirs' }, { id: 'olga' }))
    world.settleNow()
    const verbs: readonly ((room: TestRoom, id: string) => unknown)[] = [
      (room, id) => room.transact(tx => tx.minutes.create({}, { id: `${id}-${personOf(room).slice(0, 4)}` })),
      (room, id) => room.transact(tx => tx.minutes.update(id, { line: '!' })),
      (room, id) => room.transact(tx => tx.minutes.create({ line: '?' }, { id })),
      (room, id) => room.transact(tx => tx.minutes.remove(id)),
    ]
    const allowed = (room: TestRoom, id: string) => verbs.map(verb => codeOf(() => verb(room, id)))
    const no = 'not-allowed'
    expect(allowed(viewer, 'ed')).toEqual([no, no, no, no])
    expect(allowed(author, 'olga')).toEqual([null, no, no, no])
    expect(allowed(author, 'ed')).toEqual([null, null, null, no])
    // Another page of the same person.
    expect(codeOf(() => again.transact(tx => tx.minutes.update('ed', { line: 'again' })))).toBeNull()
    expect(allowed(owner, 'ed')).toEqual([null, null, null, null])
    expect(viewer.transact(tx => tx.notes.has('n')).id).toBeNull()
    expect(codeOf(() => viewer.tables.minutes.get('olga'))).toBeNull()
  })

  it('X6: every kind of field keeps to the rule, by whatever way it is written', () => {
    const strict = { create: 'edit', change: 'own', remove: 'own' } as const
    const fields = { body: text(), tags: map(value<number>()), items: list(value<number>()), done: flag() }
    const kinds = defineSchema('supermesh.test.kinds', { version: 1 }, { rows: table(fields, strict) })
    const world = createWorld({ seed: 1 })
    const [owner] = world.rooms(kinds, ['olga'])
    const [editor] = world.rooms(kinds, ['ed'], { right: 'edit' })
    const full = { body: 'b', tags: { one: 1 }, items: [1], done: true }
    owner.transact(tx => tx.rows.create(full, { id: 'r' }))
    world.settleNow()
    const body = editor.tables.rows.get('r')?.body
    expect([body?.editable, owner.tables.rows.get('r')?.body.editable]).toEqual([false, true])
    const writes = [
      () => body?.splice(0, 0, 'x'),
      () => body?.edit([{ index: 0, remove: 1, insert: '' }]),
      () => editor.transact(tx => tx.rows.get('r').body.splice(0, 0, 'x')),
      () => editor.transact(tx => tx.rows.get('r').tags.set('two', 2)),
      () => editor.transact(tx => tx.rows.get('r').tags.delete('one')),
      () => editor.transact(tx => tx.rows.get('r').items.push(2)),
      () => editor.transact(tx => tx.rows.get('r').items.remove(1)),
      () => editor.transact(tx => tx.rows.update('r', { done: false })),
      () => editor.transact(tx => tx.rows.create({ done: false }, { id: 'r' })),
      () => editor.transact(tx => tx.rows.remove('r')),
      () => editor.transact(tx => [tx.rows.create({}, { id: 'r' }), tx.rows.remove('r')].length),
    ]
    expect(writes.map(codeOf)).toEqual(writes.map(() => 'not-allowed'))
    expect(codeOf(() => editor.transact(tx => tx.rows.create(full, { id: 's' })))).toBeNull()
    // Who has created it may remove it in the same breath, and no later.
    const inOne = () => editor.transact(tx => tx.rows.remove(tx.rows.create(full)))
    expect([codeOf(inOne), codeOf(() => editor.transact(tx => tx.rows.remove('s')))]).toEqual([null, 'not-allowed'])
    world.settleNow()
    expect(owner.toJSON().tables.rows).toEqual({ r: full, s: full })
  })

  it('X6: to write over a record is not to have created it', () => {
    const world = createWorld({ seed: 1 })
    const [owner] = world.rooms(schema, ['olga'])
    const [editor] = world.rooms(schema, ['ed'], { right: 'edit' })
    const open = defineSchema('o', { version: 1 }, { rows: table({ n: value(0) }, { remove: 'own or author' }) })
    const [first] = createWorld({ seed: 2 }).rooms(open, ['a'])
    expect(first.transact(tx => tx.rows.remove(tx.rows.create({}))).id).not.toBeNull()
    owner.transact(tx => tx.minutes.create({ line: 'theirs' }, { id: 'm' }))
    world.settleNow()
    expect(codeOf(() => editor.transact(tx => tx.minutes.create({ line: 'mine' }, { id: 'm' })))).toBe('not-allowed')
    owner.transact(tx => tx.minutes.create({ line: 'again' }, { id: 'm' }))
    world.settleNow()
    expect(editor.tables.minutes.get('m')?.line).toBe('again')
    expect(codeOf(() => editor.transact(tx => tx.minutes.update('m', { line: 'mine' })))).toBe('not-allowed')
  })

  it('X1: a room offers its own right and weaker ones, as addresses that work', async () => {
    const world = createWorld({ seed: 1 })
    const [editor] = world.rooms(schema, ['ed'], { right: 'edit' })
    expect(['own', 'run', 'edit', 'view'].map(right => editor.me.can(right as 'own'))).toEqual([
      false,
      false,
      true,
      true,
    ])
    const invitation = await editor.invite('view', { page: 'https://host.example/app?x=1#old' })
    expect(invitation).toMatchObject({ right: 'view', url: `https://host.example/app?x=1#${invitation.fragment}` })
    expect(invitation.fragment).toMatch(/^1v[\w-]{46}$/)
    expect(invitation.qr).toMatch(/^<svg.*<\/svg>\s*$/s)
    await expect(editor.invite('own')).rejects.toMatchObject({ code: 'right-too-strong' })
  })
})
