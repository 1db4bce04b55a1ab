/** One of a few, side by side. */
interface SegmentsProps<Option extends string> {
  readonly label: string
  readonly options: readonly Option[]
  readonly chosen: Option
  readonly onChoose: (option: Option) => void
}

export function Segments<Option extends string>({ label, options, chosen, onChoose }: SegmentsProps<Option>) {
  return (
    <fieldset className="segments">
      <legend className="visually-hidden">{label}</legend>
      {options.map(option => (
        <label key={option}>
          <input type="radio" name={label} checked={chosen === option} onChange={() => onChoose(option)} />
          <span>{option}</span>
        </label>
      ))}
    </fieldset>
  )
}
