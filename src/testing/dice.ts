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
  let state = (BigInt(seed) * 2n + 1n) & 0xffffffffffffffffn
  const next = (): number => {
    const old = state
    state = (old * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn
    const shifted = Number((((old >> 18n) ^ old) >> 27n) & 0xffffffffn)
    const turn = Number(old >> 59n)
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
