/**
 * Who is measured.
 */
import type { Contender } from './contender.ts'

/** What the file of an entry exports. */
export interface ContenderModule {
  readonly contender: Contender
}

export interface Entry {
  /** Of a file of this folder, too. It is imported only in the process that measures it. */
  readonly name: string
  /** How many edits its follower takes, where all of them would take minutes. */
  readonly remoteEdits?: number
}

/** What the others' CPU time is a share of. */
export const REFERENCE = 'yjs'

export const contenders: readonly Entry[] = [
  { name: 'field' },
  { name: 'store' },
  { name: 'store-full-undo' },
  { name: REFERENCE },
  { name: 'json-joy' },
  { name: 'loro' },
  { name: 'automerge', remoteEdits: 4_000 },
  { name: 'lumino' },
]
