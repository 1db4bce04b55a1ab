/**
 * A notebook as a room keeps it: what people edit as plain fields, everything else as the JSON it was.
 *
 * A *shape* is the JSON of an object with the edited fields reduced to placeholders. It keeps key order, metadata,
 * attachments and fields that nobody here knows, so that a notebook which nobody touched is exported byte-equal to its
 * file. A shape never changes after import; where it contradicts a field of the model, the field wins.
 *
 * Format: nbformat 4 (https://nbformat.readthedocs.io/en/latest/format_description.html).
 */
import { type JsonStyle, type JsonText, type JsonValue, JUPYTER_STYLE, toJsonText } from '../json-text.ts'

/** How the file is laid out as text. */
export interface NotebookFormat extends JsonStyle {
  readonly finalNewline: boolean
  /** Whether the file begins with a byte order mark. */
  readonly byteOrderMark: boolean
}

export const JUPYTER_FORMAT: NotebookFormat = { ...JUPYTER_STYLE, finalNewline: true, byteOrderMark: false }

/** The three that are known, or the name of a type of a later minor version. */
export type CellType = 'code' | 'markdown' | 'raw' | (string & {})

export interface CellModel {
  /** Unique in the notebook; the file's own id where it has a valid one. */
  readonly id: string
  readonly type: CellType
  /** The lines of the file, joined with nothing. */
  readonly source: string
  /** Each an output as JSON, see `output.ts`; always empty unless `type` is `code`. */
  readonly outputs: readonly JsonText[]
  /** The prompt number; `null` when the cell has not run or is not code. */
  readonly executionCount: number | null
  /**
   * The cell as the file has it; `null` for a cell made here. Placeholders: `source` is `""` when it was one string,
   * `[]` when it was a list of lines, and the list itself when it was split in an unusual way; `outputs` is `[]`;
   * `execution_count` is `null`, or the number itself when it was spelled in an unusual way (`1.0`).
   */
  readonly shape: JsonText | null
}

export interface NotebookModel {
  /** The notebook object with `cells` emptied. */
  readonly shape: JsonText
  readonly format: NotebookFormat
  /** The language of code cells as the metadata name it, for instance `python`. Read from `shape`, not written back. */
  readonly language: string
  readonly cells: readonly CellModel[]
}

/** Since this minor version of nbformat 4 every cell has an id. */
export const FIRST_MINOR_WITH_IDS = 5
/** The newest minor version whose rules are known; later ones are kept as they are. */
export const NEWEST_MINOR = 5

/** What nbformat 4.5 allows as the id of a cell. */
export const CELL_ID = /^[a-zA-Z0-9_-]{1,64}$/

export const EMPTY_SHAPE: JsonText = toJsonText(
  new Map<string, JsonValue>([
    ['cells', []],
    [
      'metadata',
      new Map([
        [
          'kernelspec',
          new Map([
            ['display_name', 'Python 3'],
            ['language', 'python'],
            ['name', 'python3'],
          ]),
        ],
        ['language_info', new Map([['name', 'python']])],
      ]),
    ],
    ['nbformat', { lexeme: '4' }],
    ['nbformat_minor', { lexeme: '5' }],
  ]),
)

/** An empty Python notebook in nbformat 4.5, laid out as Jupyter does. */
export function newNotebook(): NotebookModel {
  return { shape: EMPTY_SHAPE, format: JUPYTER_FORMAT, language: 'python', cells: [] }
}

/** A cell that comes from no file. `id` has to match {@link CELL_ID}. */
export function newCell(id: string, type: CellType, source = ''): CellModel {
  return { id, type, source, outputs: [], executionCount: null, shape: null }
}
