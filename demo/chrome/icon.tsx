/** The few pictures of the demo, drawn with the text's colour. */
const PATHS = {
  run: 'M7 5v14l12-7z',
  'run-all': 'M4 5v14l9-7zM13 5v14l9-7z',
  stop: 'M6 6h12v12H6z',
  restart: 'M20 11a8 8 0 1 0-2.3 6.3M20 4v7h-7',
  undo: 'M8 5L4 9l4 4M4 9h10a5 5 0 0 1 0 10h-4',
  redo: 'M16 5l4 4-4 4M20 9H10a5 5 0 0 0 0 10h4',
  plus: 'M12 5v14M5 12h14',
  up: 'M6 14l6-6 6 6',
  down: 'M6 10l6 6 6-6',
  bin: 'M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13',
  share: 'M12 15V4M8 8l4-4 4 4M5 13v6h14v-6',
  download: 'M12 4v11M8 11l4 4 4-4M5 19h14',
  upload: 'M12 15V4M8 8l4-4 4 4M5 19h14',
  more: 'M5 12h.01M12 12h.01M19 12h.01',
  settings: 'M4 8h8M16 8h4M4 16h4M12 16h8M14 6v4M10 14v4',
  copy: 'M9 9h10v11H9zM5 15V4h10',
  close: 'M6 6l12 12M18 6L6 18',
  check: 'M5 12l5 5L19 7',
  home: 'M4 11l8-7 8 7v9h-5v-6H9v6H4z',
  chip: 'M7 7h10v10H7zM10 3v4M14 3v4M10 17v4M14 17v4M3 10h4M3 14h4M17 10h4M17 14h4',
  keys: 'M3 6h18v12H3zM7 10h.01M11 10h.01M15 10h.01M8 14h8',
  text: 'M5 6h14M12 6v13',
  code: 'M9 7l-5 5 5 5M15 7l5 5-5 5',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
