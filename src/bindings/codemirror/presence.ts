/**
 * Says where the own selection is, and shows those of the others, as anchors that survive edits.
 */
import type { Extension } from '@codemirror/state'
import { Transaction } from '@codemirror/state'
import { type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type { Observable } from '../../base/subscribe.ts'
import type { TextValue } from '../../store/record.ts'
import type { Anchor } from '../../store/text-view.ts'
import { type Caret, caretLayers, caretsMoved } from './carets.ts'

export interface TextSelection {
  readonly anchor: Anchor
  readonly head: Anchor
}

export interface RemoteSelection extends TextSelection {
  /** The peer's id. */
  readonly id: string
  readonly name: string
  /** A CSS colour. */
  readonly colour: string
}

export interface EditorPresence {
  /** Selections of others in this text. */
  readonly others: Observable<readonly RemoteSelection[]>
  /** Hears where the own selection is; `null` when the editor is not in focus. Not more than once a turn. */
  show(selection: TextSelection | null): void
}

export function presenceBinding(read: () => TextValue | undefined, presence: EditorPresence): Extension {
  return [caretLayers(), ViewPlugin.define(view => bind(view, read, presence))]
}

function bind(view: EditorView, read: () => TextValue | undefined, presence: EditorPresence) {
  let destroyed = false
  let showing = false
  let drawing = false
  let shown = false

  /** After this turn: by then the splices of this update are in the text. */
  function showSoon(): void {
    if (showing) return
    showing = true
    queueMicrotask(() => {
      showing = false
      const text = read()
      if (destroyed || !text || text.length !== view.state.doc.length) return
      if (view.hasFocus) presence.show(selectionIn(text, view.state.selection.main))
      else if (shown) presence.show(null)
      shown = view.hasFocus
    })
  }

  function drawSoon(): void {
    if (drawing) return
    drawing = true
    queueMicrotask(() => {
      drawing = false
      const text = read()
      if (destroyed || !text) return
      view.dispatch({ effects: caretsMoved.of(presence.others.getSnapshot().flatMap(other => caretIn(text, other))) })
    })
  }

  const unsubscribe = presence.others.subscribe(drawSoon)
  drawSoon()

  return {
    update(update: ViewUpdate) {
      if (update.selectionSet || update.docChanged || update.focusChanged) showSoon()
      // An anchor may name a character that has only now arrived.
      if (update.transactions.some(each => each.docChanged && each.annotation(Transaction.remote))) drawSoon()
    },
    destroy() {
      destroyed = true
      unsubscribe()
      if (shown) presence.show(null)
    },
  }
}

function selectionIn(text: TextValue, { anchor, head }: { anchor: number; head: number }): TextSelection {
  // A selection holds on to the characters in it, a caret to the one before it.
  return {
    anchor: text.anchor(anchor, anchor < head ? 'after' : 'before'),
    head: text.anchor(head, head < anchor ? 'after' : 'before'),
  }
}

function caretIn(text: TextValue, { id, name, colour, anchor, head }: RemoteSelection): Caret[] {
  const from = text.indexOf(anchor)
  const to = text.indexOf(head)
  return from === null || to === null ? [] : [{ id, name, colour, anchor: from, head: to, place: `${anchor} ${head}` }]
}
