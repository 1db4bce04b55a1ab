/** What can be done with the whole notebook. */
import { type Notebook, notebookSchema } from 'supermesh/jupyter'
import { useObservable, useUndo } from 'supermesh/react'
import { Confirm } from '../chrome/confirm.tsx'
import { Tool } from '../chrome/tool.tsx'
import { UndoButtons } from '../chrome/undo-buttons.tsx'
import { KernelChip, KernelPanel } from './kernel-panel.tsx'
import { KeysDialog } from './keys-dialog.tsx'
import type { NotebookFiles } from './use-files.tsx'

/** What people write; never what was run. */
const UNDO = { tables: ['notebooks', 'cells'] } as const

export type Panel = 'kernel' | 'restart' | 'keys'

interface ToolbarProps {
  readonly notebook: Notebook
  readonly readOnly: boolean
  /** Whether there is a notebook to be saved. */
  readonly isHere: boolean
  readonly files: NotebookFiles
  /** What is open in front of the notebook. */
  readonly panel: Panel | null
  readonly onPanel: (panel: Panel | null) => void
  readonly onRun: () => void
  readonly onAdd: (type: 'code' | 'markdown') => void
}

export function Toolbar({ notebook, readOnly, isHere, files, panel, onPanel, onRun, onAdd }: ToolbarProps) {
  const { state } = useObservable(notebook.supernode)
  const undo = useUndo(notebookSchema, UNDO)
  const close = () => onPanel(null)
  return (
    <div className="bar tools" role="toolbar" aria-label="Notebook">
      <Tool
        id="run"
        icon="run"
        label="Run"
        title="Run the selected cell and go on (Shift+Enter)"
        off={readOnly}
        onClick={onRun}
      />
      <Tool
        id="run-all"
        icon="run-all"
        label="Run all"
        title="Run all cells"
        off={readOnly}
        onClick={notebook.runAll}
      />
      <Tool
        id="interrupt"
        icon="stop"
        title="Interrupt (I, I)"
        off={readOnly || state !== 'busy'}
        onClick={notebook.interrupt}
      />
      <Tool
        id="restart"
        icon="restart"
        title="Restart (0, 0)"
        off={readOnly || state === 'nobody'}
        onClick={() => onPanel('restart')}
      />
      <span className="tools-gap" />
      <Tool
        id="add-code"
        icon="plus"
        label="Code"
        title="Add a code cell"
        off={readOnly}
        onClick={() => onAdd('code')}
      />
      <Tool
        id="add-markdown"
        icon="plus"
        label="Markdown"
        title="Add a Markdown cell"
        off={readOnly}
        onClick={() => onAdd('markdown')}
      />
      <span className="tools-gap" />
      <UndoButtons {...undo} />
      <span className="tools-gap" />
      <Tool id="import" icon="upload" title="Import a notebook" off={readOnly} onClick={files.choose} />
      <Tool id="export" icon="download" title="Export as .ipynb" off={!isHere} onClick={files.save} />
      <Tool id="keys" icon="keys" title="Keys (H)" off={false} onClick={() => onPanel('keys')} />
      <KernelChip notebook={notebook} onOpen={() => onPanel('kernel')} />
      {panel === 'kernel' && <KernelPanel notebook={notebook} onClose={close} />}
      {panel === 'keys' && <KeysDialog onClose={close} />}
      {panel === 'restart' && (
        <Confirm
          title="Restart the kernel?"
          sentence="All variables are lost, for everybody in the room. Cells and outputs stay."
          action="Restart"
          onConfirm={notebook.restart}
          onClose={close}
        />
      )}
    </div>
  )
}
