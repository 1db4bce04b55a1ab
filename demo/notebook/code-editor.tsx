/** A cell's text in CodeMirror. Made once for each cell; everything that changes later goes through compartments. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, indentWithTab } from '@codemirror/commands'
import { markdown } from '@codemirror/lang-markdown'
import { python } from '@codemirror/lang-python'
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { Compartment, EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import { classHighlighter } from '@lezer/highlight'
import { useLayoutEffect, useRef } from 'react'
import type { TextValue } from 'supermesh'
import { type CaretRoom, type EditorUndo, editorExtension } from 'supermesh/codemirror'
import type { CellType } from 'supermesh/jupyter'
import { STYLE_NONCE } from '../page-policy.ts'
import { type EditorKeys, editorKeys } from './editor-keys.ts'

export interface CodeEditorProps {
  readonly type: CellType
  readonly text: TextValue
  readonly room: CaretRoom
  /** Of this cell. */
  readonly undo: EditorUndo
  readonly readOnly: boolean
  /** Whether the keys should go here. */
  readonly focused: boolean
  readonly keys: EditorKeys
  readonly onFocus: () => void
}

const LANGUAGES = {
  code: () => [python(), indentUnit.of('    ')],
  markdown: () => [markdown(), EditorView.lineWrapping],
  raw: () => [EditorView.lineWrapping],
} as const satisfies Record<CellType, () => unknown>

const HINTS: Readonly<Record<CellType, string>> = { code: 'Python', markdown: 'Write in Markdown', raw: 'Text' }

export function CodeEditor(props: CodeEditorProps) {
  const { type, readOnly, focused } = props
  const host = useRef<HTMLDivElement>(null)
  const editor = useRef<{ view: EditorView; configure: (type: CellType, readOnly: boolean) => void } | null>(null)
  const newest = useRef(props)
  newest.current = props

  useLayoutEffect(() => {
    if (!host.current) return
    const { text, room, undo } = newest.current
    const settings = new Compartment()
    const settingsFor = (type: CellType, readOnly: boolean) => [
      LANGUAGES[type](),
      placeholder(HINTS[type]),
      EditorState.readOnly.of(readOnly),
      EditorView.editable.of(!readOnly),
      EditorView.contentAttributes.of({ 'aria-label': `${HINTS[type]} cell`, dir: type === 'code' ? 'ltr' : 'auto' }),
    ]
    const view = new EditorView({
      parent: host.current,
      state: EditorState.create({
        doc: text.toString(),
        extensions: [
          EditorView.cspNonce.of(STYLE_NONCE),
          editorExtension(text, { presence: room, undo }),
          settings.of(settingsFor(newest.current.type, newest.current.readOnly)),
          Prec.high(keymap.of(editorKeys(() => newest.current.keys))),
          indentOnInput(),
          bracketMatching(),
          closeBrackets(),
          // On demand, as in Jupyter: what opens by itself would take the Escape that leaves the cell.
          autocompletion({ activateOnTyping: false }),
          syntaxHighlighting(classHighlighter),
          keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...completionKeymap, indentWithTab]),
          EditorView.focusChangeEffect.of((_, gained) => {
            if (gained) queueMicrotask(() => newest.current.onFocus())
            return null
          }),
        ],
      }),
    })
    editor.current = {
      view,
      configure: (type, readOnly) => view.dispatch({ effects: settings.reconfigure(settingsFor(type, readOnly)) }),
    }
    return () => {
      editor.current = null
      view.destroy()
    }
  }, [])

  useLayoutEffect(() => editor.current?.configure(type, readOnly), [type, readOnly])
  useLayoutEffect(() => {
    if (focused && !editor.current?.view.hasFocus) editor.current?.view.focus()
  }, [focused])

  return <div ref={host} className={`editor editor-${type}`} />
}
