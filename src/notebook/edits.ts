/**
 * What people do to the cells of a notebook, as transactions. Pure: knows tables, not rooms.
 */
import { NOTEBOOK_ID, type NotebookTables } from '../jupyter/schema.ts'
import type { ListDraft, Readers, Transaction } from '../store/record.ts'
import type { Notebook } from './notebook.ts'

type Edits = Pick<
  Notebook,
  'rename' | 'addCell' | 'removeCell' | 'restoreCell' | 'moveCell' | 'setCellType' | 'clearOutputs'
>

/** @param mintId - a new id for a cell in files, see `CELL_ID` */
export function createEdits(
  tables: Readers<NotebookTables>,
  edit: (write: (transaction: Transaction<NotebookTables>) => void, label: string) => unknown,
  mintId: () => string,
): Edits {
  const withList = (
    label: string,
    change: (list: ListDraft<string>, transaction: Transaction<NotebookTables>) => void,
  ) => void edit(tx => change(tx.notebooks.get(NOTEBOOK_ID).cells, tx), label)

  /** The list may hold ids that are not shown: `index` counts shown cells. */
  function placeIn(ids: readonly string[], index: number): number {
    const shown = ids.filter((id, at) => tables.cells.has(id) && ids.indexOf(id) === at)
    const before = shown[index]
    return before === undefined ? ids.length : ids.indexOf(before)
  }

  return {
    rename: title => void edit(tx => tx.notebooks.update(NOTEBOOK_ID, { title }), 'renaming'),
    addCell(type, index, source = '') {
      let id = ''
      withList('adding a cell', (list, tx) => {
        id = tx.cells.create({ type, source, fileId: mintId() })
        list.splice(placeIn(list.toArray(), index), 0, [id])
      })
      return id
    },
    removeCell: id =>
      withList('deleting a cell', (list, tx) => {
        for (let at = list.toArray().indexOf(id); at >= 0; at = list.toArray().indexOf(id)) list.splice(at, 1, [])
        if (tx.cells.has(id)) tx.cells.remove(id)
      }),
    restoreCell: (id, index) =>
      withList('bringing a cell back', (list, tx) => {
        if (!list.toArray().includes(id)) list.splice(placeIn(list.toArray(), index), 0, [id])
        // A record that is created again holds what it held.
        if (!tx.cells.has(id)) tx.cells.create({}, { id })
      }),
    moveCell: (id, index) =>
      withList('moving a cell', list => {
        const ids = list.toArray()
        const from = ids.indexOf(id)
        if (from >= 0) list.move(from, placeIn(ids.toSpliced(from, 1), index))
      }),
    setCellType: (id, type) => void edit(tx => tx.cells.update(id, { type }), 'changing a cell'),
    clearOutputs: () =>
      withList('clearing outputs', (list, tx) => {
        for (const id of list.toArray()) {
          if (tables.cells.get(id)?.execution != null) tx.cells.update(id, { execution: null })
        }
      }),
  }
}
