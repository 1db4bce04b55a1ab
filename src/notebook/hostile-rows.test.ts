import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { outputText } from '../jupyter/nbformat/index.ts'
import { NOTEBOOK_ID, notebookSchema, notebookTables } from '../jupyter/schema.ts'
import type { JsonValue } from '../protocol/patch.ts'
import { type AnyField, defineSchema, type Tables } from '../store/schema.ts'
import { createLab } from '../testing/lab.ts'
import { createCellViews } from './cell-view.ts'
import { deedsOf, runsBegun } from './duties.ts'
import { createEdits } from './edits.ts'
import { exportFile, importFile } from './file.ts'
import { moveNotice } from './supernode-view.ts'

/** The tables as somebody writes them who believes in no types. */
const looseTables: Tables = Object.fromEntries(
  Object.entries<Tables[string]>(notebookTables).map(([name, { fields, rules }]) => [
    name,
    {
      rules,
      fields: Object.fromEntries(
        Object.entries(fields).map(([field, { kind }]): [string, AnyField] => [
          field,
          { kind, initial: null, accepts: () => true, since: 1 },
        ]),
      ),
    },
  ]),
)
const looseSchema = defineSchema('org.supermesh.notebook', { version: 1 }, looseTables)

const ADDRESS = { supernode: 'ana', term: 1 }
const world = { self: 'ana', leader: ADDRESS, present: () => true }
const JSON_OUTPUT = outputText({ type: 'stream', name: 'stdout', text: 'kept' })

interface Write {
  readonly table: string
  readonly id: string
  readonly field: string
  readonly value: JsonValue
}

/** A notebook with two cells and a run, by somebody who then writes what he likes; and what Ana has of it. */
function roomAfter(writes: readonly Write[]) {
  const elsewhere = createLab(looseSchema)
  const mallory = elsewhere.open('mallory').replica
  const lab = createLab(notebookSchema)
  const ana = lab.open('ana')
  mallory.store.transact(tx => {
    const { notebooks, cells, executions } = tx
    const request = { source: 'x', peer: 'ana', name: 'Ana', ...ADDRESS }
    executions?.create({ cell: 'c', request, outputs: [{ json: JSON_OUTPUT }] }, { id: 'e' })
    cells?.create({ type: 'code', source: 'x', execution: 'e' }, { id: 'c' })
    cells?.create({ type: 'markdown', source: 'y' }, { id: 'd' })
    notebooks?.create({ cells: ['c', 'd'] }, { id: NOTEBOOK_ID })
  })
  for (const { table, id, field, value } of writes) {
    mallory.store.transact(tx => {
      const draft = tx[table]
      if (!draft?.has(id)) draft?.create({}, { id })
      const kind = looseTables[table]?.fields[field]?.kind
      const place = draft?.get(id)[field] as unknown as {
        push(item: JsonValue): void
        set(key: string, item: JsonValue): void
      }
      if (kind === 'register') draft?.update(id, { [field]: value })
      else if (kind === 'list') place.push(value)
      else if (kind === 'map') place.set('d', value)
    })
  }
  elsewhere.flush()
  const frames = mallory.sync.frames()
  ana.replica.handle({ type: 'message-arrived', from: 'mallory', message: { type: 'frames', scope: 0, frames } })
  lab.flush()
  return ana.replica.store
}

type Store = ReturnType<typeof roomAfter>

/** Everything that a page does with the rows, again and again. */
function useAll({ tables, transact }: Store) {
  const cells = createCellViews(tables).read(world)
  const rows = tables.executions.getSnapshot()
  const deeds = deedsOf(rows, world, { name: 'Ana' })
  transact(tx => {
    for (const deed of deeds) if (deed.type === 'write') tx.executions.update(deed.execution, deed.fields)
  })
  const begun = runsBegun(rows, ADDRESS)
  moveNotice([], ADDRESS, { ...ADDRESS, term: 2 }, rows)
  const exported = JSON.parse(exportFile(tables)) as { cells: unknown[] }
  const edits = createEdits(
    tables,
    write => transact(write),
    () => 'minted',
  )
  edits.moveCell(edits.addCell('code', 1, 'z'), 0)
  edits.clearOutputs()
  return { cells, deeds, begun, exported }
}

