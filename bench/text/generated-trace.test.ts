import { describe, expect, it } from 'vitest'
import { generateTrace } from './generated-trace.ts'
import { parseTrace, textAfter } from './trace.ts'

const trace = generateTrace({ seed: 1, edits: 20_000 })

describe('a generated session', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(generateTrace({ seed: 1, edits: 20_000 })).toEqual(trace)
    expect(generateTrace({ seed: 2, edits: 20_000 }).endContent).not.toBe(trace.endContent)
  })

  it('is a trace that leads to its end, one character an edit', () => {
    expect(parseTrace(JSON.stringify(trace))).toEqual(trace)
    const sizes = trace.txns.map(({ patches }) => patches.map(([, remove, insert]) => remove + insert.length))
    expect(sizes.every(([size, ...others]) => size === 1 && others.length === 0)).toBe(true)
    expect(textAfter({ ...trace, endContent: '' }, trace.txns.length - 1).length).toBeGreaterThan(5_000)
  })

  it('deletes about as often as people do', () => {
    const removals = trace.txns.filter(({ patches }) => patches.some(([, remove]) => remove > 0)).length
    expect(removals / trace.txns.length).toBeGreaterThan(0.15)
    expect(removals / trace.txns.length).toBeLessThan(0.4)
  })
})
