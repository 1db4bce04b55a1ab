/** What can be done with cells, and where the selection goes afterwards. */
import type { Cell, CellType, Notebook } from 'supermesh/jupyter'
import type { Command } from './command-keys.ts'

/** `editing`: the keys go into the cell's text; otherwise they are commands. */
export interface Selection {
  readonly id: string | null
  readonly editing: boolean
}

export interface RemovedCell {
  readonly id: string
  readonly index: number
}

/** What a key asks for that concerns no cell. */
export type PageCommand = Extract<Command, 'interrupt' | 'restart' | 'show-keys'>

export interface CellActions {
  select(id: string, editing: boolean): void
  /** Selects the cell `by` places further; `false` at the end. */
  step(id: string, by: 1 | -1, editing: boolean): boolean
  /** A new cell, and the keys go into its text. */
  insert(type: CellType, index: number): void
  /** @param id - of the selected cell; empty when there is none */
  perform(command: Command, id: string): void
  setType(id: string, type: CellType): void
  /** Brings back what was removed last; called again, what was removed before that. */
  undoRemove(): void
}

interface Hands {
  readonly notebook: Notebook
  setSelection(selection: Selection): void
  /** Says what was removed last, so that the page can offer it back; `null` when it is back. */
  setRemoved(cell: RemovedCell | null): void
  obey(command: PageCommand): void
}

export function createCellActions({ notebook, setSelection, setRemoved, obey }: Hands): CellActions {
  const removed: RemovedCell[] = []
  /** What was cut or copied last. */
  let held: { readonly id: string; readonly type: CellType; readonly source: string } | null = null

  const cells = () => notebook.cells.getSnapshot()
  const indexOf = (id: string) => cells().findIndex(cell => cell.id === id)
  const hold = ({ id, type, source }: Cell) => {
    held = { id, type, source: source.toString() }
  }

  function remove(cell: Cell, index: number): void {
    const neighbour = cells()[index + 1] ?? cells()[index - 1]
    const last = { id: cell.id, index }
    removed.push(last)
    setRemoved(last)
    notebook.removeCell(cell.id)
    setSelection({ id: neighbour?.id ?? null, editing: false })
  }

  /** A cell that was cut comes back whole, once; after that, and of one that is still there, a copy is made. */
  function paste(index: number): void {
    if (!held) return
    const { id, type, source } = held
    const isCut = removed.some(cell => cell.id === id) && indexOf(id) < 0
    if (isCut) restore(id, index)
    else setSelection({ id: notebook.addCell(type, index, source), editing: false })
  }

  function restore(id: string, index: number): void {
    removed.splice(0, removed.length, ...removed.filter(cell => cell.id !== id))
    notebook.restoreCell(id, index)
    setRemoved(null)
    setSelection({ id, editing: false })
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
      const last = removed.at(-1)
      if (last) restore(last.id, last.index)
    },
    perform(command, id) {
      const index = indexOf(id)
      const stay = () => setSelection({ id, editing: false })
      const insertQuietly = (at: number) => setSelection({ id: notebook.addCell('code', at), editing: false })
      switch (command) {
        case 'insert-above':
          return insertQuietly(Math.max(index, 0))
        case 'insert-below':
          return insertQuietly(index + 1)
        case 'paste':
          return paste(index + 1)
        case 'undo-remove':
          return actions.undoRemove()
        case 'interrupt':
        case 'restart':
        case 'show-keys':
          return obey(command)
      }
      const cell = cells()[index]
      if (!cell) return
      switch (command) {
        case 'edit':
          return setSelection({ id, editing: true })
        case 'previous':
          return void actions.step(id, -1, false)
        case 'next':
          return void actions.step(id, 1, false)
        case 'remove':
          return remove(cell, index)
        case 'cut':
          hold(cell)
          return remove(cell, index)
        case 'copy':
          return hold(cell)
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
