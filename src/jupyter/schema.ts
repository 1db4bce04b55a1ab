/**
 * The tables of a Jupyter room: what jupyterlab/rtc had, each with one owner.
 *
 * People write notebooks and cells; a run is written by two, each in its own fields (see `supernode/run.ts`); what stands
 * on a server (kernels, sessions, files, terminals) is written by the supernode alone, for the others to see.
 */
import { defineSchema, list, map, ref, type Schema, table, text, value } from '../store/schema.ts'
import type { NotebookFormat } from './nbformat/index.ts'

/** The one notebook of a room. */
export const NOTEBOOK_ID = 'main'

/** An output as nbformat JSON; `display` is the id by which a running cell may update it. */
export interface StoredOutput {
  readonly json: string
  readonly display?: string
}

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

/** The requester's word that this claim, and no other, may start. Written at most once. */
export interface RunGo {
  readonly supernode: string
  readonly term: number
}

export interface RunStart {
  readonly supernode: string
  readonly term: number
  readonly kernel: string
}

export interface RunFinish {
  readonly supernode: string
  readonly term: number
  readonly status: 'ok' | 'error' | 'aborted'
  readonly executionCount: number | null
}

export interface RunPrompt {
  readonly text: string
  readonly password: boolean
}

export const notebookTables = {
  notebooks: table({
    title: value('Untitled'),
    cells: list(ref('cells')),
    /** The notebook's own JSON, see `nbformat/model.ts`. */
    shape: value<string | null>(null),
    format: value<NotebookFormat | null>(null),
  }),
  cells: table({
    type: value('code'),
    source: text(),
    /** The id that the cell has in files. */
    fileId: value(''),
    shape: value<string | null>(null),
    /** The execution that is shown: the last one that was asked for, or what a file brought. */
    execution: value<string | null>(null),
  }),
  executions: table({
    cell: ref('cells'),
    /** `null` for outputs that a file brought. */
    request: value<RunRequest | null>(null),
    claim: value<RunClaim | null>(null),
    go: value<RunGo | null>(null),
    start: value<RunStart | null>(null),
    finish: value<RunFinish | null>(null),
    prompt: value<RunPrompt | null>(null),
    outputs: list(value<StoredOutput>()),
    /** Display id → newest version of that output, as nbformat JSON. */
    displays: map(value<string>()),
  }),
  kernels: table({
    name: value(''),
    displayName: value(''),
    language: value(''),
    backend: value(''),
    status: value(''),
    /** The supernode's peer id. */
    host: value(''),
    /** The kernel session id by which a successor resumes. */
    session: value(''),
  }),
  kernelspecs: table({ name: value(''), displayName: value(''), language: value(''), isDefault: value(false) }),
  sessions: table({ path: value(''), name: value(''), type: value(''), kernel: value<string | null>(null) }),
  terminals: table({ name: value('') }),
  status: table({ started: value(''), lastActivity: value(''), connections: value(0), kernels: value(0) }),
  contents: table({
    path: value(''),
    name: value(''),
    /** `directory`, `file` or `notebook`. */
    type: value(''),
    mimetype: value<string | null>(null),
    writable: value(true),
    created: value(''),
    lastModified: value(''),
    size: value<number | null>(null),
  }),
  textContents: table({ content: text() }),
  base64Contents: table({ content: value('') }),
  folders: table({ children: list(ref('contents')) }),
} as const

export type NotebookTables = typeof notebookTables
export const notebookSchema: Schema<NotebookTables> = defineSchema(
  'org.supermesh.notebook',
  { version: 1 },
  notebookTables,
)
