/** The cells in their order, the places between them, and the keys of the command mode. */
import { Fragment, type KeyboardEvent, useEffect, useMemo, useRef } from 'react'
import { useObservable } from 'supermesh/react'
import { Icon } from '../chrome/icon.tsx'
import type { CellActions, Selection } from './cell-actions.ts'
import { createCellPresence } from './cell-presence.ts'
import { CellView } from './cell-view.tsx'
import { commandOf } from './command-keys.ts'
import type { NotebookSession } from './session.ts'

interface CellsProps {
  readonly session: NotebookSession
  readonly selection: Selection
  readonly readOnly: boolean
  readonly actions: CellActions
}

/** What somebody may do who may only look. */
const HARMLESS: readonly string[] = ['previous', 'next']

export function Cells({ session, selection, readOnly, actions }: CellsProps) {
  const { room, notebook } = session
  const cells = useObservable(notebook.cells)
  const presence = useMemo(() => createCellPresence(room), [room])
  const pending = useRef('')

  useEffect(() => presence.enter(selection.id), [presence, selection.id])

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    // Keys in editors, buttons and fields are theirs: only those of a cell itself are commands, and not while its editor
    // is on its way.
    const { target } = event
    const id = target instanceof HTMLElement && target.matches('article') ? target.dataset.cellId : undefined
    if (id === undefined || (selection.editing && selection.id === id && !readOnly)) return
    const [command, waiting] = commandOf(pending.current, event)
    pending.current = waiting
    if (!command || (readOnly && !HARMLESS.includes(command))) return
    event.preventDefault()
    actions.perform(command, id)
  }

  return (
    <section className="cells" aria-label="Cells" onKeyDown={onKeyDown}>
      {cells.length === 0 && <p className="cells-empty">This notebook has no cells.</p>}
      {cells.map((cell, index) => (
        <Fragment key={cell.id}>
          <CellView
            cell={cell}
            selected={cell.id === selection.id}
            editing={cell.id === selection.id && selection.editing}
            readOnly={readOnly}
            session={session}
            presence={presence}
            actions={actions}
          />
          {!readOnly && index < cells.length - 1 && <Insert index={index + 1} actions={actions} />}
        </Fragment>
      ))}
      {!readOnly && <Insert index={cells.length} actions={actions} last />}
    </section>
  )
}

interface InsertProps {
  readonly index: number
  readonly actions: CellActions
  readonly last?: boolean
}

function Insert({ index, actions, last = false }: InsertProps) {
  return (
    <div className={last ? 'insert insert-last' : 'insert'}>
      <button type="button" onClick={() => actions.insert('code', index)} aria-label="Insert a code cell here">
        <Icon name="plus" />
        Code
      </button>
      <button type="button" onClick={() => actions.insert('markdown', index)} aria-label="Insert a Markdown cell here">
        <Icon name="plus" />
        Markdown
      </button>
    </div>
  )
}
