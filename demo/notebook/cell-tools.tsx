/** What can be done with the selected cell, by pointer. */
import type { Cell } from 'supermesh/jupyter'
import { Icon } from '../chrome/icon.tsx'
import type { CellActions } from './cell-actions.ts'

export function CellTools({ cell, actions }: { readonly cell: Cell; readonly actions: CellActions }) {
  const { id, type } = cell
  const other = type === 'code' ? 'markdown' : 'code'
  return (
    <div className="cell-tools" role="toolbar" aria-label="Cell">
      <Tool
        label={other === 'code' ? 'Make it code (Y)' : 'Make it Markdown (M)'}
        icon={other === 'code' ? 'code' : 'text'}
      >
        {() => actions.setType(id, other)}
      </Tool>
      <Tool label="Move up" icon="up">
        {() => actions.perform('move-up', id)}
      </Tool>
      <Tool label="Move down" icon="down">
        {() => actions.perform('move-down', id)}
      </Tool>
      <Tool label="Delete (D, D)" icon="bin">
        {() => actions.perform('remove', id)}
      </Tool>
    </div>
  )
}

interface ToolProps {
  readonly label: string
  readonly icon: Parameters<typeof Icon>[0]['name']
  readonly children: () => void
}

function Tool({ label, icon, children }: ToolProps) {
  return (
    <button type="button" className="quiet" aria-label={label} title={label} onClick={children}>
      <Icon name={icon} />
    </button>
  )
}
