import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { importNotebook, type Output, outputOf, outputText } from '../jupyter/nbformat/index.ts'
import { NOTEBOOK_ID, notebookSchema } from '../jupyter/schema.ts'
import { createLab } from '../testing/lab.ts'
import { exportFile, fillNotebook, importFile } from './file.ts'

function counter(): () => string {
  let next = 0
  return () => `minted-${next++}`
}

/** Two people in one room; what the first writes the second has after `flush`. */
function pair() {
  const lab = createLab(notebookSchema)
  const [ana, ben] = [lab.open('ana'), lab.open('ben')]
  lab.link(ana, ben)
  const { store } = ana.replica
  const edits: number[] = []
  return {
    store,
    other: ben.replica.store,
    flush: lab.flush,
    /** How many cells each edit of an import made. */
    edits,
    import(file: string | Uint8Array, name = 'paper.ipynb') {
      const transact: Parameters<typeof importFile>[2] = write => {
        const before = store.tables.cells.getSnapshot().length
        store.transact(write)
        edits.push(store.tables.cells.getSnapshot().length - before)
      }
      return importFile(file, name, transact, counter())
    },
  }
}

/** Both replicas' exports; the second is the file as somebody else gets it. */
function roundTrip(file: string | Uint8Array): readonly [string, string] {
  const room = pair()
  const result = room.import(file)
  if (!result.ok) throw new Error(result.sentence)
  room.flush()
  return [exportFile(room.store.tables), exportFile(room.other.tables)]
}

const code = (
  id: string,
  source: readonly string[],
  outputs: readonly unknown[] = [],
  count: number | null = null,
) => ({
  cell_type: 'code',
  execution_count: count,
  id,
  metadata: {},
  outputs,
  source,
})
const notebook = (cells: readonly unknown[], minor = 5) => ({
  cells,
  metadata: {
    kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
    zebra: [1, { deep: null }],
  },
  nbformat: 4,
  nbformat_minor: minor,
})
const stream = { name: 'stdout', output_type: 'stream', text: ['one\n', 'zwölf 🦓\n'] }
const picture = {
  data: { 'image/png': 'aGk=\n', 'text/plain': ['<Figure>'] },
  metadata: {},
  output_type: 'display_data',
}
const rich = notebook([
  code('first', ['import math\n', 'math.pi'], [stream, picture], 7),
  {
    attachments: { 'a.png': { 'image/png': 'aGk=' } },
    cell_type: 'markdown',
    id: 'prose',
    metadata: { tags: ['x'] },
    source: ['# Title\n', '![a](attachment:a.png)'],
  },
  { cell_type: 'raw', id: 'raw', metadata: {}, source: [] },
  code('never-run', []),
])

const fixtures: Readonly<Record<string, string>> = {
  'as Jupyter writes it': `${JSON.stringify(rich, null, 1)}\n`,
  'on one line, without a final newline': JSON.stringify(rich),
  'indented by four, in another key order': `${JSON.stringify({ nbformat_minor: 4, nbformat: 4, metadata: {}, cells: [] }, null, 4)}\n`,
  'with fields of tomorrow': `${JSON.stringify({ ...rich, nbformat_minor: 9, tomorrow: { a: 1.5e300 } }, null, 1)}\n`,
}

describe('a notebook that nobody touched', () => {
  it.each(Object.entries(fixtures))('comes out byte-equal, here and at another page: %s', (_, file) => {
    expect(roundTrip(file)).toEqual([file, file])
  })

  const folder = process.env.SUPERMESH_NOTEBOOKS
  const names = folder ? readdirSync(folder).filter(name => name.endsWith('.ipynb')) : []
  if (folder && names.length > 0) {
    it.each(names)('comes out byte-equal, here and at another page: %s', name => {
      const bytes = new Uint8Array(readFileSync(join(folder, name)))
      const parsed = importNotebook(bytes, { mintId: counter() })
      if (!parsed.ok) {
        expect(pair().import(bytes)).toEqual({ ok: false, sentence: parsed.sentence })
        return
      }
      const [here, there] = roundTrip(bytes)
      expect(there).toBe(here)
      if (parsed.migrations.length === 0) expect(here).toBe(new TextDecoder().decode(bytes))
    })
  }

  it('may be 30 MB large', () => {
    const line = `${'x'.repeat(60_000)}\n`
    const cells = Array.from({ length: 235 }, (_, i) =>
      code(
        `c${i}`,
        [line],
        [
          { ...stream, text: [line] },
          { ...picture, data: { 'image/png': 'A'.repeat(8000) } },
        ],
        i,
      ),
    )
    const file = `${JSON.stringify(notebook(cells), null, 1)}\n`
    expect(file.length).toBeGreaterThan(28e6)
    const [here, there] = roundTrip(file)
    expect(here === file).toBe(true)
    expect(there === file).toBe(true)
  }, 60_000)

  it('may have one output of 30 MB', () => {
    const big = { ...picture, data: { 'image/png': 'A'.repeat(30e6) } }
    const file = `${JSON.stringify(notebook([code('a', ['x'], [big], 1)]), null, 1)}\n`
    const [here, there] = roundTrip(file)
    expect(here === file).toBe(true)
    expect(there === file).toBe(true)
  }, 60_000)
})

