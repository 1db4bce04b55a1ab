import { describe, expect, it } from 'vitest'
import { outputText } from '../jupyter/nbformat/index.ts'
import { NOTEBOOK_ID, type NotebookTables, notebookSchema, type RunRequest } from '../jupyter/schema.ts'
import type { Transaction } from '../store/record.ts'
import type { Address, RunWorld } from '../supernode/run.ts'
import { createLab } from '../testing/lab.ts'
import { createCellViews } from './cell-view.ts'

const ANA: Address = { supernode: 'ana', term: 1 }
const REQUEST: RunRequest = { source: '1', peer: 'ben', name: 'Ben', ...ANA }
const world = (fields: Partial<RunWorld> = {}): RunWorld => ({
  self: 'ben',
  leader: ANA,
  present: () => true,
  ...fields,
})

function bench() {
  const { store } = createLab(notebookSchema).open('ben').replica
  const views = createCellViews(store.tables)
  const write = (edit: (tx: Transaction<NotebookTables>) => void) => store.transact(edit)
  write(tx => {
    const cells = ['a', 'b', 'c'].map(id => tx.cells.create({ type: 'code', source: id }, { id }))
    tx.notebooks.create({ cells }, { id: NOTEBOOK_ID })
  })
  return { read: (now = world()) => views.read(now), write }
}

const stored = (text: string, display?: string) => ({
  json: outputText({ type: 'display_data', data: { 'text/plain': text }, metadata: {} }),
  ...(display !== undefined && { display }),
})
const ids = (cells: readonly { readonly id: string }[]) => cells.map(({ id }) => id).join('')

describe('the cells of a page', () => {
  it('stay the same objects until something shown changes', () => {
    const { read, write } = bench()
    const before = read()
    expect(read()).toBe(before)
    write(tx => tx.notebooks.update(NOTEBOOK_ID, { title: 'Other' }))
    expect(read()).toBe(before)
    write(tx => tx.cells.get('b').source.splice(0, 0, 'x'))
    const after = read()
    expect(after).not.toBe(before)
    expect(after.map((cell, i) => cell === before[i])).toEqual([true, false, true])
    expect(String(after[1]?.source)).toBe('xb')
    expect(String(before[1]?.source)).toBe('b')
  })

  it('stand in the order of the list, each once, without those that were removed', () => {
    const { read, write } = bench()
    write(tx => tx.notebooks.get(NOTEBOOK_ID).cells.splice(0, 0, ['c', 'nowhere']))
    expect(ids(read())).toBe('cab')
    write(tx => tx.cells.remove('a'))
    expect(ids(read())).toBe('cb')
  })

  it('show their attachments as data URLs, the same object until the cell’s shape changes', () => {
    const { read, write } = bench()
    const attachments = { 'a.png': { 'image/png': 'aGk=' }, 'b.txt': { 'text/plain': 'no picture' } }
    write(tx => tx.cells.update('a', { type: 'markdown', shape: JSON.stringify({ attachments }) }))
    const [before] = read()
    expect(before?.attachments).toEqual({ 'a.png': 'data:image/png;base64,aGk=' })
    write(tx => tx.cells.get('a').source.splice(0, 0, '!'))
    expect(read()[0]?.attachments).toBe(before?.attachments)
    write(tx => tx.cells.update('a', { shape: 'damaged' }))
    expect(read()[0]?.attachments).toEqual({})
  })

  it('of an unknown type are shown as raw ones', () => {
    const { read, write } = bench()
    write(tx => tx.cells.update('a', { type: 'tomorrow' }))
    expect(read()[0]?.type).toBe('raw')
  })
})

describe('a run', () => {
  function withRun(fields: Parameters<Transaction<NotebookTables>['executions']['create']>[0]) {
    const room = bench()
    room.write(tx => {
      tx.executions.create({ cell: 'a', request: REQUEST, ...fields }, { id: 'run' })
      tx.cells.update('a', { execution: 'run' })
    })
    return { ...room, run: (now?: RunWorld) => room.read(now)[0]?.run }
  }
  const claim = { ...ANA, verdict: 'claimed' as const, sentence: '', name: 'Ana' }
  const start = { ...ANA, kernel: 'k' }

  it('changes when the world does, and its neighbours do not', () => {
    const { read } = withRun({ claim, go: ANA, start })
    const before = read()
    expect(before[0]?.run).toMatchObject({ state: 'running', askedBy: 'Ben', ranBy: 'Ana' })
    const after = read(world({ leader: null }))
    expect(after[0]?.run?.state).toBe('lost')
    expect(after[0]?.run?.sentence).toMatch(/may have run on the page of Ana.*Run it again\?$/)
    expect(after[1]).toBe(before[1])
  })

  it('that was never seen to start says so', () => {
    const { run } = withRun({})
    expect(run(world({ present: () => false }))?.sentence).toMatch(/nobody saw it start/)
  })

  it('that was refused says why', () => {
    const { run } = withRun({ claim: { ...claim, verdict: 'refused', sentence: 'No.' } })
    expect(run()).toMatchObject({ state: 'refused', sentence: 'No.' })
  })

  it('keeps the outputs that it had, and shows the newest version of a display everywhere', () => {
    const { run, write } = withRun({
      claim,
      go: ANA,
      start,
      outputs: [stored('x'), stored('old', 'd1'), stored('old', 'd1')],
    })
    const before = run()?.outputs
    write(tx => tx.executions.get('run').outputs.push(stored('y')))
    expect(run()?.outputs[0]).toBe(before?.[0])
    write(tx => tx.executions.get('run').displays.set('d1', stored('new').json))
    const texts = run()?.outputs.map(output => ('data' in output ? output.data['text/plain'] : null))
    expect(texts).toEqual(['x', 'new', 'new', 'y'])
  })

  it('asks its requester, and only while it runs', () => {
    const { run, write } = withRun({ claim, go: ANA, start, prompt: { text: 'Name?', password: false } })
    expect(run()?.prompt).toEqual({ text: 'Name?', password: false, mine: true })
    expect(run(world({ self: 'cleo' }))?.prompt?.mine).toBe(false)
    expect(run(world({ leader: null }))?.prompt).toBeNull()
    write(tx => tx.executions.update('run', { finish: { ...ANA, status: 'ok', executionCount: 3 } }))
    expect(run()).toMatchObject({ state: 'done', executionCount: 3, prompt: null })
  })

  it('R5: does not show the count of another term', () => {
    const { run } = withRun({ claim, go: ANA, start, finish: { ...ANA, term: 9, status: 'ok', executionCount: 3 } })
    expect(run()).toMatchObject({ state: 'running', executionCount: null })
  })
})
