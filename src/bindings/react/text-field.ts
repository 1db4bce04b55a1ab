/**
 * Keeps an `<input>` or `<textarea>` and a shared text equal. Must not know React.
 */
import type { TextEdit, TextValue } from '../../store/record.ts'
import { editBetween } from '../text-edit.ts'
import { follow, inputIntent, keyIntent, type UndoHands } from '../undo-intent.ts'

type Field = HTMLInputElement | HTMLTextAreaElement
type FieldText = Pick<TextValue, 'editable' | 'toString' | 'subscribe' | 'splice'>

export interface TextFieldBinding {
  /** Takes up what `text` holds, should it have changed before the binding began to listen. */
  follow(text: Pick<TextValue, 'toString'>): void
  dispose(): void
}

/** @param undo - where undo and redo go; without it, to the browser's own history, which knows only what was typed here */
export function bindTextField(element: Field, text: FieldText, undo?: UndoHands): TextFieldBinding {
  /** What the room holds. */
  let held = text.toString()
  /** What the field showed before the person typed what has not been taken over yet. */
  let shown = held
  /** What came since `shown`. */
  let since: TextEdit[] = []
  let composing = false
  let writing = false

  /** As the field shows it: an `<input>` has one line, and would leave line breaks out. */
  const asShown = (text: string) => (element.tagName === 'INPUT' ? text.replace(/[\r\n]/g, ' ') : text)

  function show(moves: readonly TextEdit[]): void {
    const { selectionStart, selectionEnd } = element
    element.value = asShown(held)
    shown = asShown(held)
    since = []
    if (selectionStart === null || selectionEnd === null || element.ownerDocument.activeElement !== element) return
    element.setSelectionRange(moved(selectionStart, moves), moved(selectionEnd, moves))
  }

  function takeOver(): void {
    const edit = editBetween(shown, element.value.toWellFormed())
    const moves = since
    if (edit) {
      const index = moved(edit.index, moves)
      const end = Math.max(index, moved(edit.index + edit.remove, moves))
      const insert = edit.insert
      writing = true
      try {
        text.splice(index, end - index, insert)
        held = held.slice(0, index) + insert + held.slice(end)
      } finally {
        writing = false
        // Refused, the field shows again what the room holds.
        if (element.value !== asShown(held)) show(moves)
        shown = asShown(held)
        since = []
      }
    } else if (moves.length > 0) show(moves)
  }

  const unsubscribe = text.subscribe(({ splices, local, kind }) => {
    if (writing) return
    const edits = splices.map(({ index, removed, inserted }) => ({ index, remove: removed.length, insert: inserted }))
    for (const { index, remove, insert } of edits) held = held.slice(0, index) + insert + held.slice(index + remove)
    since.push(...edits)
    if (composing) return
    show(since)
    const last = edits.at(-1)
    // Who takes something back goes on where that was.
    if (last && local && kind !== 'edit' && element.ownerDocument.activeElement === element) {
      const end = last.index + last.insert.length
      element.setSelectionRange(end, end)
    }
  })

  const onInput = () => {
    if (!composing) takeOver()
  }
  const onStart = () => {
    composing = true
  }
  const onEnd = () => {
    composing = false
    takeOver()
  }
  const onKey = (event: Event) => void (undo && follow(event, keyIntent(event as KeyboardEvent), undo))
  const onBeforeInput = (event: Event) => void (undo && follow(event, inputIntent(event as InputEvent), undo))
  element.addEventListener('keydown', onKey)
  element.addEventListener('beforeinput', onBeforeInput)
  element.addEventListener('input', onInput)
  element.addEventListener('compositionstart', onStart)
  element.addEventListener('compositionend', onEnd)
  const wasReadOnly = element.readOnly
  if (!text.editable) element.readOnly = true
  element.value = asShown(held)
  shown = element.value

  return {
    follow(now) {
      const edit = composing ? null : editBetween(held, now.toString())
      if (!edit) return
      held = now.toString()
      show([edit])
    },
    dispose() {
      unsubscribe()
      element.readOnly = wasReadOnly
      element.removeEventListener('keydown', onKey)
      element.removeEventListener('beforeinput', onBeforeInput)
      element.removeEventListener('input', onInput)
      element.removeEventListener('compositionstart', onStart)
      element.removeEventListener('compositionend', onEnd)
    },
  }
}

/** Where `index` is after `edits`; what is inserted right there comes after it. */
function moved(index: number, edits: readonly TextEdit[]): number {
  return edits.reduce((at, { index: start, remove, insert }) => {
    if (at <= start) return at
    return at >= start + remove ? at + insert.length - remove : start
  }, index)
}
