import { describe, expect, it } from 'vitest'
import { equalBytes, toUtf8 } from '../../base/bytes.ts'
import { JSON_MAX_DEPTH, type JsonText } from '../json-text.ts'
import { attachmentsOf } from './cell-shape.ts'
import { exportNotebook } from './export.ts'
import { importNotebook } from './import.ts'
import { type CellModel, JUPYTER_FORMAT, type NotebookModel, newCell, newNotebook } from './model.ts'
import { OUTPUT_MAX_DEPTH, outputText } from './output.ts'

function counter(): () => string {
  let next = 0
  return () => `minted-${next++}`
}

function imported(file: string | Uint8Array): NotebookModel {
  const result = importNotebook(file, { mintId: counter() })
  if (!result.ok) throw new Error(result.sentence)
  return result.notebook
}

const jupyterFile = (notebook: unknown) => `${JSON.stringify(notebook, null, 1)}\n`

const NOTEBOOK = {
  cells: [
    {
      attachments: { 'a.png': { 'image/png': 'aGk=' } },
      cell_type: 'markdown',
      id: 'title',
      metadata: { tags: ['keep'] },
      source: ['# Sum\n', 'of two numbers'],
    },
    {
      cell_type: 'code',
      execution_count: 3,
      id: 'sum',
      metadata: { collapsed: false },
      outputs: [
        {
          data: { 'text/plain': ['3'] },
          execution_count: 3,
          metadata: {},
          output_type: 'execute_result',
        },
      ],
      source: '1 + 2',
    },
  ],
  metadata: { kernelspec: { display_name: 'Julia 1.9', language: 'julia', name: 'julia-1.9' } },
  nbformat: 4,
  nbformat_minor: 5,
}
const SAMPLE = jupyterFile(NOTEBOOK)

/** Objects in objects, `depth` of them. */
const nested = (depth: number): unknown => (depth === 1 ? {} : { in: nested(depth - 1) })

const DEEP_CELL = { ...NOTEBOOK.cells[0], metadata: nested(JSON_MAX_DEPTH - 3) }

/** `SAMPLE` with one cell changed. */
function edited(id: string, change: Partial<CellModel>): string {
  const notebook = imported(SAMPLE)
  return exportNotebook({
    ...notebook,
    cells: notebook.cells.map(cell => (cell.id === id ? { ...cell, ...change } : cell)),
  })
}