describe('what is large in an awkward way', () => {
  const compact = (value: unknown) => JSON.stringify(value)

  it('many outputs of one cell, each escaped twice', () => {
    const outputs = Array.from({ length: 11 }, () => ({ ...stream, text: '"'.repeat(1e6) }))
    const file = compact(notebook([code('a', ['x'], outputs, 1)]))
    expect(JSON.stringify(file).length, 'more than a transaction holds').toBeGreaterThan(40e6)
    const [here, there] = roundTrip(file)
    expect(here === file).toBe(true)
    expect(there === file).toBe(true)
  }, 60_000)

  it('an output that no transaction holds is left out, in words', () => {
    const room = pair()
    const text = '"'.repeat(9e6)
    const result = room.import(compact(notebook([code('a', ['x'], [{ ...stream, text }, picture], 1)])))
    expect(result).toEqual({ ok: true, migrations: [expect.stringMatching(/too large/)] })
    const exported = JSON.parse(exportFile(room.store.tables)) as typeof rich
    expect(JSON.stringify(exported.cells)).toMatch(/left out of the import/)
    expect(JSON.stringify(exported.cells)).toContain('<Figure>')
  }, 60_000)

  it('metadata that no room holds are refused, and nothing changes', () => {
    const room = pair()
    const metadata = { words: '"'.repeat(9e6) }
    expect(room.import(compact({ ...rich, metadata }))).toMatchObject({ ok: false })
    expect(room.store.tables.notebooks.getSnapshot()).toEqual([])
  })

  it('thousands of cells, and another import in their place', () => {
    const cells = Array.from({ length: 5000 }, (_, i) => code(`c${i}`, [`${i}`]))
    const file = `${JSON.stringify(notebook(cells), null, 1)}\n`
    const room = pair()
    room.import(file)
    expect(Math.max(...room.edits)).toBeLessThanOrEqual(2000)
    expect(exportFile(room.store.tables) === file).toBe(true)
    room.import(fixtures['as Jupyter writes it'] ?? '')
    expect(room.store.tables.cells.getSnapshot()).toHaveLength(rich.cells.length)
  }, 60_000)
})

describe('an import', () => {
  it('takes the place of what is here, and its name is the title', () => {
    const room = pair()
    room.store.transact(fillNotebook)
    room.import(fixtures['as Jupyter writes it'] ?? '')
    const [, second] = Object.values(fixtures)
    room.import(second ?? '', 'Second.IPYNB')
    expect(exportFile(room.store.tables)).toBe(second)
    expect(room.store.tables.notebooks.get(NOTEBOOK_ID)?.title).toBe('Second')
    expect(room.store.tables.cells.getSnapshot()).toHaveLength(rich.cells.length)
  })

  it.each(['', 'no notebook', '{}', '[1]', '{"nbformat":3,"worksheets":7}'])(
    'of %j is refused in words and changes nothing',
    file => {
      const room = pair()
      room.store.transact(fillNotebook)
      const before = room.store.fingerprint()
      const result = room.import(file)
      expect(result.ok).toBe(false)
      if (!result.ok) expect(result.sentence).toMatch(/\S \S.*\.$/)
      expect(room.store.fingerprint()).toBe(before)
    },
  )
})

