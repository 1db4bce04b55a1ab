/** `supermesh/testing`: rooms in a simulated world, for the tests of whoever builds on the kit. */
export { type MatcherResult, toHaveConverged } from './converged.ts'
export type { NetworkOptions } from './network.ts'
export type { JoinOptions } from './simulation.ts'
export { createWorld, type World, type WorldOptions } from './world.ts'
