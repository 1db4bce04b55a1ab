/** Undo and redo of a room, as buttons and as keys wherever no text has them. */
import { useEffect, useRef } from 'react'
import type { UndoState } from 'supermesh'
import { Icon } from './icon.tsx'

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
      <Button id="undo" title={`Undo ${undoLabel}`.trim()} off={!canUndo} onClick={undo} />
      <Button id="redo" title={`Redo ${redoLabel}`.trim()} off={!canRedo} onClick={redo} />
    </>
  )
}

interface ButtonProps {
  readonly id: 'undo' | 'redo'
  readonly title: string
  readonly off: boolean
  readonly onClick: () => void
}

function Button({ id, title, off, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      className="quiet"
      data-testid={id}
      aria-label={title}
      title={title}
      disabled={off}
      onClick={onClick}
    >
      <Icon name={id} />
    </button>
  )
}
