import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { equalBytes, toUtf8 } from '../../base/bytes.ts'
import { exportNotebook } from './export.ts'
import { importNotebook } from './import.ts'
import { splitLines } from './lines.ts'
import { type CellModel, type NotebookModel, newCell, newNotebook } from './model.ts'
import { outputText } from './output.ts'

type Fields = Readonly<Record<string, unknown>>

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

const text = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'é', '😀', '\n', '\r', '\r\n', '\f', '\u2028', '\u001b', '"', '\\', ' ') }),
  fc.string(),
)
/** One string, Jupyter's list of lines, or a list that some other tool split. */
const lines = fc.oneof(text, text.map(splitLines), fc.array(text, { maxLength: 3 }))
const metadata = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }))
const count = fc.option(fc.nat(999))
const mimeBundle = fc.record({ 'text/plain': lines, 'image/png': text, 'application/json': fc.jsonValue() })
const output: fc.Arbitrary<Fields> = fc.oneof(
  fc.record({ output_type: fc.constant('stream'), name: fc.constantFrom('stdout', 'stderr'), text: lines }),
  fc.record({ output_type: fc.constant('display_data'), data: mimeBundle, metadata }),
  fc.record({ output_type: fc.constant('execute_result'), data: mimeBundle, metadata, execution_count: count }),
  fc.record({ output_type: fc.constant('error'), ename: text, evalue: text, traceback: fc.array(text) }),
)

const shuffled = (fields: Fields) =>
  fc
    .shuffledSubarray(Object.keys(fields), { minLength: Object.keys(fields).length })
    .map(keys => Object.fromEntries(keys.map(key => [key, fields[key]])))

/** Notebooks of nbformat 4.5 that its schema allows, in any key order; `extra` adds fields that it does not know. */
function notebookWith(extra: fc.Arbitrary<Fields>): fc.Arbitrary<Fields> {
  const code = fc.record({
    cell_type: fc.constant('code'),
    metadata: fc.constant({}),
    source: lines,
    outputs: fc.array(output, { maxLength: 3 }),
    execution_count: count,
  })
  const attachments = fc.dictionary(fc.string(), fc.record({ 'image/png': text }), { maxKeys: 2 })
  const prose = fc.record({
    cell_type: fc.constantFrom('markdown', 'raw'),
    metadata: fc.constant({ tags: ['a', 'b'] }),
    source: lines,
    attachments,
  })
  const cells = fc.array(fc.tuple(fc.oneof(code, prose), extra), { maxLength: 5 })
  return fc
    .tuple(cells, metadata, extra)
    .chain(([cells, metadata, more]) =>
      fc
        .tuple(...cells.map(([cell, more], i) => shuffled({ ...more, ...cell, id: `cell-${i}` })))
        .chain(cells => shuffled({ ...more, cells, metadata: { own: metadata }, nbformat: 4, nbformat_minor: 5 })),
    )
}

const unknownFields: fc.Arbitrary<Fields> = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 })
  .map(fields => Object.fromEntries(Object.entries(fields).map(([key, value]) => [`x${key}`, value])))

describe('an untouched notebook', () => {
  it('is exported byte-equal, whatever its order, fields and ways of splitting lines', () => {
    fc.assert(
      fc.property(notebookWith(unknownFields), notebook => {
        const file = jupyterFile(notebook)
        expect(importNotebook(file, { mintId: counter() })).toMatchObject({ ok: true, migrations: [] })
        expect(exportNotebook(imported(file))).toBe(file)
      }),
    )
  })
})

const folder = process.env.SUPERMESH_NOTEBOOKS
const realNotebooks = folder
  ? readdirSync(folder)
      .filter(name => name.endsWith('.ipynb'))
      .map(name => ({ name, bytes: new Uint8Array(readFileSync(join(folder, name))) }))
  : []

if (realNotebooks.length > 0) {
  describe('real notebooks', () => {
    it.each(realNotebooks)('$name is exported byte-equal, or what is different is said', ({ bytes }) => {
      const result = importNotebook(bytes, { mintId: counter() })
      if (!result.ok) return expect(result.sentence).toMatch(/nbformat 3|has to be/)
      const exported = toUtf8(exportNotebook(result.notebook))
      if (result.migrations.length > 0) {
        for (const migration of result.migrations)
          expect(migration).toMatch(/ id |which the format requires, was missing/)
      } else expect(equalBytes(exported, bytes)).toBe(true)
    })
  })
}

const python = process.env.SUPERMESH_PYTHON

