/**
 * Says where the own selection is, and shows those of the others, as anchors that survive edits.
 */
import type { Extension } from '@codemirror/state'
import { Transaction } from '@codemirror/state'
import { type EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view'
import type { Observable } from '../../base/subscribe.ts'
import type { OwnPresence, Participant } from '../../room/room.ts'
import type { TextCaret } from '../../store/caret.ts'
import type { TextValue } from '../../store/record.ts'
import { type Caret, caretLayers, caretsMoved } from './carets.ts'

interface CaretPresence {
  readonly caret: TextCaret | null
}

/** What carets need of a room. */
export interface CaretRoom {
  readonly people: Observable<readonly Participant<CaretPresence>[]>
  readonly presence: OwnPresence<CaretPresence>
}

interface RemoteCaret extends TextCaret {
  /** The peer's id. */
  readonly id: string
  readonly name: string
  readonly colour: string
}

export function presenceBinding(text: TextValue, room: CaretRoom): Extension {
  return [caretLayers(), ViewPlugin.define(view => bind(view, text, room))]
}

function bind(view: EditorView, { path, latest }: TextValue, { people, presence }: CaretRoom) {
  let destroyed = false
  let showing = false
  let drawing = false
  let drawn = '[]'

  const isHere = () => presence.getSnapshot().caret?.text === path

  /** After this turn: by then the splices of this update are in the text. */
  function showSoon(): void {
    if (showing) return
    showing = true
    queueMicrotask(() => {
      showing = false
      const text = latest()
      if (destroyed || !text || text.length !== view.state.doc.length) return
      if (view.hasFocus) presence.set({ caret: selectionIn(text, view.state.selection.main) })
      else leave()
    })
  }

  /** Whoever is in another text by now has said so. */
  function leave(): void {
    if (isHere()) presence.set({ caret: null })
  }

  /** @param moved - whether the text has changed, so that the same anchors may be elsewhere */
  function drawSoon(moved: boolean): void {
    if (moved) drawn = ''
    if (drawing) return
    drawing = true
    queueMicrotask(() => {
      drawing = false
      const text = latest()
      const others = caretsOf(people.getSnapshot(), path)
      const asked = JSON.stringify(others)
      if (destroyed || !text || asked === drawn) return
      drawn = asked
      view.dispatch({ effects: caretsMoved.of(others.flatMap(other => caretIn(text, other))) })
    })
  }

  const unsubscribe = people.subscribe(() => drawSoon(false))
  drawSoon(true)

  return {
    update(update: ViewUpdate) {
      if (update.selectionSet || update.docChanged || update.focusChanged) showSoon()
      // An anchor may name a character that has only now arrived.
      if (update.transactions.some(each => each.docChanged && each.annotation(Transaction.remote))) drawSoon(true)
    },
    destroy() {
      destroyed = true
      unsubscribe()
      leave()
    },
  }
}

function caretsOf(people: readonly Participant<CaretPresence>[], path: string): readonly RemoteCaret[] {
  return people.flatMap(({ name, colour, peers }) =>
    peers.flatMap(({ id, self, presence: { caret } }) =>
      self || caret?.text !== path ? [] : [{ ...caret, id, name, colour }],
    ),
  )
}

function selectionIn(text: TextValue, { anchor, head }: { anchor: number; head: number }): TextCaret {
  // A selection holds on to the characters in it, a caret to the one before it.
  return {
    text: text.path,
    anchor: text.anchor(anchor, anchor < head ? 'after' : 'before'),
    head: text.anchor(head, head < anchor ? 'after' : 'before'),
  }
}

function caretIn(text: TextValue, { id, name, colour, anchor, head }: RemoteCaret): Caret[] {
  const from = text.indexOf(anchor)
  const to = text.indexOf(head)
  return from === null || to === null ? [] : [{ id, name, colour, anchor: from, head: to, place: `${anchor} ${head}` }]
}
