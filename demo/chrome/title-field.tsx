/** A title that is edited where it stands. Others see it when it is finished. */
interface TitleFieldProps {
  readonly value: string
  readonly disabled: boolean
  readonly onChange: (title: string) => void
}

export function TitleField({ value, disabled, onChange }: TitleFieldProps) {
  return (
    <input
      key={value}
      className="title"
      data-testid="title"
      dir="auto"
      aria-label="Title"
      placeholder="Untitled"
      defaultValue={value}
      disabled={disabled}
      maxLength={200}
      onBlur={({ currentTarget }) => {
        const title = currentTarget.value.trim()
        if (title !== '' && title !== value) onChange(title)
        else currentTarget.value = value
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Escape') currentTarget.value = value
        if (key === 'Enter' || key === 'Escape') currentTarget.blur()
      }}
    />
  )
}
