import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toUtf8 } from '../../base/bytes.ts'
import { exportNotebook } from './export.ts'
import { NOTEBOOK_MAX_BYTES } from './file-text.ts'
import { importNotebook } from './import.ts'

const COUNTED = () => {
  let next = 0
  return { mintId: () => `minted-${next++}` }
}

const code = (fields: object = {}) => ({
  cell_type: 'code',
  execution_count: null,
  id: 'a',
  metadata: {},
  outputs: [],
  source: [],
  ...fields,
})
const file = (fields: object = {}) =>
  `${JSON.stringify({ cells: [code()], metadata: {}, nbformat: 4, nbformat_minor: 5, ...fields }, null, 1)}\n`
const without = (key: string) => file({ [key]: undefined })
const withCell = (fields: object) => file({ cells: [code(), code({ id: 'b', ...fields })] })
const withOutput = (output: unknown) => withCell({ outputs: [output] })

function idsAndMigrations(text: string) {
  const result = importNotebook(text, COUNTED())
  if (!result.ok) throw new Error(result.sentence)
  return { ids: result.notebook.cells.map(cell => cell.id), migrations: result.migrations, notebook: result.notebook }
}

describe('a file that cannot be imported', () => {
  it.each([
    ['', 'empty-file', 'This file is empty. Choose another file, or start with a new notebook.'],
    [' \r\n', 'empty-file', /is empty/],
    ['<html>', 'not-json', /^This file is not valid JSON: at line 1, column 1, a value is missing\. Choose a file/],
    [file().slice(0, 40), 'not-json', /the text ends too early\. It may have been cut off/],
    [file().replace('"code"', "'code'"), 'not-json', /at line 4, column 17, a value is missing/],
    ['{"x":'.repeat(300), 'too-deep', /nested more than 200 levels/],
    ['[]', 'not-a-notebook', /but not a Jupyter notebook/],
    ['{"name": "package"}', 'not-a-notebook', /\.ipynb/],
    [without('nbformat'), 'missing-piece', /which version .* \(`nbformat`\)/],
    [without('nbformat_minor'), 'missing-piece', /\(`nbformat_minor`\)/],
    [file({ nbformat: '4' }), 'invalid-structure', /in a whole number/],
    [file({ nbformat_minor: 1.5 }), 'invalid-structure', /in a whole number/],
    [
      '{"metadata": {"name": ""}, "nbformat": 3, "nbformat_minor": 0}',
      'old-nbformat',
      /^This notebook is in nbformat 3, which this page cannot read yet\. Open it once in Jupyter and save it, then import it again\.$/,
    ],
    ['{"nbformat": 2, "worksheets": []}', 'old-nbformat', /nbformat 2/],
    ['{"nbformat": 1, "cells": []}', 'old-nbformat', /nbformat 1/],
    [file({ nbformat: 5 }), 'new-nbformat', /newer than this page can read/],
    [without('cells'), 'missing-piece', /lacks a piece .*`cells` has to be a list of cells\. Repair/],
    [without('metadata'), 'missing-piece', /`metadata`/],
    [file({ cells: {} }), 'invalid-structure', /`cells` has to be a list of cells/],
    [file({ cells: [null] }), 'invalid-structure', /`cells\[0\]` \(in cell 1\)/],
    [withCell({ source: undefined }), 'missing-piece', /`cells\[1\]\.source` \(in cell 2\) has to be a text or a list/],
    [withCell({ source: ['a', 1] }), 'invalid-structure', /`cells\[1\]\.source`/],
    [withCell({ metadata: [] }), 'invalid-structure', /`cells\[1\]\.metadata`/],
    [withCell({ cell_type: 'heading' }), 'invalid-structure', /`cells\[1\]\.cell_type` .*"markdown"/],
    [withCell({ execution_count: -1 }), 'invalid-structure', /`cells\[1\]\.execution_count`/],
    [withCell({ outputs: undefined }), 'missing-piece', /`cells\[1\]\.outputs`/],
    [withOutput({ output_type: 'pyout' }), 'invalid-structure', /`cells\[1\]\.outputs\[0\]\.output_type`/],
    [withOutput({ output_type: 'stream', name: 'stdout' }), 'missing-piece', /outputs\[0\]\.text`/],
    [withOutput({ output_type: 'error', ename: '', evalue: '', traceback: '' }), 'invalid-structure', /\.traceback`/],
    [withOutput({ output_type: 'display_data', data: [], metadata: {} }), 'invalid-structure', /\.data`/],
  ])('%j is refused as %s', (text, code, sentence) => {
    const result = importNotebook(toUtf8(text), COUNTED())
    expect(result).toMatchObject({ ok: false, code, sentence: expect.stringMatching(sentence) })
  })

  it('never makes the page fail, whatever was done to it', () => {
    const whole = withOutput({ output_type: 'display_data', data: { 'text/plain': ['a\n', 'b'] }, metadata: { 1: [] } })
    const scraps = fc.constantFrom(
      '',
      '[',
      '{',
      '"',
      ',',
      '\\',
      '1e999',
      '-',
      '"__proto__": ',
      'null',
      '\ud800',
      '\0',
      '4',
    )
    const damage = fc.array(fc.tuple(fc.nat(whole.length), fc.nat(8), scraps), { minLength: 1, maxLength: 3 })
    let survivors = 0
    fc.assert(
      fc.property(damage, cuts => {
        const file = cuts.reduce(
          (text, [at, removed, scrap]) => text.slice(0, at) + scrap + text.slice(at + removed),
          whole,
        )
        const result = importNotebook(file, COUNTED())
        if (!result.ok) {
          expect(result.sentence).toMatch(/\.$/)
          return
        }
        survivors++
        const exported = exportNotebook(result.notebook)
        if (result.migrations.length === 0) expect(exported).toBe(file)
        expect(importNotebook(exported, COUNTED())).toMatchObject({ ok: true, migrations: [] })
      }),
      { numRuns: 1000 },
    )
    expect(survivors).toBeGreaterThan(0)
  })

  it('is told apart by its bytes', () => {
    const utf16 = new Uint8Array([0xff, 0xfe, 0x7b, 0x00])
    expect(importNotebook(utf16, COUNTED())).toMatchObject({ ok: false, code: 'not-utf8' })
  })

  it('says where, for programs', () => {
    expect(importNotebook('{\n"a" 1}', COUNTED())).toMatchObject({ details: { line: 2, column: 5 } })
    expect(importNotebook(withCell({ source: 1 }), COUNTED())).toMatchObject({ details: { path: 'cells[1].source' } })
  })
})

describe('the size of a file', () => {
  const sized = (bytes: number) => {
    const small = withCell({ source: '' })
    const missing = bytes - small.length
    return small.replace('"source": ""', `"source": "${'é'.repeat(missing >> 1)}${missing % 2 === 1 ? 'e' : ''}"`)
  }

  it('may be the limit and not more, counted in bytes', () => {
    const largest = sized(NOTEBOOK_MAX_BYTES)
    const result = importNotebook(largest, COUNTED())
    if (!result.ok) throw new Error(result.sentence)
    expect(toUtf8(largest).length).toBe(NOTEBOOK_MAX_BYTES)
    expect(exportNotebook(result.notebook) === largest).toBe(true)
    const refused = { ok: false, code: 'too-large', sentence: expect.stringMatching(/^This file has 30\.1 MB; /) }
    expect(importNotebook(`${largest} `, COUNTED())).toMatchObject(refused)
    expect(importNotebook(new Uint8Array(NOTEBOOK_MAX_BYTES + 1), COUNTED())).toMatchObject(refused)
  })
})

describe('migrations', () => {
  it('leave repeated ids to the first cell', () => {
    const { ids, migrations, notebook } = idsAndMigrations(file({ cells: [code(), code(), code({ id: 'minted-0' })] }))
    expect(ids).toEqual(['a', 'minted-1', 'minted-0'])
    expect(migrations).toEqual(['1 cell had the id of an earlier cell and got a new one.'])
    expect(JSON.parse(exportNotebook(notebook)).cells[1].id).toBe('minted-1')
  })

  it('give ids to cells of 4.5 that have none or none that is allowed', () => {
    const cells = [code({ id: undefined }), code({ id: 'a b' }), code({ id: 7 }), code({ id: undefined })]
    const { ids, migrations, notebook } = idsAndMigrations(file({ cells }))
    expect(ids).toEqual(['minted-0', 'minted-1', 'minted-2', 'minted-3'])
    expect(migrations).toEqual([
      '2 cells had an id that is not allowed and got a new one.',
      '2 cells had no id and got one.',
    ])
    const fresh = ids.map(id => code({ id }))
    expect(exportNotebook(notebook)).toBe(file({ cells: fresh }))
  })

  it('name a repeated field and an unusual layout, and keep the values', () => {
    const repeated = file({ metadata: undefined }).replace('{\n', '{\n "metadata": [],\n "metadata": {},\n')
    expect(idsAndMigrations(repeated).migrations).toEqual([
      'The file has the field `metadata` twice in one place; the last is kept, as in Jupyter.',
    ])
    for (const unusual of [file().replace('"source": []', '"source":[ ]'), `${file()}\n`, ` ${file()}`]) {
      const { migrations, notebook } = idsAndMigrations(unusual)
      expect(migrations).toEqual([expect.stringMatching(/laid out in an unusual way/)])
      expect(exportNotebook(notebook)).toBe(file())
    }
  })

  it('fill in the names of kernel and language, and keep what else is there', () => {
    const metadata = { kernelspec: { language: 'julia', x: 1 }, language_info: { version: '1.0' }, more: [] }
    const { migrations, notebook } = idsAndMigrations(file({ metadata }))
    expect(migrations).toEqual([
      '`metadata.kernelspec.name`, which the format requires, was missing; it is now "julia".',
      '`metadata.kernelspec.display_name`, which the format requires, was missing; it is now "julia".',
      '`metadata.language_info.name`, which the format requires, was missing; it is now "julia".',
    ])
    expect(JSON.parse(exportNotebook(notebook)).metadata).toEqual({
      kernelspec: { language: 'julia', x: 1, name: 'julia', display_name: 'julia' },
      language_info: { version: '1.0', name: 'julia' },
      more: [],
    })
    expect(idsAndMigrations(file({ metadata: {} })).migrations).toEqual([])
  })

  it('fail loudly when the minting of ids does', () => {
    const call = () => importNotebook(file({ cells: [code(), code()] }), { mintId: () => 'a' })
    expect(call).toThrow(expect.objectContaining({ code: 'mint-id-repeats' }))
  })
})
