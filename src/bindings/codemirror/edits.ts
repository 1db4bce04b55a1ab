/**
 * What the editor did, as splices of the shared text, and back. Pure; knows nothing of views or of the document.
 */
import type { ChangeSet, ChangeSpec, Text } from '@codemirror/state'
import type { TextEdit } from '../../store/record.ts'
import { isHighSurrogate, isLowSurrogate } from '../text-edit.ts'

/**
 * The splices that lead from `before` to `after`, left to right.
 *
 * An editor may exchange one half of a surrogate pair for another, which a shared text refuses: such a change is widened to
 * whole characters. A half that stands alone becomes U+FFFD; the caller compares the lengths and contents afterwards.
 */
export function editsOf(changes: ChangeSet, before: Text, after: Text): readonly TextEdit[] {
  const edits: TextEdit[] = []
  changes.iterChanges((fromA, toA, fromB, toB) => {
    const left = isInsidePair(before, fromA) || isInsidePair(after, fromB) ? 1 : 0
    const right = isInsidePair(before, toA) || isInsidePair(after, toB) ? 1 : 0
    edits.push({
      index: fromB - left,
      remove: toA + right - (fromA - left),
      insert: after.sliceString(fromB - left, toB + right).toWellFormed(),
    })
  })
  return edits
}

/** For a transaction whose specs are `sequential`. */
export function toChange({ index, remove, insert }: TextEdit): ChangeSpec {
  return { from: index, to: index + remove, insert }
}

function isInsidePair(text: Text, index: number): boolean {
  if (index <= 0 || index >= text.length) return false
  const around = text.sliceString(index - 1, index + 1)
  return isHighSurrogate(around.charCodeAt(0)) && isLowSurrogate(around.charCodeAt(1))
}
