/**
 * What a room needs from outside: keys, disk, links and a clock, and who it is.
 */
import type { Bytes } from '../base/bytes.ts'
import type { Transport } from '../mesh/mesh.ts'
import type { Right } from '../protocol/right.ts'
import type { SyncEffect } from '../sync/events.ts'
import type { Keeping, KeepingListener } from './keeping.ts'

/** What a room cannot do by itself. An answer may come at once or later; after the room has ended it is not heard. */
export interface RoomPorts {
  readonly transport: Transport
  openKeeping(listener: KeepingListener): Keeping
  /** Signs a frame's hash with the session's key. */
  seal(hash: Bytes, done: (seal: Bytes) => void): void
  isGenuine(sealed: Extract<SyncEffect, { type: 'open-seal' }>, done: (genuine: boolean) => void): void
  /** Whether somebody who may edit vouches for a snapshot, and its introductions are genuine. */
  isVouched(sealed: Extract<SyncEffect, { type: 'open-snapshot' }>, done: (genuine: boolean) => void): void
  /** The person whose keys vouch for the session of `peer`; `null` when nobody's do. */
  vouch(peer: string, introduction: Bytes, done: (person: string | null) => void): void
  /** The person whom a genuine introduction names; `null` when it cannot be read. */
  personIn(introduction: Bytes): string | null
  mintId(): string
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/** Who this page is. */
export interface Self {
  readonly author: Bytes
  readonly introduction: Bytes
  readonly person: string
  readonly right: Right
}
