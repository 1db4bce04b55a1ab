import { describe, expect, it } from 'vitest'
import { asRows, medians, shareOf } from './summary.ts'

describe('the table', () => {
  it("has each column's median", () => {
    expect(
      medians([
        { a: 1, b: 9 },
        { a: 5, b: 7 },
        { a: 2, b: 8 },
      ]),
    ).toEqual({ a: 2, b: 8 })
    expect(medians([])).toEqual({})
  })

  it('compares the same work only', () => {
    const reference = { edits: 100, time: 50, 'time@10': 4 }
    expect(shareOf({ edits: 100, time: 25 }, reference, 'time', 'edits')).toBe(0.5)
    expect(shareOf({ edits: 10, time: 2 }, reference, 'time', 'edits')).toBe(0.5)
    expect(shareOf({ edits: 20, time: 2 }, reference, 'time', 'edits')).toBeNull()
    expect(shareOf({ edits: 100, time: 25 }, {}, 'time', 'edits')).toBeNull()
  })

  it('says why somebody was not measured, and keeps marks to itself', () => {
    const round = { localEdits: 8, localCpuMs: 10, 'localCpuMs@4': 3, remoteEdits: 8, remoteCpuMs: 4 }
    const short = { localEdits: 4, localCpuMs: 1.5, remoteEdits: 4, remoteCpuMs: 1 }
    const rows = asRows(
      [
        { name: 'yardstick', rounds: [round], missing: null },
        { name: 'short', rounds: [short], missing: null },
        { name: 'absent', rounds: [], missing: 'cannot be loaded' },
      ],
      'yardstick',
    )
    const { 'localCpuMs@4': _, ...shown } = round
    expect(rows).toEqual([
      { name: 'yardstick', ...shown, localShareOfYjs: 1, remoteShareOfYjs: 1 },
      { name: 'short', ...short, localShareOfYjs: 0.5, remoteShareOfYjs: null },
      { name: 'absent', reason: 'cannot be loaded' },
    ])
  })
})
