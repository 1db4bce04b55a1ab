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
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.defaultPrevented || isWriting(event.target)) return
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
      <Tool id="undo" icon="undo" title={titleOf('Undo', undoLabel, 'Ctrl+Z')} off={!canUndo} onClick={undo} />
      <Tool id="redo" icon="redo" title={titleOf('Redo', redoLabel, 'Ctrl+Y')} off={!canRedo} onClick={redo} />
    </>
  )
}

const titleOf = (verb: string, label: string, key: string) => `${verb}${label && ` ${label}`} (${key})`

/** Whether the keys belong to a text: an empty one has nothing to undo. */
function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement && ['checkbox', 'radio', 'button'].includes(target.type)) return false
  if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return target.value !== ''
  return target.closest('[contenteditable="true"]') !== null
}
