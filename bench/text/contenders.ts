/**
 * Who is measured. Each is imported only in the process that measures it.
 */
import type { Contender } from './contender.ts'

export interface Entry {
  readonly name: string
  load(): Promise<{ readonly contender: Contender }>
  /** How many edits its follower takes, where all of them would take minutes. */
  readonly remoteEdits?: number
}

/** What the others' CPU time is a share of. */
export const REFERENCE = 'yjs'

export const contenders: readonly Entry[] = [
  { name: 'field', load: () => import('./field.ts') },
  { name: 'store', load: () => import('./store.ts') },
  { name: 'store-full-undo', load: () => import('./store-full-undo.ts') },
  { name: REFERENCE, load: () => import('./yjs.ts') },
  { name: 'json-joy', load: () => import('./json-joy.ts') },
  { name: 'loro', load: () => import('./loro.ts') },
  { name: 'automerge', load: () => import('./automerge.ts'), remoteEdits: 4_000 },
  { name: 'lumino', load: () => import('./lumino.ts') },
]
