/**
 * What those who write and read snapshots have in common. The layout is in PROTOCOL.md ("Snapshots").
 */
import { malformed } from './codec.ts'

/** Raised whenever the meaning of a snapshot's bytes changes. */
export const SNAPSHOT_VERSION = 1

/** Stores as numbers: those of the authors that a snapshot speaks of, in its order. */
export interface StoreNumbers {
  readonly all: readonly number[]
  numberOf(store: number): number
  /** Refuses a number that no store has. */
  at(number: number): number
}

export function createStoreNumbers(stores: readonly number[]): StoreNumbers {
  const numbers = new Map(stores.map((store, number) => [store, number]))
  return {
    all: stores,
    numberOf(store) {
      const number = numbers.get(store)
      if (number === undefined) throw new Error('A store of which there is no log.')
      return number
    },
    at: number => stores[number] ?? malformed('store-unknown'),
  }
}

/** What a snapshot says of a log. */
export interface SavedLogEnds {
  /** Sequence of the first entry of which it has the frame, or would have. */
  readonly first: number
  /** The last sequence. */
  readonly reach: number
}

/** The entries that can still be undone: the last ones of some logs. */
export interface Tail {
  /** Sequence of the first entry of a store that is in it, or would be. */
  first(store: number): number
  /** What the versions of a store's entries in it are above. */
  version(store: number): number
  readonly edits: readonly { readonly store: number; readonly sequence: number }[]
}
