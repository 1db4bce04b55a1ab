import { expect, it } from 'vitest'
import { outputText } from '../jupyter/nbformat/index.ts'
import { NOTEBOOK_ID, notebookSchema } from '../jupyter/schema.ts'
import { createLab } from '../testing/lab.ts'
import { createEdits } from './edits.ts'

const OUTPUT = { json: outputText({ type: 'stream', name: 'stdout', text: 'three hours' }) }

function openTwo() {
  const lab = createLab(notebookSchema)
  const [ana, ben] = [lab.open('ana'), lab.open('ben')]
  lab.link(ana, ben)
  const people = [ana, ben].map(({ replica }) => {
    const { tables, transact } = replica.store
    const edits = createEdits(
      tables,
      write => transact(write),
      () => 'in-file',
    )
    const order = () =>
      tables.notebooks
        .get(NOTEBOOK_ID)
        ?.cells.toArray()
        .filter(id => tables.cells.has(id))
    return { tables, transact, edits, order }
  })
  return { lab, people: people as [(typeof people)[0], (typeof people)[0]] }
}

it('S11: a cell that was removed comes back with all that it held, and to the place that is asked for', () => {
  const { lab, people } = openTwo()
  const [ana, ben] = people
  ana.transact(tx => {
    const cells = ['a', 'b', 'c'].map(id => tx.cells.create({ source: id, shape: `{"of":"${id}"}` }, { id }))
    tx.notebooks.create({ cells }, { id: NOTEBOOK_ID })
    tx.cells.update('b', { execution: tx.executions.create({ cell: 'b', outputs: [OUTPUT] }), fileId: 'kept' })
  })
  lab.flush()
  const before = ana.tables.cells.get('b')
  ana.edits.removeCell('b')
  ana.edits.removeCell('c')
  lab.flush()
  expect(ben.order()).toEqual(['a'])

  ana.edits.restoreCell('c', 1)
  ana.edits.restoreCell('b', 1)
  lab.flush()
  for (const { order, tables } of people) {
    expect(order()).toEqual(['a', 'b', 'c'])
    const after = tables.cells.get('b')
    expect([after?.type, after?.source.toString(), after?.fileId, after?.shape]).toEqual([
      'code',
      'b',
      'kept',
      before?.shape,
    ])
    expect(tables.executions.get(after?.execution ?? '')?.outputs.toArray()).toEqual([OUTPUT])
  }
})

it('S16: a cell that two people move stands there once, at an index among those that are shown', () => {
  const { lab, people } = openTwo()
  const [ana, ben] = people
  ana.transact(tx => {
    const cells = ['a', 'b', 'c', 'd'].map(id => tx.cells.create({}, { id }))
    tx.notebooks.create({ cells: ['nowhere', ...cells] }, { id: NOTEBOOK_ID })
  })
  lab.flush()
  ana.edits.moveCell('a', 3)
  ben.edits.moveCell('a', 1)
  expect([ana.order(), ben.order()]).toEqual([
    ['b', 'c', 'd', 'a'],
    ['b', 'a', 'c', 'd'],
  ])
  lab.flush()
  expect(ana.order()).toEqual(ben.order())
  expect([...(ana.order() ?? [])].sort()).toEqual(['a', 'b', 'c', 'd'])
  ana.edits.moveCell('a', 0)
  ben.edits.removeCell('a')
  lab.flush()
  for (const { order } of people) expect(order()).toEqual(['b', 'c', 'd'])
})

it('a cell that two people bring back stands there once', () => {
  const { lab, people } = openTwo()
  const [ana, ben] = people
  ana.transact(tx => {
    tx.notebooks.create({ cells: [tx.cells.create({}, { id: 'a' })] }, { id: NOTEBOOK_ID })
  })
  ana.edits.removeCell('a')
  lab.flush()
  ana.edits.restoreCell('a', 0)
  ana.edits.restoreCell('a', 0)
  expect(ana.order()).toEqual(['a'])
  ben.edits.restoreCell('a', 0)
  lab.flush()
  for (const { order } of people) expect([...new Set(order())]).toEqual(['a'])
  ben.edits.removeCell('a')
  lab.flush()
  for (const { order } of people) expect(order()).toEqual([])
})
