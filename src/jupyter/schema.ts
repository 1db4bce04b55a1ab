/**
 * The tables of a Jupyter room: what jupyterlab/rtc had, each with one owner.
 *
 * People write notebooks and cells; a run is written by two, each in its own fields (see `supernode/run.ts`); what stands
 * on a server (kernels, sessions, files, terminals) is written by the supernode alone, for the others to see.
 */
import type { JsonValue } from '../protocol/patch.ts'
import { caret } from '../store/caret.ts'
import { defineSchema, flag, list, map, ref, table, text, value } from '../store/schema.ts'
import type { NotebookFormat } from './nbformat/index.ts'
import { type Accepts, isFlag, isNumber, isText, oneOf, orMissing, orNull, shapeOf } from './row-shape.ts'

/** The one notebook of a room. */
export const NOTEBOOK_ID = 'main'

/** An output as nbformat JSON; `display` is the id by which a running cell may update it. */
export interface StoredOutput {
  readonly json: string
  readonly display?: string
}

const isStoredOutput = shapeOf<StoredOutput>({ json: isText, display: orMissing(isText) })

/** What somebody wants to be run: written by the requester, and only by it. */
export interface RunRequest {
  readonly source: string
  /** The requester's peer id. */
  readonly peer: string
  /** The requester's name, as it was then. */
  readonly name: string
  /** The supernode that is asked, and in which of its terms; `null` while there is none. */
  readonly supernode: string | null
  readonly term: number
}

const isRunRequest = shapeOf<RunRequest>({
  source: isText,
  peer: isText,
  name: isText,
  supernode: orNull(isText),
  term: isNumber,
})

/** The answer to a request: written by the supernode that was asked. */
export interface RunClaim {
  readonly supernode: string
  readonly term: number
  readonly verdict: 'claimed' | 'refused'
  /** For `refused`: why, in words. */
  readonly sentence: string
  /** Name of the person whose page it is. */
  readonly name: string
}

const isRunClaim = shapeOf<RunClaim>({
  supernode: isText,
  term: isNumber,
  verdict: oneOf('claimed', 'refused'),
  sentence: isText,
  name: isText,
})

/** The requester's word that this claim, and no other, may start. Written at most once. */
export interface RunGo {
  readonly supernode: string
  readonly term: number
}

const isRunGo = shapeOf<RunGo>({ supernode: isText, term: isNumber })

export interface RunStart {
  readonly supernode: string
  readonly term: number
  readonly kernel: string
}

const isRunStart = shapeOf<RunStart>({ supernode: isText, term: isNumber, kernel: isText })

export interface RunFinish {
  readonly supernode: string
  readonly term: number
  readonly status: 'ok' | 'error' | 'aborted'
  readonly executionCount: number | null
}

const isRunFinish = shapeOf<RunFinish>({
  supernode: isText,
  term: isNumber,
  status: oneOf('ok', 'error', 'aborted'),
  executionCount: orNull(isNumber),
})

export interface RunPrompt {
  readonly text: string
  readonly password: boolean
}

const isRunPrompt = shapeOf<RunPrompt>({ text: isText, password: isFlag })

const isFormat = shapeOf<NotebookFormat>({
  indent: orNull(isText),
  newline: oneOf('\n', '\r\n'),
  comma: oneOf(',', ', '),
  colon: oneOf(':', ': '),
  asciiOnly: isFlag,
  finalNewline: isFlag,
  byteOrderMark: isFlag,
})

const word = (initial = '') => value(initial, { accepts: isText })
const count = () => value(0, { accepts: isNumber })
const wordOrNull = () => orNothing<string>(isText)
/** A register that may hold nothing, and does at first. */
const orNothing = <T>(accepts: Accepts) => value<T | null>(null, { accepts: orNull(accepts) })

export const notebookTables = {
  notebooks: table({
    title: word('Untitled'),
    cells: list(ref('cells')),
    /** The notebook's own JSON, see `nbformat/model.ts`. */
    shape: wordOrNull(),
    format: orNothing<NotebookFormat>(isFormat),
  }),
  cells: table({
    type: word('code'),
    source: text(),
    /** The id that the cell has in files. */
    fileId: word(),
    shape: wordOrNull(),
    /** The execution that is shown: the last one that was asked for, or what a file brought. */
    execution: wordOrNull(),
  }),
  executions: table({
    /** The cell that it is of. */
    cell: word(),
    /** `null` for outputs that a file brought. */
    request: orNothing<RunRequest>(isRunRequest),
    claim: orNothing<RunClaim>(isRunClaim),
    go: orNothing<RunGo>(isRunGo),
    start: orNothing<RunStart>(isRunStart),
    finish: orNothing<RunFinish>(isRunFinish),
    prompt: orNothing<RunPrompt>(isRunPrompt),
    outputs: list(value<StoredOutput>(undefined, { accepts: isStoredOutput })),
    /** Display id → newest version of that output, as nbformat JSON. */
    displays: map(value<string>(undefined, { accepts: isText })),
  }),
  kernels: table({
    name: word(),
    displayName: word(),
    language: word(),
    backend: word(),
    status: word(),
    /** The supernode's peer id. */
    host: word(),
    /** The kernel session id by which a successor resumes. */
    session: word(),
  }),
  kernelspecs: table({ name: word(), displayName: word(), language: word(), isDefault: flag() }),
  sessions: table({ path: word(), name: word(), type: word(), kernel: wordOrNull() }),
  terminals: table({ name: word() }),
  status: table({ started: word(), lastActivity: word(), connections: count(), kernels: count() }),
  contents: table({
    path: word(),
    name: word(),
    /** `directory`, `file` or `notebook`. */
    type: word(),
    mimetype: wordOrNull(),
    writable: flag(true),
    created: word(),
    lastModified: word(),
    size: orNothing<number>(isNumber),
  }),
  textContents: table({ content: text() }),
  base64Contents: table({ content: word() }),
  folders: table({ children: list(ref('contents')) }),
} as const

/** What a page of a notebook says of itself. */
const notebookPresence = {
  /** What it is as a host; read by `notebook/supernode-view.ts`. */
  host: value<JsonValue>(null),
  /** The selected cell. */
  cell: wordOrNull(),
  caret: caret(),
}

export const notebookSchema = defineSchema(
  'org.supermesh.notebook',
  { version: 1, presence: notebookPresence },
  notebookTables,
)
export type NotebookSchema = typeof notebookSchema
export type NotebookTables = NotebookSchema['tables']
