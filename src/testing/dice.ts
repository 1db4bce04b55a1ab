/**
 * Seeded randomness: one seed, one world. The generator is PCG-XSH-RR-32 (O'Neill, 2014), in two 32-bit halves.
 */
import type { Bytes } from '../base/bytes.ts'

export interface Dice {
  /** An integer from 0 to `below` - 1. */
  roll(below: number): number
  /** True with probability `p`. */
  chance(p: number): boolean
  pick<T>(items: readonly T[]): T
  bytes(count: number): Bytes
}

export function createDice(seed: number): Dice {
  const start = BigInt(seed) * 2n + 1n
  let high = Number((start >> 32n) & 0xffffffffn)
  let low = Number(start & 0xffffffffn)
  const next = (): number => {
    const [oldHigh, oldLow] = [high, low]
    // state = old * 6364136223846793005 + 1442695040888963407, modulo 2^64
    const carried = multiplyHigh(oldLow, 0x4c957f2d) + Math.imul(oldLow, 0x5851f42d) + Math.imul(oldHigh, 0x4c957f2d)
    const sum = (Math.imul(oldLow, 0x4c957f2d) >>> 0) + 0xf767814f
    low = sum >>> 0
    high = (carried + 0x14057b7e + (sum > 0xffffffff ? 1 : 0)) >>> 0
    // The 32 bits from the 27th on of old ^ (old >> 18), turned right by old's upper five.
    const mixedHigh = oldHigh ^ (oldHigh >>> 18)
    const mixedLow = oldLow ^ ((oldLow >>> 18) | (oldHigh << 14))
    const shifted = (mixedLow >>> 27) | (mixedHigh << 5)
    const turn = oldHigh >>> 27
    return ((shifted >>> turn) | (shifted << (-turn & 31))) >>> 0
  }
  for (let i = 0; i < 4; i++) next()
  const dice: Dice = {
    roll: below => Math.floor((next() / 2 ** 32) * below),
    chance: p => next() / 2 ** 32 < p,
    pick(items) {
      if (items.length === 0) throw new RangeError('nothing to pick from')
      return items[dice.roll(items.length)] as (typeof items)[number]
    },
    bytes: count => Uint8Array.from({ length: count }, () => dice.roll(256)),
  }
  return dice
}

/** The upper 32 bits of a product of two 32-bit integers. */
function multiplyHigh(a: number, b: number): number {
  const [aLow, aHigh] = [a & 0xffff, a >>> 16]
  const [bLow, bHigh] = [b & 0xffff, b >>> 16]
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16)
  const carried = aLow * bHigh + (middle % 0x10000)
  return aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(carried / 0x10000)
}
