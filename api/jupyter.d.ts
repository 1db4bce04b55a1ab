// The public surface of supermesh/jupyter, made by "npm run api".

import { ErrorDetails, FieldDefinition, JsonValue, KernelBackend, Observable, Room, Schema, SchemaTables, TableDefinition, TextCaret, TextValue, Transaction } from "./shared.js";

declare const jsonText: unique symbol;

/** One complete JSON value as text. Made by {@link toJsonText} (compact) or vouched for by {@link asJsonText}. */
type JsonText = string & {
  readonly [jsonText]: true;
};

/** How JSON is laid out as text. */
interface JsonStyle {
  /** What indents one level; `null` writes everything on one line. */
  readonly indent: string | null;
  readonly newline: '\n' | '\r\n';
  readonly comma: ',' | ', ';
  readonly colon: ':' | ': ';
  /** Writes what is not ASCII as `\u` escapes (Python's `ensure_ascii`). Lone surrogates are escaped in any case. */
  readonly asciiOnly: boolean;
}

/** How the file is laid out as text. */
interface NotebookFormat extends JsonStyle {
  readonly finalNewline: boolean;
  /** Whether the file begins with a byte order mark. */
  readonly byteOrderMark: boolean;
}

/** The three that are known, or the name of a type of a later minor version. */
type CellType$1 = 'code' | 'markdown' | 'raw' | (string & {});

interface CellModel {
  /** Unique in the notebook; the file's own id where it has a valid one. */
  readonly id: string;
  readonly type: CellType$1;
  /** The lines of the file, joined with nothing. */
  readonly source: string;
  /** Each an output as JSON, see `output.ts`; always empty unless `type` is `code`. */
  readonly outputs: readonly JsonText[];
  /** The prompt number; `null` when the cell has not run or is not code. */
  readonly executionCount: number | null;
  /**
   * The cell as the file has it; `null` for a cell made here. Placeholders: `source` is `""` when it was one string,
   * `[]` when it was a list of lines, and the list itself when it was split in an unusual way; `outputs` is `[]`;
   * `execution_count` is `null`, or the number itself when it was spelled in an unusual way (`1.0`).
   */
  readonly shape: JsonText | null;
}

interface NotebookModel {
  /** The notebook object with `cells` emptied. */
  readonly shape: JsonText;
  readonly format: NotebookFormat;
  /** The language of code cells as the metadata name it, for instance `python`. Read from `shape`, not written back. */
  readonly language: string;
  readonly cells: readonly CellModel[];
}

/** The text of the notebook file, to be written as UTF-8. */
declare function exportNotebook(notebook: NotebookModel): string;

type NotebookRefusalCode = 'empty-file' | 'too-large' | 'not-utf8' | 'not-json' | 'too-deep' | 'not-a-notebook' | 'old-nbformat' | 'new-nbformat' | 'missing-piece' | 'invalid-structure';

interface NotebookRefusal {
  readonly ok: false;
  readonly code: NotebookRefusalCode;
  readonly sentence: string;
  /** `line` and `column` of a JSON fault, `path` of a fault in the structure, `bytes`, `nbformat`. */
  readonly details: ErrorDetails;
}

/** The largest file that is imported (30 MiB). */
declare const NOTEBOOK_MAX_BYTES: number;

type NotebookImport = {
  readonly ok: true;
  readonly notebook: NotebookModel; /** A sentence for each kind of difference that an export will have from the file. */
  readonly migrations: readonly string[];
} | NotebookRefusal;

interface ImportOptions {
  /** Makes a fresh id of 1 to 64 letters, digits, `-` or `_`; asked for each cell that has no valid one of its own. */
  readonly mintId: () => string;
}

/** Reads a notebook of nbformat 4 from the text or the bytes of its file. */
declare function importNotebook(file: string | Uint8Array, {
  mintId
}: ImportOptions): NotebookImport;