describe('an untouched notebook', () => {
  it.each([
    ['two spaces', JSON.stringify(JSON.parse(SAMPLE), null, 2)],
    ['tabs', JSON.stringify(JSON.parse(SAMPLE), null, '\t')],
    ['one line', JSON.stringify(JSON.parse(SAMPLE))],
    ['one line with spaces', '{"cells": [], "metadata": {"a": [1, 2]}, "nbformat": 4, "nbformat_minor": 5}'],
    ['Windows line ends', SAMPLE.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${SAMPLE}`],
    ['no final newline', SAMPLE.trimEnd()],
    ['ASCII only', SAMPLE.replace('Sum', 'Sum\\u00e9\\ud83d\\ude00\\u007f')],
    ['a space before line ends', SAMPLE.replaceAll(',\n', ', \n')],
    ['unusual numbers', SAMPLE.replaceAll('_count": 3', '_count": 3.0').replace('_minor": 5', '_minor": 5e0')],
    ['lone surrogates', SAMPLE.replace('Sum', '\\ud83d')],
    ['metadata as deep as is read', jupyterFile({ ...NOTEBOOK, metadata: nested(JSON_MAX_DEPTH - 1) })],
    ['metadata of a cell as deep as is read', jupyterFile({ ...NOTEBOOK, cells: [DEEP_CELL] })],
  ])('is exported byte-equal with %s', (_name, file) => {
    const result = importNotebook(toUtf8(file), { mintId: counter() })
    expect(result).toMatchObject({ ok: true, migrations: [] })
    expect(equalBytes(toUtf8(exportNotebook(imported(file))), toUtf8(file))).toBe(true)
  })

  it('of an older minor version has ids in the room and none in the file', () => {
    const file = SAMPLE.replace(/ {3}"id".*\n/g, '').replace('_minor": 5', '_minor": 4')
    const notebook = imported(file)
    expect(notebook.cells.map(cell => cell.id)).toEqual(['minted-0', 'minted-1'])
    expect(exportNotebook(notebook)).toBe(file)
  })

  it('of a future minor version keeps types of cells and outputs that nobody knows', () => {
    const cells = [
      { cell_type: 'chat', id: 'a', metadata: {}, outputs: 7, turns: [{ who: 'x' }] },
      {
        cell_type: 'code',
        execution_count: null,
        id: 'b',
        metadata: {},
        outputs: [{ output_type: 'smell' }],
        source: [],
      },
    ]
    const file = jupyterFile({ cells, metadata: {}, nbformat: 4, nbformat_minor: 9 })
    expect(imported(file).cells[0]).toMatchObject({ type: 'chat', source: '', outputs: [] })
    expect(exportNotebook(imported(file))).toBe(file)
  })
})

describe('an edited notebook', () => {
  it('reads as fields', () => {
    const notebook = imported(SAMPLE)
    expect(notebook.language).toBe('julia')
    expect(notebook.cells).toMatchObject([
      { id: 'title', type: 'markdown', source: '# Sum\nof two numbers', outputs: [], executionCount: null },
      { id: 'sum', type: 'code', source: '1 + 2', executionCount: 3 },
    ])
    expect(attachmentsOf(notebook.cells[0]?.shape ?? null)).toEqual(new Map([['a.png', { 'image/png': 'aGk=' }]]))
  })

  it('changes in the file only where it was edited, in the form that the file has', () => {
    expect(edited('title', { source: '# Sum\nof three\nnumbers' })).toBe(
      SAMPLE.replace('"of two numbers"', '"of three\\n",\n    "numbers"'),
    )
    expect(edited('sum', { source: '1 +\n3', executionCount: 12 })).toBe(
      SAMPLE.replace('"1 + 2"', '"1 +\\n3"').replace(
        '"execution_count": 3,\n   "id"',
        '"execution_count": 12,\n   "id"',
      ),
    )
    expect(edited('sum', { outputs: [], executionCount: null })).toBe(
      SAMPLE.replace(/"outputs": \[[\s\S]*?\n {3}\]/, '"outputs": []').replace(
        '"execution_count": 3',
        '"execution_count": null',
      ),
    )
  })

  it('moves the fields of a cell that changes its type, and keeps its metadata', () => {
    const prose = JSON.parse(edited('sum', { type: 'raw', outputs: [], executionCount: null })).cells[1]
    expect(prose).toEqual({ cell_type: 'raw', id: 'sum', metadata: { collapsed: false }, source: '1 + 2' })
    const code = JSON.parse(edited('title', { type: 'code' })).cells[0]
    expect(Object.keys(code)).toEqual(['cell_type', 'execution_count', 'id', 'metadata', 'outputs', 'source'])
    expect(code).toMatchObject({ metadata: { tags: ['keep'] }, outputs: [], execution_count: null })
  })

  it('writes new cells with an id only where the version has ids', () => {
    const withCell = { ...newNotebook(), cells: [newCell('fresh', 'markdown', 'a\nb')] }
    expect(JSON.parse(exportNotebook(withCell)).cells).toEqual([
      { cell_type: 'markdown', id: 'fresh', metadata: {}, source: ['a\n', 'b'] },
    ])
    const shape = withCell.shape.replace('"nbformat_minor":5', '"nbformat_minor":4') as JsonText
    expect(JSON.parse(exportNotebook({ ...withCell, shape })).cells[0]).not.toHaveProperty('id')
  })

  it('keeps an unusual way of splitting lines only as long as the source is the same', () => {
    const split = SAMPLE.replace('"# Sum\\n",\n    "of', '"# ",\n    "Sum\\nof')
    const notebook = imported(split)
    expect(exportNotebook(notebook)).toBe(split)
    const cells = notebook.cells.map(cell => ({ ...cell, source: cell.source.replace('two', '2') }))
    expect(exportNotebook({ ...notebook, cells })).toBe(SAMPLE.replace('two', '2'))
  })

  it('can be imported again with the deepest output that is kept', () => {
    const json = JSON.parse('['.repeat(OUTPUT_MAX_DEPTH - 2) + ']'.repeat(OUTPUT_MAX_DEPTH - 2))
    const deepest = outputText({ type: 'display_data', data: { 'application/json': json }, metadata: {} })
    const again = imported(edited('sum', { outputs: [deepest] }))
    expect(again.cells[1]?.outputs).toEqual([deepest])
  })

  it('is laid out as Jupyter does when a peer wrote an impossible layout into the room', () => {
    const odd: NotebookModel[] = ['"x"', ' '.repeat(9)].map(indent => ({
      ...imported(SAMPLE),
      format: { ...JUPYTER_FORMAT, indent },
    }))
    expect(odd.map(exportNotebook)).toEqual([SAMPLE, SAMPLE])
  })

  it('is still a notebook when a peer wrote nonsense into the room', () => {
    const deep = '['.repeat(199) + ']'.repeat(199)
    const bomb = `{"data":${'['.repeat(190)}${'0,'.repeat(1_000_000)}0${']'.repeat(190)}}`
    const nonsense: NotebookModel = {
      shape: '{"cells":' as JsonText,
      format: JUPYTER_FORMAT,
      language: '',
      cells: [
        {
          ...newCell('a', 'code', '\ud83d'),
          outputs: ['{', '7', deep, bomb] as JsonText[],
          executionCount: Number.NaN,
        },
        { ...newCell('b', 'markdown'), shape: '[]' as JsonText },
      ],
    }
    const parsed = JSON.parse(exportNotebook(nonsense))
    expect(parsed).toMatchObject({ nbformat: 4, cells: [{ execution_count: null }, { id: 'b', source: [] }] })
    const apology = { output_type: 'stream', text: ['[An output of this cell was damaged and could not be saved.]\n'] }
    expect(parsed.cells[0].outputs).toMatchObject([apology, apology, apology, { data: {} }])
  })
})
