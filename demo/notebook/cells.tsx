/** The cells in their order, the places between them, and the keys of the command mode. */
import { Fragment, type KeyboardEvent, useEffect, useLayoutEffect, useRef } from 'react'
import { notebookSchema } from 'supermesh/jupyter'
import { useObservable, usePresence } from 'supermesh/react'
import { Boundary } from '../chrome/boundary.tsx'
import { Icon } from '../chrome/icon.tsx'
import type { CellActions, Selection } from './cell-actions.ts'
import { BrokenCell, CellView } from './cell-view.tsx'
import { commandOf } from './command-keys.ts'
import type { NotebookSession } from './session.ts'

interface CellsProps {
  readonly session: NotebookSession
  readonly selection: Selection
  readonly readOnly: boolean
  readonly actions: CellActions
}

/** What somebody may do who may only look. */
const HARMLESS: readonly string[] = ['previous', 'next', 'show-keys']

export function Cells({ session, selection, readOnly, actions }: CellsProps) {
  const { notebook } = session
  const cells = useObservable(notebook.cells)
  const [, say] = usePresence(notebookSchema)
  const pending = useRef('')
  const section = useRef<HTMLElement>(null)
  const isEmpty = cells.length === 0

  useEffect(() => say({ cell: selection.id }), [say, selection.id])

  // The keys of an empty notebook, such as those that insert or bring back a cell, are heard here.
  useEffect(() => {
    if (isEmpty && document.activeElement === document.body) section.current?.focus()
  }, [isEmpty])

  // When the selected cell is taken away, by an undo or by somebody else, the keys go to what stands in its place.
  const place = useRef(0)
  const at = cells.findIndex(({ id }) => id === selection.id)
  useLayoutEffect(() => {
    const heir = cells[Math.min(place.current, cells.length - 1)]
    if (at >= 0) place.current = at
    else if (selection.id !== null && heir && document.activeElement === document.body) actions.select(heir.id, false)
  }, [at, cells, selection.id, actions])

  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    // Keys in editors, buttons and fields are theirs: only those of a cell itself are commands, and not while its editor
    // is on its way.
    const { target } = event
    const isCell = target instanceof HTMLElement && target.matches('article')
    const id = isCell ? target.dataset.cellId : target === section.current && isEmpty ? '' : undefined
    if (id === undefined || (selection.editing && selection.id === id && !readOnly)) return
    const [command, waiting] = commandOf(pending.current, event)
    pending.current = waiting
    if (!command || (readOnly && !HARMLESS.includes(command))) return
    event.preventDefault()
    actions.perform(command, id)
  }

  return (
    <section
      ref={section}
      className="cells"
      aria-label="Cells"
      tabIndex={isEmpty ? 0 : undefined}
      onKeyDown={onKeyDown}
    >
      {isEmpty && <p className="cells-empty">This notebook has no cells.</p>}
      {cells.map((cell, index) => (
        <Fragment key={cell.id}>
          <Boundary of={cell} instead={<BrokenCell id={cell.id} actions={actions} />}>
            <CellView
              cell={cell}
              selected={cell.id === selection.id}
              editing={cell.id === selection.id && selection.editing}
              readOnly={readOnly}
              session={session}
              actions={actions}
            />
          </Boundary>
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