/** The first thing of the cells that is not of its type. */
function untyped(cells: ReturnType<typeof useAll>['cells']): string | undefined {
  const wrong = (name: string, value: unknown, type: string) =>
    typeof value === type ? [] : [`${name} ${typeof value}`]
  return cells.flatMap(({ id, type, run, attachments }) => [
    ...wrong('id', id, 'string'),
    ...wrong('type', type, 'string'),
    ...Object.values(attachments).flatMap(url => wrong('attachment', url, 'string')),
    ...(run === null
      ? []
      : [
          ...wrong('askedBy', run.askedBy, 'string'),
          ...wrong('ranBy', run.ranBy, 'string'),
          ...wrong('sentence', run.sentence, 'string'),
          ...wrong('executionCount', run.executionCount ?? 0, 'number'),
          ...wrong('prompt', run.prompt?.text ?? '', 'string'),
          ...run.outputs.flatMap(output => wrong('output', output.type, 'string')),
        ]),
  ])[0]
}

const unprintable = { toString: 1, valueOf: 1 }
const step = { ...ADDRESS, kernel: 'k', verdict: 'claimed', sentence: '', name: 'Ana' }
const places = Object.entries<Tables[string]>(notebookTables).flatMap(([table, { fields }]) =>
  Object.entries(fields).flatMap(([field, { kind }]) => (kind === 'text' ? [] : [{ table, field }])),
)
const idsOf: Readonly<Record<string, readonly string[]>> = {
  notebooks: [NOTEBOOK_ID],
  cells: ['c', 'd'],
  executions: ['e'],
}
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }).filter(json => !JSON.stringify(json).includes('__proto__')) as fc.Arbitrary<JsonValue>,
  fc.constantFrom<JsonValue>(
    null,
    5,
    '[]',
    '5',
    'c',
    'e',
    {},
    [],
    unprintable,
    { json: 5 },
    { json: unprintable, display: 'd' },
    { json: JSON_OUTPUT, display: 'd' },
    { json: JSON_OUTPUT, display: {} },
    step,
    { ...step, sentence: unprintable, verdict: 'refused' },
    { ...step, name: {}, source: {}, peer: 'ana' },
    { ...step, status: 'ok', executionCount: unprintable },
    { ...step, text: unprintable, password: 1 },
    { indent: 5 },
  ),
)
const write: fc.Arbitrary<Write> = fc
  .tuple(fc.constantFrom(...places), value, fc.nat())
  .map(([{ table, field }, value, which]) => {
    const ids = idsOf[table] ?? ['x']
    return { table, field, value, id: ids[which % ids.length] ?? 'x' }
  })

describe('rows that a stranger wrote', () => {
  it('N1: break nothing here, whatever JSON stands in whatever field', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 12 }), writes => {
        const store = roomAfter(writes)
        expect(untyped(useAll(store).cells)).toBeUndefined()
        importFile('{"cells":[],"metadata":{},"nbformat":4,"nbformat_minor":5}', 'x', store.transact, () => 'm')
        expect(createCellViews(store.tables).read(world)).toEqual([])
      }),
      { numRuns: 300 },
    )
  })

  const one = (table: string, id: string, field: string, value: JsonValue): Write => ({ table, id, field, value })
  it.each([
    one('executions', 'e', 'outputs', null),
    one('executions', 'e', 'outputs', { json: 5 }),
    one('executions', 'e', 'displays', 5),
    one('executions', 'e', 'finish', { ...step, status: 'ok', executionCount: unprintable }),
    one('executions', 'e', 'prompt', { text: unprintable, password: false }),
    one('executions', 'e', 'claim', { ...step, sentence: unprintable }),
    one('cells', 'd', 'shape', 5),
    one('cells', 'd', 'type', {}),
    one('cells', 'd', 'fileId', {}),
    one('notebooks', NOTEBOOK_ID, 'shape', 5),
    one('notebooks', NOTEBOOK_ID, 'title', {}),
    one('notebooks', NOTEBOOK_ID, 'format', { indent: 5 }),
    one('notebooks', NOTEBOOK_ID, 'cells', unprintable),
  ])('N1: cost nothing of what stands beside them: $table $field', write => {
    const { cells, deeds, exported } = useAll(roomAfter([write]))
    expect(cells.map(({ id }) => id)).toEqual(['c', 'd'])
    expect(cells[0]?.run?.outputs).toEqual([{ type: 'stream', name: 'stdout', text: 'kept' }])
    expect(deeds).toEqual([{ type: 'write', execution: 'e', fields: { claim: expect.objectContaining(ADDRESS) } }])
    expect(exported.cells).toHaveLength(2)
  })

  it('N1: show their title and their other words only when they are words', () => {
    const store = roomAfter([one('notebooks', NOTEBOOK_ID, 'title', { a: 1 }), one('executions', 'e', 'cell', 5)])
    expect(store.tables.notebooks.get(NOTEBOOK_ID)?.title).toBe('Untitled')
    expect(store.tables.executions.get('e')?.cell).toBe('')
  })
})
