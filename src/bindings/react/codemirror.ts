/** `supermesh/react/codemirror`: a shared text in CodeMirror 6, as a hook. */
import { EditorState, type Extension } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { type RefCallback, useCallback, useRef } from 'react'
import type { TextValue } from '../../store/record.ts'
import { type CaretRoom, type EditorUndo, editorExtension } from '../codemirror/index.ts'
import { useAnyRoom } from './room-context.ts'

export interface CodeMirrorOptions {
  /** Whatever else the editor shall do; read when it is made. */
  readonly extensions?: Extension
  /** Where undo and redo go. Without it, add `history()` to the extensions. */
  readonly undo?: EditorUndo
}

/**
 * For `ref` of an element that becomes the editor of `text`. Carets are shared when the schema of the room has
 * `presence: { caret: caret() }`.
 */
export function useCodeMirror(text: TextValue | undefined, options: CodeMirrorOptions = {}): RefCallback<HTMLElement> {
  const room = useAnyRoom()
  const newest = useRef({ text, options })
  newest.current = { text, options }
  const view = useRef<EditorView | null>(null)
  const path = text?.path
  return useCallback(
    parent => {
      view.current?.destroy()
      view.current = null
      const { text: now, options: how } = newest.current
      if (!parent || !now || now.path !== path) return
      const shared = editorExtension(now, {
        ...('caret' in room.schema.presence && { presence: room as unknown as CaretRoom }),
        ...(how.undo && { undo: how.undo }),
      })
      const doc = now.latest()?.toString() ?? ''
      view.current = new EditorView({
        parent,
        state: EditorState.create({ doc, extensions: [shared, how.extensions ?? []] }),
      })
    },
    [path, room],
  )
}
