/** `supermesh/testing`: a simulated world for whoever builds on the kit. */
export { createDice, type Dice } from './dice.ts'
export { type FuzzOptions, type FuzzReport, fuzz } from './fuzz.ts'
export { createLab, type Lab, type LabPeer } from './lab.ts'
export { type LifeOptions, type LifeReport, liveOnce, MUTANTS, type Mutant } from './life.ts'
export type { NetworkFaults, NetworkOptions } from './network.ts'
export { createWorld, type World, type WorldOptions, type WorldPeer } from './world.ts'
