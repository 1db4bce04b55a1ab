import { describe, expect, it } from 'vitest'
import { createDice } from './dice.ts'
import { fuzz } from './fuzz.ts'
import { createSeat, edit, introduction } from './hostile.ts'
import { HOSTILE_PATCHES } from './hostile-patches.ts'
import { createLab, LAB_ROOM } from './lab.ts'
import { lifeSchema } from './life.ts'

describe('hostile peers', () => {
  it('S15: break nothing, stall nothing, and part nobody', () => {
    const { codes, ...report } = fuzz({ frames: 3000, seed: 1 })
    expect(report).toMatchObject({
      exceptions: 0,
      vanished: 0,
      pollution: 0,
      stallsOver100ms: 0,
      equal: true,
    })
    // The last attack may bring its author's introduction along.
    expect(report.frames).toBeGreaterThanOrEqual(3000)
    expect(report.refused + report.applied + report.duplicates).toBe(report.frames)
    // Frames may wait for what never comes, but not most of them.
    expect(codes['left-waiting'] ?? 0).toBeLessThan(report.frames * 0.2)
    expect(Object.values(codes).reduce((sum, count) => sum + count, 0)).toBe(report.refused)
    expect(report.applied).toBeGreaterThan(300)
    expect(Object.keys(codes).length).toBeGreaterThan(20)
  })

  it('S15: are refused for each wrong patch, and only their own logs end', () => {
    const lab = createLab(lifeSchema)
    const ana = lab.open('ana')
    ana.replica.store.transact(tx => void tx.notes.create({ title: 'mine' }, { id: 'r' }))
    lab.flush()
    const before = ana.replica.store.fingerprint()
    for (const [name, patch] of Object.entries(HOSTILE_PATCHES)) {
      const seat = createSeat(LAB_ROOM, name)
      const frames = [seat.say([introduction(name)]), seat.say([edit(patch(createDice(1), seat.pen(), 5))])]
      ana.effects.length = 0
      ana.replica.handle({
        type: 'message-arrived',
        from: 'f'.repeat(32),
        message: { type: 'frames', scope: 0, frames },
      })
      lab.flush()
      expect(
        ana.effects.filter(({ type }) => type === 'refused'),
        name,
      ).toHaveLength(1)
      expect(ana.replica.store.fingerprint(), name).toBe(before)
    }
    ana.replica.store.transact(tx => tx.notes.get('r').title.splice(4, 0, ' still'))
    lab.flush()
    expect(ana.replica.store.tables.notes.get('r')?.title.toString()).toBe('mine still')
  })
})
