/**
 * What a room takes; what is above is refused where it is written. docs/limits.md says of each what it bounds and what
 * meets it.
 */
import { PRESENCE_MAX_BYTES } from './protocol/awareness.ts'
import {
  AUTHORS_MAX,
  CHANNEL_NAME_MAX_BYTES,
  DIRECT_MAX_BYTES,
  NAME_MAX_BYTES,
  PATCH_MAX_OPERATIONS,
  PATCH_MAX_SPLICES,
  VALUE_MAX_BYTES,
  VALUE_MAX_DEPTH,
} from './protocol/limits.ts'
import { NAME_MAX_LENGTH } from './protocol/name.ts'
import { HINTS_MAX } from './rights/index.ts'
import { PERSON_NAME_MAX_LENGTH } from './room/people.ts'

export interface Limits {
  /** What one transaction writes. */
  readonly transactionBytes: number
  /** Fields, map keys, items of sets, insertions, moves and removed ranges in one transaction. */
  readonly transactionOperations: number
  /** Insertions, removals and moves of texts and lists among them, a removal of many ranges counted once. */
  readonly transactionSplices: number
  /** Nesting in one value. */
  readonly valueLevels: number
  /** The name of a table or field, the id of a record. */
  readonly nameCharacters: number
  readonly mapKeyBytes: number
  /** What a page says of itself, as JSON, in UTF-16 units. */
  readonly presenceCharacters: number
  readonly channelNameBytes: number
  /** A message on a channel, as JSON. */
  readonly messageBytes: number
  /** As others see it, in UTF-16 units. */
  readonly personNameCharacters: number
  /** Signaling servers that a link names. */
  readonly linkServers: number
  /** Page loads that have written to a room, ever. */
  readonly sessions: number
}

/** The bounds of every room; docs/limits.md is made of them. */
export const LIMITS: Limits = {
  transactionBytes: VALUE_MAX_BYTES,
  transactionOperations: PATCH_MAX_OPERATIONS,
  transactionSplices: PATCH_MAX_SPLICES,
  valueLevels: VALUE_MAX_DEPTH - 1,
  nameCharacters: NAME_MAX_LENGTH,
  mapKeyBytes: NAME_MAX_BYTES,
  // By the most bytes that a character can take.
  presenceCharacters: Math.floor(PRESENCE_MAX_BYTES / 3),
  channelNameBytes: CHANNEL_NAME_MAX_BYTES,
  messageBytes: DIRECT_MAX_BYTES,
  personNameCharacters: PERSON_NAME_MAX_LENGTH,
  linkServers: HINTS_MAX,
  sessions: AUTHORS_MAX,
}
