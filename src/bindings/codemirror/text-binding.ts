/**
 * Keeps an editor's document and a shared text equal, in both directions, without reading the whole on a keystroke.
 *
 * 1. What the person does becomes one transaction of the room: one splice for each changed range.
 * 2. What comes from elsewhere becomes one transaction of the editor, annotated as remote and outside its undo history.
 * 3. Where the two may have parted (an edit inside somebody else's transaction, a filter that changed ours), they are
 *    compared and the editor takes over what the room holds.
 */
import { type Extension, type Text, Transaction } from '@codemirror/state'
import { type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type { SequenceChange, TextValue } from '../../store/record.ts'
import type { Splice } from '../../store/sequence.ts'
import { editBetween } from '../text-edit.ts'
import { editsOf, toChange } from './edits.ts'

/** Marks what came from the room. */
const FROM_ROOM = [Transaction.remote.of(true), Transaction.addToHistory.of(false)]

export function textBinding(text: TextValue): Extension {
  return ViewPlugin.define(view => bind(view, text))
}

function bind(view: EditorView, { latest, subscribe }: TextValue) {
  let destroyed = false
  let comparing = false
  let writing = false
  /** An own edit was staged in a transaction around it, and comes back as somebody's when that one ends. */
  let staged = false

  function compareSoon(): void {
    if (comparing) return
    comparing = true
    // Not now: an editor may not be changed while it is being changed.
    queueMicrotask(() => {
      comparing = false
      staged = false
      const now = latest()
      if (destroyed || !now) return
      const edit = editBetween(view.state.doc.toString(), now.toString())
      if (edit) view.dispatch({ changes: toChange(edit), annotations: FROM_ROOM })
    })
  }

  function hear({ splices, local, kind }: SequenceChange<string>): void {
    if (staged && local) {
      // What was written comes back; not at once, when a transaction around it has ended meanwhile.
      if (!writing) compareSoon()
      staged = false
      return
    }
    // Somebody answered it before it was over.
    if (writing) return compareSoon()
    if (comparing) return
    if (!fits(view.state.doc, splices)) {
      compareSoon()
      return
    }
    const specs = splices.map(({ index, removed, inserted }) => ({
      changes: toChange({ index, remove: removed.length, insert: inserted }),
      sequential: true,
    }))
    view.dispatch(
      { annotations: FROM_ROOM },
      ...specs,
      ...(local && kind !== 'edit' && view.hasFocus ? atEnd(splices) : []),
    )
  }

  const unsubscribe = subscribe(hear)
  const first = latest()
  if (first && first.toString() !== view.state.doc.toString()) compareSoon()

  function write(update: ViewUpdate): void {
    const now = latest()
    if (!now) return
    const edits = editsOf(update.changes, update.startState.doc, update.state.doc)
    writing = true
    staged = true
    try {
      now.edit(edits)
    } catch (error) {
      // Refused (too large, say): the editor takes it back. Thrown here, it would end the binding for good.
      compareSoon()
      queueMicrotask(() => {
        throw error
      })
    } finally {
      writing = false
    }
    if (edits.some(({ insert }) => insert.includes('\ufffd'))) compareSoon()
    // Staged in a transaction around, which may yet be thrown away.
    if (staged) compareSoon()
  }

  return {
    update(update: ViewUpdate) {
      const fromRoom = update.transactions.some(each => each.annotation(Transaction.remote))
      if (update.docChanged && !fromRoom && !comparing) write(update)
    },
    destroy() {
      destroyed = true
      unsubscribe()
    },
  }
}

/** Who takes something back in an editor goes on where that was. */
function atEnd(splices: readonly Splice<string>[]) {
  const last = splices.at(-1)
  if (!last) return []
  return [{ selection: { anchor: last.index + last.inserted.length }, sequential: true, scrollIntoView: true }]
}

/** Whether what the splices remove is what the editor holds: otherwise the two have parted. */
function fits(doc: Text, splices: readonly Splice<string>[]): boolean {
  const first = splices[0]
  if (!first) return true
  if (first.index + first.removed.length > doc.length) return false
  if (doc.sliceString(first.index, first.index + first.removed.length) !== first.removed) return false
  let length = doc.length
  return splices.every(({ index, removed, inserted }) => {
    const isInside = index + removed.length <= length
    length += inserted.length - removed.length
    return isInside
  })
}
