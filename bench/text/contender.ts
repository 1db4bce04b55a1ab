/**
 * What a shared text has to do to be measured: beside this file is one adapter for each.
 */
import type { Patch } from './trace.ts'

/** The replica in which somebody types. */
export interface Author {
  /** What another replica takes before the first edit. */
  readonly beginning: readonly Uint8Array[]
  /** Makes one transaction and returns its one update, as it would go out. */
  edit(patches: readonly Patch[]): Uint8Array
  text(): string
  /** All that is needed to go on with the replica later. */
  snapshot(): Uint8Array
}

/** A replica that only hears of others' edits. */
export interface Follower {
  apply(update: Uint8Array): void
  text(): string
}

/** A replica that goes on from a snapshot. */
export interface Loaded {
  text(): string
  /** One transaction. */
  edit(patch: Patch): void
}

export interface Contender {
  author(startContent: string): Author
  follower(): Follower
  load(snapshot: Uint8Array): Loaded
}
