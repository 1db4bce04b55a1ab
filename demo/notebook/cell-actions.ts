/** What can be done with cells, and where the selection goes afterwards. */
import type { Cell, CellType, Notebook } from 'supermesh/jupyter'
import type { Command } from './command-keys.ts'

/** `editing`: the keys go into the cell's text; otherwise they are commands. */
export interface Selection {
  readonly id: string | null
  readonly editing: boolean
}

export interface RemovedCell {
  readonly type: CellType
  readonly source: string
  readonly index: number
}

export interface CellActions {
  select(id: string, editing: boolean): void
  /** Selects the cell `by` places further; `false` at the end. */
  step(id: string, by: 1 | -1, editing: boolean): boolean
  insert(type: CellType, index: number): void
  perform(command: Command, id: string): void
  setType(id: string, type: CellType): void
  undoRemove(): void
}

interface Hands {
  readonly notebook: Notebook
  setSelection(selection: Selection): void
  /** Says what was removed last, so that the page can offer it back; `null` when it is back. */
  setRemoved(cell: RemovedCell | null): void
}

export function createCellActions({ notebook, setSelection, setRemoved }: Hands): CellActions {
  let removed: RemovedCell | null = null

  const cells = () => notebook.cells.getSnapshot()
  const indexOf = (id: string) => cells().findIndex(cell => cell.id === id)
  const remember = (cell: RemovedCell | null) => {
    removed = cell
    setRemoved(cell)
  }

  function remove(cell: Cell, index: number): void {
    const neighbour = cells()[index + 1] ?? cells()[index - 1]
    remember({ type: cell.type, source: cell.source.toString(), index })
    notebook.removeCell(cell.id)
    setSelection({ id: neighbour?.id ?? null, editing: false })
  }

  function goOn(index: number): void {
    const next = cells()[index + 1]
    if (next) setSelection({ id: next.id, editing: false })
    else actions.insert('code', index + 1)
  }

  const actions: CellActions = {
    select: (id, editing) => setSelection({ id, editing }),
    step(id, by, editing) {
      const to = cells()[indexOf(id) + by]
      if (to) setSelection({ id: to.id, editing })
      return to !== undefined
    },
    insert: (type, index) => setSelection({ id: notebook.addCell(type, index), editing: true }),
    setType: (id, type) => notebook.setCellType(id, type),
    undoRemove() {
      if (!removed) return
      const { type, index, source } = removed
      setSelection({ id: notebook.addCell(type, index, source), editing: false })
      remember(null)
    },
    perform(command, id) {
      const index = indexOf(id)
      const cell = cells()[index]
      if (!cell) return
      const stay = () => setSelection({ id, editing: false })
      switch (command) {
        case 'edit':
          return setSelection({ id, editing: true })
        case 'previous':
          return void actions.step(id, -1, false)
        case 'next':
          return void actions.step(id, 1, false)
        case 'insert-above':
          return actions.insert('code', index)
        case 'insert-below':
          return actions.insert('code', index + 1)
        case 'remove':
          return remove(cell, index)
        case 'undo-remove':
          return actions.undoRemove()
        case 'to-markdown':
          return notebook.setCellType(id, 'markdown')
        case 'to-code':
          return notebook.setCellType(id, 'code')
        case 'move-up':
          if (index > 0) notebook.moveCell(id, index - 1)
          return
        case 'move-down':
          if (index < cells().length - 1) notebook.moveCell(id, index + 1)
          return
        case 'run':
          if (cell.type === 'code') notebook.run(id)
          return stay()
        case 'run-and-go-on':
          if (cell.type === 'code') notebook.run(id)
          return goOn(index)
        case 'run-and-insert':
          if (cell.type === 'code') notebook.run(id)
          return actions.insert('code', index + 1)
      }
    },
  }
  return actions
}