/** Runs a Python program that reads JSON from its standard input and prints JSON. */
function runPython(program: string, input: unknown): unknown {
  const run = spawnSync(python ?? '', ['-W', 'error', '-c', program], {
    input: JSON.stringify(input),
    encoding: 'utf8',
    env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
    maxBuffer: 256 * 1024 * 1024,
  })
  if (run.status !== 0) throw new Error(run.stderr)
  return JSON.parse(run.stdout)
}

const FAULTS = `
import json, sys, nbformat
def fault(text):
    try:
        nbformat.validate(json.loads(text))
    except Exception as reason:
        return str(reason)[:2000]
json.dump([fault(text) for text in json.load(sys.stdin)], sys.stdout)
`

const REWRITE = `
import json, sys, nbformat
texts = json.load(sys.stdin)
json.dump([nbformat.writes(nbformat.from_dict(json.loads(text))) + '\\n' for text in texts], sys.stdout)
`

const PRINT = `
import json, random, sys
random.seed(json.load(sys.stdin))
def value(depth):
    kinds = [None, True, 1.0, -0.0, 1e-05, 1e300, float('nan'), float('inf'), 10 ** 40, -7, 'é😀\\x7f\\u2028', '\\x1b[0m"\\\\/', '']
    kind = random.randrange(4 if depth < 5 else 2)
    if kind < 2: return random.choice(kinds)
    if kind == 2: return [value(depth + 1) for _ in range(random.randrange(4))]
    return {random.choice(['b', 'a', '10', '9', '__proto__', 'é']): value(depth + 1) for _ in range(random.randrange(4))}
cases = []
for _ in range(300):
    notebook = {'metadata': {'x': value(0)}, 'nbformat_minor': 5, 'nbformat': 4, 'cells': [], 'more': value(0)}
    ascii, indent = random.random() < 0.5, random.choice([1, 1, 2, 4, None])
    end = random.choice(['', '\\n'])
    cases.append(json.dumps(notebook, ensure_ascii=ascii, indent=indent) + end)
json.dump(cases, sys.stdout)
`

if (python) {
  describe('Python', () => {
    const anyOutput = outputText({
      type: 'execute_result',
      data: {
        'text/plain': 'a\u2028b\r\nc',
        'application/json': { z: 1, a: [null, { y: 0.5, b: 'x\ny' }] },
        'image/png': 'aGk=\n',
      },
      metadata: { isolated: true },
      executionCount: 4,
    })
    const outputs = [
      outputText({ type: 'stream', name: 'stdout', text: 'a\rb\n\nc' }),
      outputText({ type: 'display_data', data: { 'image/svg+xml': '<svg>\n</svg>' }, metadata: {} }),
      outputText({ type: 'error', ename: 'E', evalue: 'v', traceback: ['\u001b[0m', 'x\ny'] }),
      anyOutput,
    ]
    const extra: CellModel = { ...newCell('b', 'code', ''), outputs, executionCount: 4 }
    const fresh: NotebookModel = {
      ...newNotebook(),
      cells: [newCell('a', 'markdown', 'one\ntwo\x0bthree\x85\x1f\r\n'), extra, newCell('c', 'raw', '\n\n')],
    }

    it('nbformat writes what is fresh exactly as we do', () => {
      const exports = [exportNotebook(newNotebook()), exportNotebook(fresh)]
      expect(runPython(REWRITE, exports)).toEqual(exports)
    })

    it('nbformat finds no fault in exports, untouched, edited or real', () => {
      const files = fc.sample(notebookWith(fc.constant({})), 40).map(notebook => imported(jupyterFile(notebook)))
      const texts = realNotebooks.map(({ bytes }) => new TextDecoder().decode(bytes))
      for (const text of texts) {
        const result = importNotebook(text, { mintId: counter() })
        if (result.ok) files.push(result.notebook)
      }
      const types = ['code', 'markdown', 'raw']
      const changed = files.map(notebook => {
        const cells = notebook.cells.map((cell, i) => {
          const type = types[i % 3] ?? 'raw'
          return { ...cell, type, source: `${cell.source}\n!`, outputs: type === 'code' ? outputs : [] }
        })
        return { ...notebook, cells: [...cells, extra] }
      })
      const exports = [...files, ...changed, newNotebook(), fresh].map(exportNotebook)
      expect(runPython(FAULTS, exports)).toEqual(exports.map(() => null))
    })

    it('prints JSON that comes back byte-equal', () => {
      const texts = runPython(PRINT, 7) as string[]
      expect(texts.map(text => exportNotebook(imported(text)))).toEqual(texts)
    })
  })
}
