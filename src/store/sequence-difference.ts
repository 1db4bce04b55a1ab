/**
 * How one state of a text or list leads to another, by the ids of what can be seen: whoever has a caret beside an element that
 * stays keeps it there.
 */
import type { IdRange } from '../protocol/patch.ts'
import type { Splice } from './elements.ts'
import type { Sequence } from './sequence.ts'
import type { Content } from './span.ts'

/** Elements in a row that can be seen in one of the two, and whether they can in the other. */
interface Piece {
  readonly length: number
  readonly stays: boolean
}

/** Splices that lead from `before` to `after`, each in what those before it have left. */
export function splicesBetween<C extends Content>(before: Sequence<C>, after: Sequence<C>): Splice<C>[] {
  const [old, fresh] = [piecesOf(before, after), piecesOf(after, before)]
  const splices: Splice<C>[] = []
  /** Elements of the two that have been passed. */
  let [left, index] = [0, 0]
  while (!old.done || !fresh.done) {
    const [removed, inserted] = [old.pass(false), fresh.pass(false)]
    if (removed + inserted > 0) {
      splices.push({
        index,
        removed: before.slice(left, left + removed),
        inserted: after.slice(index, index + inserted),
      })
    }
    // What stays stands in one order in both.
    const common = Math.min(old.ahead, fresh.ahead)
    old.pass(true, common)
    fresh.pass(true, common)
    left += removed + common
    index += inserted + common
  }
  return splices
}

/** The pieces of what can be seen of a sequence, to be passed one after the other. */
function piecesOf(sequence: Sequence<Content>, other: Sequence<Content>) {
  const pieces: Piece[] = []
  for (const run of sequence.seenRuns()) {
    for (let { clock } = run; clock < run.clock + run.length; ) {
      const rest: IdRange = { store: run.store, clock, length: run.clock + run.length - clock }
      const { seen, length } = other.seenOf(rest)
      pieces.push({ length, stays: seen })
      clock += length
    }
  }
  let at = 0
  let passed = 0
  return {
    get done() {
      return at === pieces.length
    },
    /** How much of the piece that stays is ahead. */
    get ahead() {
      const piece = pieces[at]
      return piece?.stays ? piece.length - passed : 0
    },
    /** Passes what stays, or what does not, as far as it is in a row and at most `limit`; returns how much that was. */
    pass(stays: boolean, limit = Number.POSITIVE_INFINITY): number {
      let length = 0
      for (let piece = pieces[at]; piece?.stays === stays && length < limit; piece = pieces[at]) {
        const step = Math.min(piece.length - passed, limit - length)
        length += step
        passed += step
        if (passed < piece.length) break
        at++
        passed = 0
      }
      return length
    },
  }
}
