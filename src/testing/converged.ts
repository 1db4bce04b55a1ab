/**
 * `expect(world).toHaveConverged()`, for Vitest and Jest, which take the same matchers.
 */
import type { World } from './world.ts'

export interface MatcherResult {
  readonly pass: boolean
  message(): string
}

/** Whether all rooms of a world are equal, internals included; otherwise names the seed and the first difference. */
export function toHaveConverged(world: Pick<World, 'seed' | 'difference'>): MatcherResult {
  if (typeof world?.difference !== 'function') {
    return { pass: false, message: () => 'toHaveConverged() is asked of a world, which createWorld() gives.' }
  }
  const difference = world.difference()
  return {
    pass: difference === null,
    message: () =>
      difference === null
        ? `All rooms of the world with seed ${world.seed} are equal.`
        : `The rooms of the world with seed ${world.seed} are not equal: ${difference}.`,
  }
}