type Output = {
  readonly type: 'stream';
  readonly name: string;
  readonly text: string;
} | {
  readonly type: 'display_data' | 'execute_result'; /** By MIME type: text as one string, JSON types as plain values. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly executionCount?: number | null;
} | {
  readonly type: 'error';
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
} | {
  readonly type: 'unknown';
  readonly raw: JsonText;
};

/** An output as nbformat JSON; `display` is the id by which a running cell may update it. */
interface StoredOutput {
  readonly json: string;
  readonly display?: string;
}

/** What somebody wants to be run: written by the requester, and only by it. */
interface RunRequest {
  readonly source: string;
  /** The requester's peer id. */
  readonly peer: string;
  /** The requester's name, as it was then. */
  readonly name: string;
  /** The supernode that is asked, and in which of its terms; `null` while there is none. */
  readonly supernode: string | null;
  readonly term: number;
}

/** The answer to a request: written by the supernode that was asked. */
interface RunClaim {
  readonly supernode: string;
  readonly term: number;
  readonly verdict: 'claimed' | 'refused';
  /** For `refused`: why, in words. */
  readonly sentence: string;
  /** Name of the person whose page it is. */
  readonly name: string;
}

/** The requester's word that this claim, and no other, may start. Written at most once. */
interface RunGo {
  readonly supernode: string;
  readonly term: number;
}

interface RunStart {
  readonly supernode: string;
  readonly term: number;
  readonly kernel: string;
}

interface RunFinish {
  readonly supernode: string;
  readonly term: number;
  readonly status: 'ok' | 'error' | 'aborted';
  readonly executionCount: number | null;
}

interface RunPrompt {
  readonly text: string;
  readonly password: boolean;
}

declare const notebookSchema: Schema<SchemaTables<{
  readonly notebooks: TableDefinition<{
    title: FieldDefinition<"register", string, string>;
    cells: FieldDefinition<"list", string, unknown>; /** The notebook's own JSON, see `nbformat/model.ts`. */
    shape: FieldDefinition<"register", string | null, string | null>;
    format: FieldDefinition<"register", NotebookFormat | null, NotebookFormat | null>;
  }>;
  readonly cells: TableDefinition<{
    type: FieldDefinition<"register", string, string>;
    source: FieldDefinition<"text", string, unknown>; /** The id that the cell has in files. */
    fileId: FieldDefinition<"register", string, string>;
    shape: FieldDefinition<"register", string | null, string | null>; /** The execution that is shown: the last one that was asked for, or what a file brought. */
    execution: FieldDefinition<"register", string | null, string | null>;
  }>;
  readonly executions: TableDefinition<{
    /** The cell that it is of. */cell: FieldDefinition<"register", string, string>; /** `null` for outputs that a file brought. */
    request: FieldDefinition<"register", RunRequest | null, RunRequest | null>;
    claim: FieldDefinition<"register", RunClaim | null, RunClaim | null>;
    go: FieldDefinition<"register", RunGo | null, RunGo | null>;
    start: FieldDefinition<"register", RunStart | null, RunStart | null>;
    finish: FieldDefinition<"register", RunFinish | null, RunFinish | null>;
    prompt: FieldDefinition<"register", RunPrompt | null, RunPrompt | null>;
    outputs: FieldDefinition<"list", StoredOutput, unknown>; /** Display id → newest version of that output, as nbformat JSON. */
    displays: FieldDefinition<"map", string, unknown>;
  }>;
  readonly kernels: TableDefinition<{
    name: FieldDefinition<"register", string, string>;
    displayName: FieldDefinition<"register", string, string>;
    language: FieldDefinition<"register", string, string>;
    backend: FieldDefinition<"register", string, string>;
    status: FieldDefinition<"register", string, string>; /** The supernode's peer id. */
    host: FieldDefinition<"register", string, string>; /** The kernel session id by which a successor resumes. */
    session: FieldDefinition<"register", string, string>;
  }>;
  readonly kernelspecs: TableDefinition<{
    name: FieldDefinition<"register", string, string>;
    displayName: FieldDefinition<"register", string, string>;
    language: FieldDefinition<"register", string, string>;
    isDefault: FieldDefinition<"register", boolean, boolean>;
  }>;
  readonly sessions: TableDefinition<{
    path: FieldDefinition<"register", string, string>;
    name: FieldDefinition<"register", string, string>;
    type: FieldDefinition<"register", string, string>;
    kernel: FieldDefinition<"register", string | null, string | null>;
  }>;
  readonly terminals: TableDefinition<{
    name: FieldDefinition<"register", string, string>;
  }>;
  readonly status: TableDefinition<{
    started: FieldDefinition<"register", string, string>;
    lastActivity: FieldDefinition<"register", string, string>;
    connections: FieldDefinition<"register", number, number>;
    kernels: FieldDefinition<"register", number, number>;
  }>;
  readonly contents: TableDefinition<{
    path: FieldDefinition<"register", string, string>;
    name: FieldDefinition<"register", string, string>; /** `directory`, `file` or `notebook`. */
    type: FieldDefinition<"register", string, string>;
    mimetype: FieldDefinition<"register", string | null, string | null>;
    writable: FieldDefinition<"register", boolean, boolean>;
    created: FieldDefinition<"register", string, string>;
    lastModified: FieldDefinition<"register", string, string>;
    size: FieldDefinition<"register", number | null, number | null>;
  }>;
  readonly textContents: TableDefinition<{
    content: FieldDefinition<"text", string, unknown>;
  }>;
  readonly base64Contents: TableDefinition<{
    content: FieldDefinition<"register", string, string>;
  }>;
  readonly folders: TableDefinition<{
    children: FieldDefinition<"list", string, unknown>;
  }>;
}>, {
  /** What it is as a host; read by `notebook/supernode-view.ts`. */host: FieldDefinition<"register", JsonValue, JsonValue>; /** The selected cell. */
  cell: FieldDefinition<"register", string | null, string | null>;
  caret: FieldDefinition<"register", TextCaret | null, TextCaret | null>;
}> & SchemaTables<{
  readonly notebooks: TableDefinition<{
    title: FieldDefinition<"register", string, string>;
    cells: FieldDefinition<"list", string, unknown>; /** The notebook's own JSON, see `nbformat/model.ts`. */
    shape: FieldDefinition<"register", string | null, string | null>;
    format: FieldDefinition<"register", NotebookFormat | null, NotebookFormat | null>;
  }>;
  readonly cells: TableDefinition<{
    type: FieldDefinition<"register", string, string>;
    source: FieldDefinition<"text", string, unknown>; /** The id that the cell has in files. */
    fileId: FieldDefinition<"register", string, string>;
    shape: FieldDefinition<"register", string | null, string | null>; /** The execution that is shown: the last one that was asked for, or what a file brought. */
    execution: FieldDefinition<"register", string | null, string | null>;
  }>;
  readonly executions: TableDefinition<{
    /** The cell that it is of. */cell: FieldDefinition<"register", string, string>; /** `null` for outputs that a file brought. */
    request: FieldDefinition<"register", RunRequest | null, RunRequest | null>;
    claim: FieldDefinition<"register", RunClaim | null, RunClaim | null>;
    go: FieldDefinition<"register", RunGo | null, RunGo | null>;
    start: FieldDefinition<"register", RunStart | null, RunStart | null>;
    finish: FieldDefinition<"register", RunFinish | null, RunFinish | null>;
    prompt: FieldDefinition<"register", RunPrompt | null, RunPrompt | null>;
    outputs: FieldDefinition<"list", StoredOutput, unknown>; /** Display id → newest version of that output, as nbformat JSON. */
    displays: FieldDefinition<"map", string, unknown>;
  }>;
  readonly kernels: TableDefinition<{
    name: FieldDefinition<"register", string, string>;
    displayName: FieldDefinition<"register", string, string>;
    language: FieldDefinition<"register", string, string>;
    backend: FieldDefinition<"register", string, string>;
    status: FieldDefinition<"register", string, string>; /** The supernode's peer id. */
    host: FieldDefinition<"register", string, string>; /** The kernel session id by which a successor resumes. */
    session: FieldDefinition<"register", string, string>;
  }>;
  readonly kernelspecs: TableDefinition<{
    name: FieldDefinition<"register", string, string>;
    displayName: FieldDefinition<"register", string, string>;
    language: FieldDefinition<"register", string, string>;
    isDefault: FieldDefinition<"register", boolean, boolean>;
  }>;
  readonly sessions: TableDefinition<{
    path: FieldDefinition<"register", string, string>;
    name: FieldDefinition<"register", string, string>;
    type: FieldDefinition<"register", string, string>;
    kernel: FieldDefinition<"register", string | null, string | null>;
  }>;
  readonly terminals: TableDefinition<{
    name: FieldDefinition<"register", string, string>;
  }>;
  readonly status: TableDefinition<{
    started: FieldDefinition<"register", string, string>;
    lastActivity: FieldDefinition<"register", string, string>;
    connections: FieldDefinition<"register", number, number>;
    kernels: FieldDefinition<"register", number, number>;
  }>;
  readonly contents: TableDefinition<{
    path: FieldDefinition<"register", string, string>;
    name: FieldDefinition<"register", string, string>; /** `directory`, `file` or `notebook`. */
    type: FieldDefinition<"register", string, string>;
    mimetype: FieldDefinition<"register", string | null, string | null>;
    writable: FieldDefinition<"register", boolean, boolean>;
    created: FieldDefinition<"register", string, string>;
    lastModified: FieldDefinition<"register", string, string>;
    size: FieldDefinition<"register", number | null, number | null>;
  }>;
  readonly textContents: TableDefinition<{
    content: FieldDefinition<"text", string, unknown>;
  }>;
  readonly base64Contents: TableDefinition<{
    content: FieldDefinition<"register", string, string>;
  }>;
  readonly folders: TableDefinition<{
    children: FieldDefinition<"list", string, unknown>;
  }>;
}>;

type NotebookSchema = typeof notebookSchema;

type NotebookTables = NotebookSchema['tables'];

type CellType = 'code' | 'markdown' | 'raw';

/** `lost`: its supernode went away after the start was agreed; it may have run, and nobody repeats it unasked. */
type RunState = 'waiting' | 'claimed' | 'running' | 'done' | 'failed' | 'refused' | 'lost' | 'imported';

interface Run {
  readonly id: string;
  readonly state: RunState;
  /** Name of the person who asked; empty for imported outputs. */
  readonly askedBy: string;
  /** Name of the person whose page runs it. */
  readonly ranBy: string;
  readonly executionCount: number | null;
  readonly outputs: readonly Output[];
  /** For `refused` and `lost`: why, and what to do. */
  readonly sentence: string;
  /** An open `input()`, which only the person who asked for the run can answer. */
  readonly prompt: {
    readonly text: string;
    readonly password: boolean;
    readonly mine: boolean;
  } | null;
}

interface Cell {
  readonly id: string;
  readonly type: CellType;
  readonly source: TextValue;
  readonly run: Run | null;
  /** Attachments of a Markdown cell: name to data URL. */
  readonly attachments: Readonly<Record<string, string>>;
}

interface SupernodeStatus {
  /** `nobody`: no page here can run code. */
  readonly state: 'nobody' | 'electing' | 'idle' | 'starting' | 'busy' | 'restarting' | 'dead';
  /** Whose page it is. */
  readonly name: string;
  readonly self: boolean;
  /** For people: `Python in the browser`, `Jupyter Server (Python 3)`. */
  readonly kernel: string;
  /** While the kernel loads; bytes where they are known. */
  readonly progress: {
    readonly stage: string;
    readonly loaded?: number;
    readonly total?: number;
  } | null;
  /** A sentence that has to be shown until it is dismissed, such as "Python moved to Ana, variables are gone." */
  readonly notice: string;
  /** Why the kernel could not be started, with a next step; empty when all is well. */
  readonly problem: string;
}

type ImportResult = {
  readonly ok: true;
  readonly migrations: readonly string[];
} | {
  readonly ok: false;
  readonly sentence: string;
};

interface Notebook {
  readonly title: Observable<string>;
  rename(title: string): void;
  /** The same array until something shown changes; a cell is the same object until it changes. */
  readonly cells: Observable<readonly Cell[]>;
  readonly supernode: Observable<SupernodeStatus>;
  /** @returns the new cell's id */
  addCell(type: CellType, index: number, source?: string): string;
  removeCell(id: string): void;
  /** Brings a removed cell back with all that it held, outputs included. @param index - where, among the cells shown */
  restoreCell(id: string, index: number): void;
  moveCell(id: string, index: number): void;
  setCellType(id: string, type: CellType): void;
  run(id: string): void;
  /** Runs all code cells, in order; stops asking at the first that fails. */
  runAll(): void;
  interrupt(): void;
  restart(): void;
  clearOutputs(): void;
  answer(runId: string, text: string): void;
  dismissNotice(): void;
  readonly empty: boolean;
  /** Puts a file's cells in the place of what is here. Ask first when the notebook is not `empty`. */
  importFile(file: string | Uint8Array, name: string): ImportResult;
  /** The notebook as the text of an `.ipynb` file. */
  exportFile(): string;
  /**
   * Offers the own Jupyter Server to the room, and takes the lead.
   * @param address - as Jupyter prints it, token included; it stays in this page
   * @throws SupermeshError whose message is a sentence for the person
   */
  offerServer(address: string): Promise<void>;
  /** Back to Python in the browser. */
  offerEmbedded(): Promise<void>;
  dispose(): void;
}

/** What a new room begins with: one empty code cell. */
declare function fillNotebook(transaction: Transaction<NotebookTables>): void;

/** Where code can run. A function each, so that nothing is loaded before it is needed. */
interface Backends {
  /** Python in the browser; absent where a page never hosts by itself. */
  readonly embedded?: () => Promise<KernelBackend>;
  /** @param address - a Jupyter Server's, as it prints it */
  readonly server?: (address: string) => Promise<KernelBackend>;
}

interface NotebookOptions {
  readonly backends: Backends;
  /** Whether this page made the room: then nobody else can lead it yet. */
  readonly fresh?: boolean;
}

/** @param room - one whose schema is `notebookSchema`; opened when needed */
declare function openNotebook(room: Room<NotebookSchema>, {
  backends,
  fresh
}: NotebookOptions): Notebook;

export {
  type Backends,
  type Cell,
  type CellType,
  type ImportResult,
  NOTEBOOK_MAX_BYTES,
  type Notebook,
  type NotebookImport,
  type NotebookModel,
  type NotebookOptions,
  type NotebookRefusal,
  type NotebookSchema,
  type NotebookTables,
  type Output,
  type Run,
  type RunState,
  type SupernodeStatus,
  exportNotebook,
  fillNotebook,
  importNotebook,
  notebookSchema,
  openNotebook,
};
