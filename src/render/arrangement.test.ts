import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { arrange, changeBetween } from './arrangement.ts'
import { blocksToDrop } from './excerpt.ts'
import type { Output } from './output.ts'

const stream = (text: string, name = 'stdout'): Output => ({ type: 'stream', name, text })
const shown = (data: unknown): Output => ({ type: 'display_data', data: { 'text/plain': data }, metadata: {} })

describe('the arrangement of outputs', () => {
  it('joins neighbouring streams of one name', () => {
    expect(arrange([stream('a'), stream('b'), stream('c', 'stderr'), stream('d'), shown('x'), stream('e')])).toEqual([
      stream('ab'),
      stream('c', 'stderr'),
      stream('d'),
      shown('x'),
      stream('e'),
    ])
  })

  it('loses no text and leaves what stands alone the same object', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), fc.constantFrom('stdout', 'stderr'))), parts => {
        const outputs = parts.map(([text, name]) => stream(text, name))
        const arranged = arrange(outputs)
        const text = (list: readonly Output[]) =>
          list.map(output => (output.type === 'stream' ? output.text : '')).join('')
        expect(text(arranged)).toBe(text(outputs))
        for (const [i, output] of arranged.entries()) {
          const before = arranged[i - 1]
          if (output.type === 'stream' && before?.type === 'stream') expect(before.name).not.toBe(output.name)
        }
        expect(arrange(arranged).every((output, i) => output === arranged[i])).toBe(true)
      }),
    )
  })

  it('grows what grew, keeps what is equal, replaces the rest', () => {
    expect(changeBetween(stream('ab'), stream('abc'))).toEqual({ type: 'grow', text: 'c' })
    expect(changeBetween(stream('ab'), stream('ab'))).toEqual({ type: 'keep' })
    expect(changeBetween(stream('ab'), stream('a'))).toEqual({ type: 'replace' })
    expect(changeBetween(stream('ab'), stream('abc', 'stderr'))).toEqual({ type: 'replace' })
    expect(changeBetween(shown({ a: [1, { b: 2 }] }), shown({ a: [1, { b: 2 }] }))).toEqual({ type: 'keep' })
    expect(changeBetween(shown({ a: [1, { b: 2 }] }), shown({ a: [1, { b: 3 }] }))).toEqual({ type: 'replace' })
    expect(changeBetween(shown({}), shown([]))).toEqual({ type: 'replace' })
  })
})

describe('an excerpt', () => {
  it('drops as few of the oldest blocks as it can, and never the newest', () => {
    const block = fc.record({ lines: fc.nat(9), characters: fc.nat(99) })
    const total = (blocks: readonly { lines: number; characters: number }[], key: 'lines' | 'characters') =>
      blocks.reduce((sum, one) => sum + one[key], 0)
    const fits = (blocks: readonly { lines: number; characters: number }[]) =>
      total(blocks, 'lines') <= 20 && total(blocks, 'characters') <= 300
    fc.assert(
      fc.property(fc.array(block, { minLength: 1 }), blocks => {
        const dropped = blocksToDrop(blocks, { lines: 20, characters: 300 })
        expect(dropped).toBeLessThan(blocks.length)
        const kept = blocks.slice(dropped)
        expect(kept.length === 1 || fits(kept)).toBe(true)
        if (dropped > 0) expect(fits(blocks.slice(dropped - 1))).toBe(false)
      }),
    )
  })
})
