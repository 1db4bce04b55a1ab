/**
 * Which edits are undone: those of which somebody's undo stands. An author's undos of one edit are one vote, however many they
 * are; a redo takes back an author's vote as its own author had seen it. What is kept only grows, so that all replicas agree
 * whatever came first, and nothing can be cast in advance.
 */
import type { StoreEditId } from './undoing.ts'

/** Sequences in the voter's log. */
interface Vote {
  /** Of the last undo. */
  undone: number
  /** Until where undos are taken back. */
  redone: number
}

export interface UndoVotes {
  isUndone(edit: StoreEditId): boolean
  /** A standing undo of an edit that a redo by `store` takes back, its own first; `null` for none. */
  standing(edit: StoreEditId, store: number): StoreEditId | null
  /** An undo of an edit; whether the edit is another than before by that. */
  undo(edit: StoreEditId, by: StoreEditId): boolean
  /** Takes back an undo of an edit, and those of its author before it. */
  redo(edit: StoreEditId, undo: StoreEditId): boolean
  /** `[store, sequence, voter, undone, redone]` of each vote, in order. */
  describe(): readonly (readonly number[])[]
  /** Puts described votes in the place of all. */
  restore(votes: Iterable<readonly number[]>): void
}

export function createUndoVotes(): UndoVotes {
  const byStore = new Map<number, Map<number, Map<number, Vote>>>()
  const votesOn = ({ store, sequence }: StoreEditId) => byStore.get(store)?.get(sequence)
  const stands = ({ undone, redone }: Vote) => undone > redone

  function isUndone(edit: StoreEditId): boolean {
    for (const vote of votesOn(edit)?.values() ?? []) if (stands(vote)) return true
    return false
  }

  function voteOf({ store, sequence }: StoreEditId, voter: number): Vote {
    const bySequence = byStore.get(store) ?? new Map<number, Map<number, Vote>>()
    byStore.set(store, bySequence)
    const votes = bySequence.get(sequence) ?? new Map<number, Vote>()
    bySequence.set(sequence, votes)
    const vote = votes.get(voter) ?? { undone: 0, redone: 0 }
    votes.set(voter, vote)
    return vote
  }

  function change(edit: StoreEditId, voter: number, cast: (vote: Vote) => void): boolean {
    const before = isUndone(edit)
    cast(voteOf(edit, voter))
    return isUndone(edit) !== before
  }

  return {
    isUndone,
    standing(edit, store) {
      const votes = [...(votesOn(edit) ?? [])].filter(([, vote]) => stands(vote))
      const [voter, vote] = votes.find(([each]) => each === store) ?? votes.sort(([a], [b]) => b - a)[0] ?? []
      return voter === undefined || !vote ? null : { store: voter, sequence: vote.undone }
    },
    undo: (edit, by) =>
      change(edit, by.store, vote => {
        vote.undone = Math.max(vote.undone, by.sequence)
      }),
    redo: (edit, undo) =>
      change(edit, undo.store, vote => {
        vote.redone = Math.max(vote.redone, undo.sequence)
      }),
    restore(votes) {
      byStore.clear()
      for (const [store = 0, sequence = 0, voter = 0, undone = 0, redone = 0] of votes) {
        Object.assign(voteOf({ store, sequence }, voter), { undone, redone })
      }
    },
    describe: () =>
      [...byStore]
        .flatMap(([store, bySequence]) =>
          [...bySequence].flatMap(([sequence, votes]) =>
            [...votes].map(([voter, { undone, redone }]) => [store, sequence, voter, undone, redone]),
          ),
        )
        .sort((a, b) => compare(a, b)),
  }
}

function compare(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((each, i) => each !== b[i])
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0)
}
