// The public surface of supermesh/testing, made by "npm run api".

import { Right, Room, Schema } from "./shared.js";

interface NetworkOptions {
  /** Probability that a message is lost. Links are reliable in themselves: a loss stands for a link that broke. */
  readonly loss: number;
  readonly duplication: number;
  /** Probability that a message is held back, so that later ones overtake it. */
  readonly reordering: number;
  /** Virtual milliseconds of an ordinary delivery, at most. */
  readonly delay: number;
}

interface JoinOptions {
  /** What the page's link allows; everything by default. */
  readonly right?: Right;
}

interface WorldOptions extends Partial<NetworkOptions> {
  /** An integer. */
  readonly seed: number;
}

interface World {
  readonly seed: number;
  /** Virtual milliseconds since the world began. */
  readonly time: number;
  /**
   * Open rooms of these names, all of them one room to each other: those that are there, or new ones, or those that come
   * back to their disk after a `kill`. Pages of one person are called `ana`, `ana#2`, …
   */
  rooms<S extends Schema, const N extends readonly string[]>(schema: S, names: N, options?: JoinOptions): { readonly [K in keyof N]: Room<S> };
  /**
   * Ends a page between two instructions; what is being written to its disk is lost.
   * @throws SupermeshError `name-unknown`
   */
  kill(name: string): World;
  /**
   * Splits the world: only names in one group hear each other. Who is in no group is alone.
   * @throws SupermeshError `name-unknown`
   */
  partition(...groups: readonly (readonly string[])[]): World;
  /** Undoes `partition`. */
  heal(): World;
  /** Lets virtual time pass. */
  pass(milliseconds: number): World;
  /**
   * Heals, stops all faults and lets time pass, which nothing else does: what a room has to wait for (a disk, an answer)
   * comes only then. It goes on until nothing is under way and all agree; promises have their turns meanwhile.
   * @param patience - virtual milliseconds after which it ends all the same: two minutes by default
   */
  settle(patience?: number): Promise<World>;
  /** As {@link World.settle}, in one turn of the event loop. */
  settleNow(patience?: number): World;
  /** The first difference between two rooms, internals included, in words; `null` when all are equal. */
  difference(): string | null;
}

/**
 * A world in which nothing is lost, doubled or overtaken unless the options say so.
 *
 *     const world = createWorld({ seed: 7, loss: 0.2 })
 *     const [ana, ben] = world.rooms(board, ['ana', 'ben'])
 *
 * @throws SupermeshError `option-invalid`
 */
declare function createWorld(options: WorldOptions): World;

interface MatcherResult {
  readonly pass: boolean;
  message(): string;
}

/** Whether all rooms of a world are equal, internals included; otherwise names the seed and the first difference. */
declare function toHaveConverged(world: Pick<World, 'seed' | 'difference'>): MatcherResult;

export {
  type JoinOptions,
  type MatcherResult,
  type NetworkOptions,
  type World,
  type WorldOptions,
  createWorld,
  toHaveConverged,
};
