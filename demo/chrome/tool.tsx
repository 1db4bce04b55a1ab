/** A button with a picture, and with words where there is room for them. */
import { Icon, type IconName } from './icon.tsx'

interface ToolProps {
  readonly id: string
  readonly icon: IconName
  readonly label?: string
  readonly title: string
  readonly off: boolean
  readonly onClick: () => void
}

export function Tool({ id, icon, label, title, off, onClick }: ToolProps) {
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
      <Icon name={icon} />
      {label && <span>{label}</span>}
    </button>
  )
}
