import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { parseTrace, readTrace, textAfter } from './trace.ts'

const session = (endContent: string, ...patches: readonly [number, number, string][]) =>
  JSON.stringify({
    startContent: 'ab',
    endContent,
    txns: patches.map(patch => ({ patches: [patch], time: 'ignored' })),
  })

describe('a trace', () => {
  it('is read from a file, packed or not', () => {
    const folder = mkdtempSync(join(tmpdir(), 'supermesh-trace-'))
    const json = session('axb', [1, 0, 'x'])
    writeFileSync(join(folder, 'a.json'), json)
    writeFileSync(join(folder, 'a.json.gz'), gzipSync(json))
    const expected = { startContent: 'ab', endContent: 'axb', txns: [{ patches: [[1, 0, 'x']] }] }
    expect(readTrace(join(folder, 'a.json'))).toEqual(expected)
    expect(readTrace(join(folder, 'a.json.gz'))).toEqual(expected)
    rmSync(folder, { recursive: true })
  })

  it('has its places in UTF-16, whichever way it counts', () => {
    const placed = [
      [0, 0, '😀'],
      [2, 0, 'x'],
      [0, 2, ''],
    ].map(patch => ({ patches: [patch] }))
    expect(parseTrace(session('xab', [0, 0, '😀'], [1, 0, 'x'], [0, 1, ''])).txns).toEqual(placed)
    expect(parseTrace(session('xab', [0, 0, '😀'], [2, 0, 'x'], [0, 2, ''])).txns).toEqual(placed)
  })

  it('is refused when it does not lead to its end, or is none', () => {
    expect(() => parseTrace(session('nothing like it', [0, 0, '😀']))).toThrow('does not end in its endContent')
    expect(() => parseTrace('{"txns":[]}')).toThrow('no trace of one author')
    const concurrent = { startContent: '', endContent: '', txns: [{ parents: [], patches: [] }] }
    expect(() => parseTrace(JSON.stringify(concurrent))).toThrow('no trace of one author')
  })

  it('tells the text on the way', () => {
    const trace = parseTrace(session('axb!', [2, 0, '?'], [1, 0, 'x'], [3, 1, '!']))
    expect([0, 1, 2, 3, 4].map(edits => textAfter(trace, edits))).toEqual(['ab', 'ab?', 'axb?', 'axb!', 'axb!'])
  })
})
