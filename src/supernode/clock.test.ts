import { describe, expect, it } from 'vitest'
import { createFenceClock } from './clock.ts'

describe('the fence clock', () => {
  it('counts a span as long as the longer clock says, and never goes back', () => {
    const readings = [
      { wall: 1000, steady: 0 },
      { wall: 1250, steady: 250 },
      // Sleep in which the steady clock stood.
      { wall: 9250, steady: 251 },
      // Somebody set the wall clock back by an hour.
      { wall: -3_590_750, steady: 501 },
    ]
    const now = createFenceClock(() => readings.shift() ?? { wall: 0, steady: 0 })
    expect([now(), now(), now()]).toEqual([1250, 9250, 9500])
  })
})
