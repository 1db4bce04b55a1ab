/**
 * `createWorld`: rooms for tests, with an invented network, clock, disk and dice. The same seed gives the same world.
 *
 * The rooms run the product's own code; what surrounds them is made up, signatures included: who may have written something
 * is not tested here.
 */
import { inWords, SupermeshError } from '../base/error.ts'
import { requireOptions } from '../base/require.ts'
import type { Room } from '../room/room.ts'
import type { Schema } from '../store/schema.ts'
import { firstDifference } from './difference.ts'
import type { NetworkOptions } from './network.ts'
import { createSimulation, type JoinOptions, PATIENCE } from './simulation.ts'

export interface WorldOptions extends Partial<NetworkOptions> {
  /** An integer. */
  readonly seed: number
}

export interface World {
  readonly seed: number
  /** Virtual milliseconds since the world began. */
  readonly time: number
  /**
   * Open rooms of these names, all of them one room to each other: those that are there, or new ones, or those that come
   * back to their disk after a `kill`. Pages of one person are called `ana`, `ana#2`, …
   */
  rooms<S extends Schema, const N extends readonly string[]>(
    schema: S,
    names: N,
    options?: JoinOptions,
  ): { readonly [K in keyof N]: Room<S> }
  /**
   * Ends a page between two instructions; what is being written to its disk is lost.
   * @throws SupermeshError `name-unknown`
   */
  kill(name: string): World
  /**
   * Splits the world: only names in one group hear each other. Who is in no group is alone.
   * @throws SupermeshError `name-unknown`
   */
  partition(...groups: readonly (readonly string[])[]): World
  /** Undoes `partition`. */
  heal(): World
  /** Lets virtual time pass. */
  pass(milliseconds: number): World
  /**
   * Heals, stops all faults and lets time pass, which nothing else does: what a room has to wait for (a disk, an answer)
   * comes only then. It goes on until nothing is under way and all agree; promises have their turns meanwhile.
   * @param patience - virtual milliseconds after which it ends all the same: two minutes by default
   */
  settle(patience?: number): Promise<World>
  /** As {@link World.settle}, in one turn of the event loop. */
  settleNow(patience?: number): World
  /** The first difference between two rooms, internals included, in words; `null` when all are equal. */
  difference(): string | null
}

/** What is awaited between two heartbeats has so many turns to go on. */
const TURNS = 50

function requireTime(milliseconds: number): void {
  if (Number.isFinite(milliseconds) && milliseconds >= 0) return
  throw new SupermeshError('option-invalid', `Time passes by milliseconds, from 0: not by ${inWords(milliseconds)}.`)
}

const WORLD_OPTIONS: readonly (keyof WorldOptions)[] = ['seed', 'loss', 'duplication', 'reordering', 'delay']

function requireWorld(options: WorldOptions): void {
  requireOptions(options, 'The options of a world', WORLD_OPTIONS)
  const { seed, loss = 0, duplication = 0, reordering = 0, delay = 0 } = options
  const fault = (option: string, sentence: string) => new SupermeshError('option-invalid', sentence, { option })
  if (!Number.isSafeInteger(seed) || seed < 0) throw fault('seed', 'A seed is a whole number from 0.')
  for (const [option, chance] of Object.entries({ loss, duplication, reordering })) {
    if (!(typeof chance === 'number' && chance >= 0 && chance <= 1))
      throw fault(option, `${option} is a probability, from 0 to 1.`)
  }
  if (!(Number.isFinite(delay) && delay >= 0)) throw fault('delay', 'A delay is a number of milliseconds.')
}

/**
 * A world in which nothing is lost, doubled or overtaken unless the options say so.
 *
 *     const world = createWorld({ seed: 7, loss: 0.2 })
 *     const [ana, ben] = world.rooms(board, ['ana', 'ben'])
 *
 * @throws SupermeshError `option-invalid`
 */
export function createWorld(options: WorldOptions): World {
  requireWorld(options)
  const simulation = createSimulation(options)
  const roomNamed = (name: string) => simulation.peers.find(peer => peer.name === name)?.room
  const names = new Set<string>()
  const requireKnown = (name: string) => {
    if (names.has(name)) return
    throw new SupermeshError('name-unknown', `Nobody in this world is called ${inWords(name)}.`, {
      name: String(name),
    })
  }
  const world: World = {
    seed: options.seed,
    get time() {
      return simulation.time
    },
    rooms<S extends Schema, const N extends readonly string[]>(schema: S, wanted: N, how: JoinOptions = {}) {
      requireOptions(how, 'The options of a room', ['right'])
      if (!Array.isArray(wanted) || !wanted.every(name => typeof name === 'string')) {
        throw new SupermeshError('option-invalid', 'Rooms are asked for by a list of names.')
      }
      const rooms = wanted.map(name => {
        names.add(name)
        const room = roomNamed(name) ?? simulation.join(schema, name, how).room
        if (room.schema === schema) return room
        throw new SupermeshError('other-schema', `"${name}" has a room of another schema open.`, { name })
      })
      return rooms as unknown as { readonly [K in keyof N]: Room<S> }
    },
    kill(name) {
      requireKnown(name)
      simulation.kill(name)
      return world
    },
    partition(...groups) {
      if (!groups.every(Array.isArray))
        throw new SupermeshError('option-invalid', 'The parts of a world are lists of names.')
      for (const name of groups.flat()) requireKnown(name)
      simulation.partition(groups)
      return world
    },
    heal() {
      simulation.heal()
      return world
    },
    pass(milliseconds) {
      requireTime(milliseconds)
      simulation.pass(milliseconds)
      return world
    },
    async settle(patience = PATIENCE) {
      requireTime(patience)
      for (const steps = simulation.settling(patience); !steps.next().done; ) {
        for (let turn = 0; turn < TURNS; turn++) await undefined
      }
      return world
    },
    settleNow(patience = PATIENCE) {
      requireTime(patience)
      simulation.settle(patience)
      return world
    },
    difference: () => firstDifference(simulation.peers),
  }
  return world
}
