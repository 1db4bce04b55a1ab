/** Undo and redo of a room, as buttons and as keys wherever no text has them. */
import { useEffect, useRef } from 'react'
import type { UndoState } from 'supermesh'
import { Tool } from './tool.tsx'

interface UndoButtonsProps extends UndoState {
  undo(): void
  redo(): void
}

export function UndoButtons(props: UndoButtonsProps) {
  const { canUndo, canRedo, undoLabel, redoLabel, undo, redo } = props
  const newest = useRef(props)
  newest.current = props

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const isUndo = event.key.toLowerCase() === 'z'
      const inText = event.target instanceof HTMLElement && event.target.closest('input, textarea, [contenteditable]')
      if (!(event.ctrlKey || event.metaKey) || event.altKey || inText || event.defaultPrevented) return
      if (!isUndo && event.key !== 'y') return
      event.preventDefault()
      if (isUndo && !event.shiftKey) newest.current.undo()
      else newest.current.redo()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])

  return (
    <>
      <Tool id="undo" icon="undo" title={`Undo ${undoLabel}`.trim()} off={!canUndo} onClick={undo} />
      <Tool id="redo" icon="redo" title={`Redo ${redoLabel}`.trim()} off={!canRedo} onClick={redo} />
    </>
  )
}
