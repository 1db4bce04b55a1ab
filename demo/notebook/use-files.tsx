/** Notebooks as files: chosen or dropped on the page, and saved. */
import { type DragEvent, type ReactNode, useRef, useState } from 'react'
import type { Notebook } from 'supermesh/jupyter'
import { Confirm } from '../chrome/confirm.tsx'
import { saveFile } from '../chrome/save-file.ts'

export interface NotebookFiles {
  choose(): void
  save(): void
  /** For the element on which files may be dropped. */
  readonly onDragOver: (event: DragEvent) => void
  readonly onDrop: (event: DragEvent) => void
  /** The hidden field, and what has to be asked or told. */
  readonly parts: ReactNode
}

/** @param onReplaced - called when a file's cells are in the place of those that were here */
export function useFiles(notebook: Notebook, readOnly: boolean, onReplaced: () => void): NotebookFiles {
  const field = useRef<HTMLInputElement>(null)
  const [asking, setAsking] = useState<File | null>(null)
  const [told, setTold] = useState('')

  const replace = async (file: File) => {
    const result = notebook.importFile(new Uint8Array(await file.arrayBuffer()), file.name)
    if (result.ok) onReplaced()
    setTold(result.ok ? result.migrations.join(' ') : result.sentence)
  }
  const take = (file: File | undefined) => {
    if (!file || readOnly) return
    if (notebook.empty) void replace(file)
    else setAsking(file)
  }

  return {
    choose: () => field.current?.click(),
    save: () =>
      saveFile(
        new Blob([notebook.exportFile()], { type: 'application/x-ipynb+json' }),
        notebook.title.getSnapshot(),
        'ipynb',
      ),
    onDragOver: event => {
      if (event.dataTransfer.types.includes('Files')) event.preventDefault()
    },
    onDrop: event => {
      if (event.dataTransfer.files.length === 0) return
      event.preventDefault()
      take(event.dataTransfer.files[0])
    },
    parts: (
      <>
        <input
          ref={field}
          type="file"
          hidden
          accept=".ipynb,application/x-ipynb+json,application/json"
          data-testid="import-file"
          onChange={({ currentTarget }) => {
            take(currentTarget.files?.[0])
            currentTarget.value = ''
          }}
        />
        {asking && (
          <Confirm
            title="Replace this notebook?"
            sentence={`The cells of ${asking.name} take the place of those that are here, for everybody in the room.`}
            action="Replace"
            onConfirm={() => void replace(asking)}
            onClose={() => setAsking(null)}
          />
        )}
        {told && (
          <div className="banner" role="status" data-testid="import-notice">
            <p dir="auto">{told}</p>
            <button type="button" onClick={() => setTold('')}>
              OK
            </button>
          </div>
        )}
      </>
    ),
  }
}