describe('an import that is cut short', () => {
  it('N2: leaves the old notebook or the new one, whenever the page was closed', () => {
    const file = (name: string, count: number) =>
      `${JSON.stringify(notebook(Array.from({ length: count }, (_, i) => code(`${name}${i}`, [name]))), null, 1)}\n`
    const [old, next] = [file('old', 3), file('next', 4500)]
    const outcomes: string[] = []
    for (let kept = 0, cut = true; cut; kept++) {
      const room = pair()
      room.import(old, 'old.ipynb')
      let calls = 0
      importFile(next, 'next.ipynb', write => void (calls++ < kept && room.store.transact(write)), counter())
      cut = calls > kept
      const { title } = room.store.tables.notebooks.get(NOTEBOOK_ID) ?? {}
      expect(exportFile(room.store.tables) === (title === 'old' ? old : next)).toBe(true)
      outcomes.push(title ?? '')
    }
    expect(outcomes).toEqual(['old', 'old', 'old', 'old', 'next', 'next'])
  }, 60_000)

  it('N2: leaves the old notebook when an edit of it is refused', () => {
    const room = pair()
    room.import(fixtures['as Jupyter writes it'] ?? '')
    const refuse = () => {
      throw new Error('no right to write')
    }
    expect(() => importFile(JSON.stringify(notebook([code('a', [])])), 'x', refuse, counter())).toThrow('no right')
    expect(exportFile(room.store.tables)).toBe(fixtures['as Jupyter writes it'])
  })
})

describe('an export', () => {
  it('has edits, and is a notebook again', () => {
    const room = pair()
    room.import(fixtures['as Jupyter writes it'] ?? '')
    const { tables } = room.store
    const ids = tables.notebooks.get(NOTEBOOK_ID)?.cells.toArray() ?? []
    room.store.transact(tx => {
      tx.cells.get(ids[0] ?? '').source.splice(0, 6, 'from')
      tx.cells.update(ids[1] ?? '', { type: 'code' })
      tx.cells.remove(ids[2] ?? '')
      const added = tx.cells.create({ type: 'markdown', source: 'new', fileId: 'added' })
      tx.notebooks.get(NOTEBOOK_ID).cells.push(added)
    })
    const exported = exportFile(tables)
    const again = importNotebook(exported, { mintId: counter() })
    if (!again.ok) throw new Error(again.sentence)
    expect(again.migrations).toEqual([])
    expect(again.notebook.cells.map(({ id, type, source }) => [id, type, source])).toEqual([
      ['first', 'code', 'from math\nmath.pi'],
      ['prose', 'code', '# Title\n![a](attachment:a.png)'],
      ['never-run', 'code', ''],
      ['added', 'markdown', 'new'],
    ])
    expect(JSON.parse(exported).cells[1]).not.toHaveProperty('attachments')
    room.flush()
    expect(exportFile(room.other.tables)).toBe(exported)
  })

  it('of a run has its streams joined, its displays as they are now and its count', () => {
    const room = pair()
    room.store.transact(fillNotebook)
    const [cell = ''] = room.store.tables.notebooks.get(NOTEBOOK_ID)?.cells.toArray() ?? []
    const out = (text: string, name = 'stdout') => ({ json: outputText({ type: 'stream', name, text }) })
    const shown = (html: string): Output => ({ type: 'display_data', data: { 'text/html': html }, metadata: {} })
    const address = { supernode: 'ana', term: 1 }
    room.store.transact(tx => {
      const execution = tx.executions.create({
        cell,
        request: { source: '', peer: 'ana', name: 'Ana', ...address },
        go: address,
        finish: { ...address, status: 'ok', executionCount: 12 },
        outputs: [
          out('a'),
          out('b\nc'),
          out('!', 'stderr'),
          out('d'),
          { json: outputText(shown('old')), display: 'd1' },
        ],
        displays: { d1: outputText(shown('new')) },
      })
      tx.cells.update(cell, { execution })
    })
    const again = importNotebook(exportFile(room.store.tables), { mintId: counter() })
    if (!again.ok) throw new Error(again.sentence)
    const [exported] = again.notebook.cells
    expect(exported?.executionCount).toBe(12)
    expect(exported?.outputs.map(outputOf)).toEqual([
      { type: 'stream', name: 'stdout', text: 'ab\nc' },
      { type: 'stream', name: 'stderr', text: '!' },
      { type: 'stream', name: 'stdout', text: 'd' },
      shown('new'),
    ])
  })
})
