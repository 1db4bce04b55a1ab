// The public surface of supermesh/jupyter, made by "npm run api".

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

/**
 * The one error class of the kit: a developer's mistake or a broken environment, with a code to test for and details.
 *
 * What a stranger can cause is never thrown: it is refused as a value (see `protocol/refusal.ts`).
 */
type ErrorDetails = Readonly<Record<string, string | number | boolean | null | undefined>>;

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

type Bytes = Uint8Array<ArrayBuffer>;

type JsonValue = null | boolean | number | string | readonly JsonValue[] | {
  readonly [key: string]: JsonValue;
};

declare const KINDS: {
  readonly r: 'register';
  readonly m: 'map';
  readonly t: 'text';
  readonly l: 'list';
};

type FieldKind = (typeof KINDS)[keyof typeof KINDS];

/** Strongest first. */
declare const RIGHTS: readonly ['own', 'run', 'edit', 'view'];

/** `own` changes rights, `run` executes code, `edit` writes, `view` reads; each includes those after it. */
type Right = (typeof RIGHTS)[number];

/**
 * A field's definition; `Type` is the type of its value, or of its items. `Initial` is `undefined` for a field that has to be
 * given when a record is created.
 */
interface FieldDefinition<Kind extends FieldKind, Type, Initial = unknown> {
  readonly kind: Kind;
  /** What a register holds when nothing was written; `undefined` makes it required at creation. */
  readonly initial: JsonValue | undefined;
  /** A value for which this is false is shown as `initial`: another version, or a stranger, may have written it. */
  readonly accepts: (value: JsonValue) => boolean;
  readonly since: number;
  /** Only in the types. */
  readonly type?: Type;
  /** Only in the types. */
  readonly start?: Initial;
}

type AnyField = FieldDefinition<FieldKind, unknown>;

type Fields = Readonly<Record<string, AnyField>>;

/** Who may do something to a record: whoever holds the right, or also the person who created it. */
type Rule = Right | `${Right} or author`;

/** Who may do what to the records of a table. */
interface TableRules {
  readonly create: Rule;
  readonly change: Rule;
  readonly remove: Rule;
}

interface TableDefinition<F extends Fields> {
  readonly fields: F;
  readonly rules: TableRules;
}

type Tables = Readonly<Record<string, TableDefinition<Fields>>>;

/** A table that knows where it belongs, so that it alone is enough to ask a room for its records. */
interface SchemaTable<F extends Fields> extends TableDefinition<F> {
  readonly name: string;
  /** The id of its schema. */
  readonly schema: string;
}

type SchemaTables<T extends Tables> = { readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? SchemaTable<F> : never };

/** What each page says of itself while it is open: plain values. */
type PresenceDefinition = Readonly<Record<string, FieldDefinition<'register', unknown>>>;

/** What a page says, as it is read: what it does not say, or what is not accepted, is the field's initial value. */
type PresenceOf<P extends PresenceDefinition> = { readonly [K in keyof P]: P[K] extends FieldDefinition<'register', infer T> ? T : never };

interface Schema<T extends Tables = Tables, P extends PresenceDefinition = PresenceDefinition> {
  readonly id: string;
  readonly version: number;
  readonly tables: T;
  readonly presence: P;
}

/** What elements are made of: UTF-16 units of a string or items of an array. */
type Content = string | readonly unknown[];

/** A change as the owner of a view sees it: at `index`, `removed` leaves and `inserted` comes. */
interface Splice<C extends Content> {
  readonly index: number;
  readonly removed: C;
  readonly inserted: C;
}

/** An anchor names an element, not an index, so it survives edits. Opaque; safe to store and to send. */
type Anchor = string & {
  readonly __anchor: true;
};

/** Which neighbour an anchor sticks to: typing at the anchor goes before it (`after`) or behind it (`before`). */
type AnchorSide = 'before' | 'after';

interface TextCaret {
  /** The text that it is in: `TextValue.path`. */
  readonly text: string;
  /** Where the selection began, and where it is now; the same for a caret alone. */
  readonly anchor: Anchor;
  readonly head: Anchor;
}

type Unsubscribe = () => void;

interface Subscribable<T> {
  subscribe(listener: (value: T) => void): Unsubscribe;
}

/** A value that can be read at any time and watched; the same object until it changes. */
interface Observable<T> extends Subscribable<T> {
  getSnapshot(): T;
}

interface Positions {
  readonly length: number;
  /**
   * A position that survives edits.
   * @param index - 0 to `length`
   * @param side - whether it sticks to what stands `before` or `after` it
   */
  anchor(index: number, side: AnchorSide): Anchor;
  /** Where an anchor is now; `null` when it is not of this field. */
  indexOf(anchor: Anchor): number | null;
}

interface SequenceChange<C extends string | readonly unknown[]> {
  readonly splices: readonly Splice<C>[];
  readonly local: boolean;
}

/** One change to a text: at `index`, `remove` UTF-16 units leave and `insert` comes. */
interface TextEdit {
  readonly index: number;
  readonly remove: number;
  readonly insert: string;
}

/** A text as it was at one moment. Indices are UTF-16 units. */
interface TextValue extends Positions {
  /** Which text of the document this is: "table/record/field". */
  readonly path: string;
  /** Found when first asked for. */
  toString(): string;
  /** The text as it is now; `undefined` once its record is gone. */
  latest(): TextValue | undefined;
  /** Hears of each change to the field, from now on. */
  subscribe(listener: (change: SequenceChange<string>) => void): Unsubscribe;
  /** An edit of its own: the same as a `splice` in a transaction. */
  splice(index: number, remove: number, insert: string): void;
  /** Several splices as one edit, one after the other: each index is in what those before it have left. */
  edit(edits: readonly TextEdit[]): void;
}

interface ListValue<T> extends Positions {
  toArray(): readonly T[];
}

type ReadOf<F> = F extends FieldDefinition<infer Kind, infer T> ? Kind extends 'text' ? TextValue : Kind extends 'list' ? ListValue<T> : Kind extends 'map' ? ReadonlyMap<string, T> : T : never;

/** A record as read: frozen, and the same object until it changes. */
type ReadRecord<F extends Fields> = {
  readonly id: string;
} & { readonly [K in keyof F]: ReadOf<F[K]> };

interface TextDraft {
  readonly length: number;
  toString(): string;
  /** @throws SupermeshError `index-out-of-range`, `inside-surrogate-pair`, `text-ill-formed` */
  splice(index: number, remove: number, insert: string): void;
}

interface ListDraft<T> {
  readonly length: number;
  toArray(): readonly T[];
  splice(index: number, remove: number, insert: readonly T[]): void;
  push(...items: T[]): void;
}

interface MapDraft<T> {
  get(key: string): T | undefined;
  set(key: string, value: T): void;
  delete(key: string): void;
}

type DraftOf<F> = F extends FieldDefinition<infer Kind, infer T> ? Kind extends 'text' ? TextDraft : Kind extends 'list' ? ListDraft<T> : Kind extends 'map' ? MapDraft<T> : T : never;

/** A record inside a transaction: what was staged shows at once. */
type RecordDraft<F extends Fields> = {
  readonly id: string;
} & { readonly [K in keyof F]: DraftOf<F[K]> };

type CreateOf<F> = F extends FieldDefinition<infer Kind, infer T> ? Kind extends 'text' ? string : Kind extends 'list' ? readonly T[] : Kind extends 'map' ? Readonly<Record<string, T>> : T : never;

type RequiredNames<F extends Fields> = { [K in keyof F]: F[K] extends FieldDefinition<'register', unknown, infer Initial> ? [Initial] extends [undefined] ? K : never : never }[keyof F];

/** What a record is created with: fields without an initial value, and whatever else is not as it begins. */
type InitialOf<F extends Fields> = { readonly [K in keyof F]?: CreateOf<F[K]> } & { readonly [K in RequiredNames<F>]: CreateOf<F[K]> };

type RegisterNames<F extends Fields> = { [K in keyof F]: F[K] extends FieldDefinition<'register', unknown> ? K : never }[keyof F];

type RegistersOf<F extends Fields> = { readonly [K in RegisterNames<F>]?: CreateOf<F[K]> };

interface TableDraft<F extends Fields> {
  /**
   * Makes a record, or brings a removed one back.
   * @returns its id, minted unless given
   */
  create(initial: InitialOf<F>, options?: {
    readonly id?: string;
  }): string;
  has(id: string): boolean;
  /** @throws SupermeshError `record-missing` */
  get(id: string): RecordDraft<F>;
  /** Sets plain values. @throws SupermeshError `record-missing` */
  update(id: string, values: RegistersOf<F>): void;
  /** Removes the record for everybody; what others edit in it meanwhile stays hidden. */
  remove(id: string): void;
}

type Transaction<T extends Tables> = { readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? TableDraft<F> : never };

interface TableReader<F extends Fields> {
  has(id: string): boolean;
  get(id: string): ReadRecord<F> | undefined;
  /** All records, by id. The same array until the table changes. */
  getSnapshot(): readonly ReadRecord<F>[];
  /** Those whose plain values are exactly these. */
  where(values: RegistersOf<F>): readonly ReadRecord<F>[];
  subscribe(listener: () => void): Unsubscribe;
  /** Hears only of one record. */
  subscribeTo(id: string, listener: () => void): Unsubscribe;
}

type Readers<T extends Tables> = { readonly [K in keyof T]: T[K] extends TableDefinition<infer F> ? TableReader<F> : never };

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

/** A MIME bundle: media type to value; text as strings, binary as base64, JSON types as values. */
type MimeBundle = Readonly<Record<string, unknown>>;

/** What running code says while it runs; the shapes of nbformat's outputs, in camel case. */
type KernelEvent = {
  readonly type: 'stream';
  readonly name: 'stdout' | 'stderr';
  readonly text: string;
} | {
  readonly type: 'display_data' | 'execute_result';
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
  readonly executionCount?: number;
  readonly displayId?: string;
} | {
  readonly type: 'update_display_data';
  readonly displayId: string;
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
} | {
  readonly type: 'error';
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
} | {
  readonly type: 'clear_output';
  readonly wait: boolean;
} | {
  readonly type: 'input-request';
  readonly prompt: string;
  readonly password: boolean;
};

/** `starting` until the first answer, `dead` for ever; `busy` whoever asked. */
type KernelStatus = 'starting' | 'idle' | 'busy' | 'restarting' | 'dead';

interface KernelDescription {
  /** The kernel's id on its server. */
  readonly id: string;
  /** The client's session with it: a successor that connects with the same one receives what the server buffered. */
  readonly session: string;
  readonly name: string;
  readonly displayName: string;
  readonly language: string;
  readonly backend: 'embedded' | 'server';
}

interface ExecuteRequest {
  /** The id of this one attempt; the kernel's `msg_id` is derived from it, see {@link messageIdOf}. */
  readonly attempt: string;
  readonly source: string;
}

interface ExecuteResult {
  /** `aborted`: it was queued behind an error, a restart or a death, and never began. */
  readonly status: 'ok' | 'error' | 'aborted';
  readonly executionCount: number | null;
}

interface Kernel {
  readonly description: KernelDescription;
  readonly status: Observable<KernelStatus>;
  /**
   * Runs `source` after everything asked earlier. A restart or the death of the kernel ends it too: `error`, after an
   * `error` event that says why, when it had begun, else `aborted`. Late outputs (of a thread, say) still reach `onEvent`.
   */
  execute(request: ExecuteRequest, onEvent: (event: KernelEvent) => void): Promise<ExecuteResult>;
  /**
   * Raises KeyboardInterrupt in the code that runs; nothing when none does.
   * @throws SupermeshError `interrupt-needs-isolation`: only a restart can stop this code in this page
   */
  interrupt(): Promise<void>;
  /** A new, empty interpreter with the same id. @throws SupermeshError `restart-failed` */
  restart(): Promise<void>;
  /** Answers the open `input-request`; nothing when none is open. @throws SupermeshError `input-too-long` */
  reply(value: string): void;
  /** Completions at `cursor`, an offset in UTF-16 units. */
  complete(source: string, cursor: number): Promise<Completion>;
  /** What is known of the name at `cursor`, as a MIME bundle; `null` when nothing is. */
  inspect(source: string, cursor: number): Promise<MimeBundle | null>;
  /** Ends the interpreter itself, and with it this connection. */
  shutdown(): Promise<void>;
  /** Lets go: an embedded kernel ends, one on a server goes on for a successor. Idempotent. */
  dispose(): Promise<void>;
}

interface Completion {
  readonly matches: readonly string[];
  /** The span that a match replaces, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

interface OpenProgress {
  /** A few words for people, such as `Downloading Python`. */
  readonly stage: string;
  /** Bytes, when the stage is a download. */
  readonly loaded?: number;
  readonly total?: number;
}

interface OpenOptions {
  onProgress(progress: OpenProgress): void;
  readonly signal?: AbortSignal;
}

interface KernelBackend {
  /**
   * May be called again after it failed.
   * @throws SupermeshError `wrong-token`, `origin-refused`, `server-unreachable`, `mixed-content`, `server-refused`,
   *   `no-kernel-spec`, `kernel-lost`, `python-download-failed`, `python-start-failed`, `aborted`
   */
  open(options: OpenOptions): Promise<Kernel>;
}

interface Link {
  readonly right: Right;
  /** 16 bytes, the same for every right in the room. */
  readonly room: Bytes;
  /** 16 bytes, those of `right`. */
  readonly secret: Bytes;
  /** Signaling servers where others of the room can be met; optional, so that a link works on any host. */
  readonly signaling: readonly string[];
  /** Whether the room is so new that nobody else can know it: the link has been made here, and not been read. */
  readonly fresh?: true;
}

/** Names content by its hash. Opaque; safe to store. */
type BlobId = string & {
  readonly __blob: true;
};

interface BlobOptions {
  readonly signal?: AbortSignal;
  /** @param share - from 0 to 1 */
  readonly onProgress?: (share: number) => void;
}

/** Files beside the document, fetched when they are wanted. */
interface Blobs {
  /** @throws SupermeshError `not-yet` */
  put(content: Blob): Promise<BlobId>;
  /** @throws SupermeshError `not-yet` */
  get(id: BlobId, options?: BlobOptions): Promise<Blob>;
}

interface Job {
  readonly id: string;
  readonly body: JsonValue;
  /** The person who asked. */
  readonly by: string;
}

/** Work that one page does for all, at most once. */
interface Jobs {
  /** @throws SupermeshError `not-yet` */
  serve(name: string, work: (job: Job, options: {
    readonly signal: AbortSignal;
  }) => Promise<JsonValue>): () => void;
  /** @throws SupermeshError `not-yet` */
  request(name: string, body: JsonValue, options?: {
    readonly signal?: AbortSignal;
  }): Promise<JsonValue>;
}

interface UndoOptions<S extends Schema = Schema> {
  /** Only edits that touch these; all tables by default. */
  readonly tables?: readonly (keyof S['tables'] & string)[];
  /** Edits that follow one another within so many milliseconds are one step. */
  readonly mergeWithinMs?: number;
}

interface UndoState {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  /** What the next undo takes back: the `label` of its edit, or an empty text. */
  readonly undoLabel: string;
  readonly redoLabel: string;
}

interface UndoManager extends Observable<UndoState> {
  /** @throws SupermeshError `not-yet` */
  undo(): void;
  /** @throws SupermeshError `not-yet` */
  redo(): void;
}

/** What is not as it should be, in words for the person at the screen. */
interface Problem {
  /** Stable, kebab-case. */
  readonly code: string;
  readonly sentence: string;
  readonly nextStep: string;
}

interface RoomStatus {
  /**
   * `opening` until the local copy is read; `failed` when the room cannot be opened at all: see `problems`; `closed` once it
   * was disposed of.
   */
  readonly phase: 'opening' | 'open' | 'failed' | 'closed';
  /** `connected` means at least one open link; `alone` that signaling is up and nobody answered yet. */
  readonly link: 'connected' | 'connecting' | 'alone' | 'offline';
  /** Open links. */
  readonly peers: number;
  /** `waiting`: nothing was ever seen of this room and nobody is here to tell; `ready`: there is something to show. */
  readonly content: 'waiting' | 'ready';
  /** Where the own edits are: being written, on this device's disk, or only in this page's memory. */
  readonly saved: 'saving' | 'disk' | 'memory';
  /** How many peers held exactly the same at the last heartbeat. */
  readonly agreeing: number;
  readonly problems: readonly Problem[];
}

/** Names an edit, for good and on every replica. Opaque; safe to store and to send. */
type EditId = string & {
  readonly __edit: true;
};

/** What a transaction has done. */
interface Edit {
  /** `null` while its transaction runs, and for good when it wrote nothing. */
  readonly id: EditId | null;
  /**
   * Resolves when the edit outlives this page: it is on this device's disk, or a peer has it; with `nothing` when nothing
   * was written, or there is nowhere to keep it.
   * @throws the reason of `signal`; SupermeshError `room-disposed` when the room ends first
   */
  saved(options?: {
    readonly signal?: AbortSignal;
  }): Promise<'disk' | 'peer' | 'nothing'>;
}

interface TransactOptions {
  /** What the person did, in a word or two, for an undo menu. Stays on this page. */
  readonly label?: string;
}

/** An edit that was applied, by whomever. */
interface RoomChange {
  readonly edit: EditId;
  /** What happened to it. Undo and redo are not offered yet. */
  readonly kind: 'edit';
  readonly local: boolean;
  /** The person who made it; `null` when that is not known. */
  readonly by: string | null;
  /** Of own edits only. */
  readonly label?: string;
  /** Table → ids of the records that it wrote to; tables of newer schemas included. */
  readonly records: Readonly<Record<string, readonly string[]>>;
}

/** One open page. */
interface Peer<P = Readonly<Record<string, unknown>>> {
  /** 32 hexadecimal digits: the author of its edits. */
  readonly id: string;
  readonly self: boolean;
  readonly presence: P;
}

/** One person on one device, however many pages are open. */
interface Participant<P = Readonly<Record<string, unknown>>> {
  /** Stable for this room and device. */
  readonly id: string;
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly self: boolean;
  /** That of the page which changed it last. */
  readonly presence: P;
  readonly peers: readonly Peer<P>[];
}

interface Me {
  /** 32 hexadecimal digits; new with each page load. */
  readonly peer: string;
  readonly person: string;
  readonly name: string;
  /** A CSS colour. */
  readonly colour: string;
  readonly right: Right;
}

interface OwnIdentity extends Observable<Me | null> {
  /** Whether the link in hand lets this page do so. */
  can(right: Right): boolean;
}

/** What this page says of itself; latest wins, forgotten when it goes. */
interface OwnPresence<P> extends Observable<P> {
  /**
   * Says it to everybody; what is not named stays.
   * @throws SupermeshError `field-unknown`, `value-not-json`, `value-wrong-type`, `presence-too-large`
   */
  set(fields: Partial<P>): void;
}

interface ChannelMessage<Body> {
  /** The page that sent it. */
  readonly from: string;
  /** Its person; `null` while nobody's keys have vouched for the page. */
  readonly person: string | null;
  /** As a stranger wrote it: check it before you believe it. */
  readonly body: Body;
}

/** Messages that pass and are never stored. */
interface Channel<Body> {
  /**
   * @param options - `to`: a person (all of its pages) or one page; everybody else who is here, without it
   * @returns to how many pages it is on its way; 0 when nobody is there
   * @throws SupermeshError `value-not-json`, `message-too-large`
   */
  send(body: Body, options?: {
    readonly to?: string;
  }): number;
  subscribe(listener: (message: ChannelMessage<Body>) => void): Unsubscribe;
}

/** Something that a stranger sent and that was not taken. */
interface Refusal {
  /** Stable, kebab-case. */
  readonly code: string;
  /** The page that brought it, where that is known. */
  readonly from: string | null;
}

/** A way in, to be given away. */
interface Invitation {
  readonly right: Right;
  /** What stands behind the `#` of an address. */
  readonly fragment: string;
  /** The whole address. */
  readonly url: string;
  /** The address as a QR code: the text of an SVG document. */
  readonly qr: string;
  /** What the link allows, for the person who gives it away. */
  readonly sentence: string;
}

/** Events for whoever debugs; nothing depends on them. */
type TraceEvent = {
  readonly type: string;
} & Readonly<Record<string, unknown>>;

/** A room's content as plain values: table → record → field. */
interface RoomJson {
  readonly schema: string;
  readonly version: number;
  readonly tables: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, JsonValue>>>>>>;
}

/** The document and how to write it: what a room and a local store have in common. */
interface SharedDocument<S extends Schema> {
  readonly schema: S;
  readonly tables: Readers<S['tables']>;
  /**
   * Writes, all at once or not at all; a nested call joins the one around it and gives its edit.
   * @throws what `write` throws, after which nothing has happened; SupermeshError `room-not-open` before `ready()`,
   *   `not-allowed` for what the own link does not permit, and what the drafts say
   */
  transact<R>(write: (transaction: Transaction<S['tables']>) => R extends PromiseLike<unknown> ? never : R, options?: TransactOptions): Edit;
  /** One event for each edit, in the order in which they were applied. */
  readonly changed: Subscribable<RoomChange>;
  /** @throws SupermeshError `not-yet` */
  undo(edit: EditId): Edit;
  /** @throws SupermeshError `not-yet` */
  redo(edit: EditId): Edit;
  undoManager(options?: UndoOptions<S>): UndoManager;
  toJSON(): RoomJson;
  /** Ends it; idempotent. A room says goodbye. */
  dispose(): void;
}

interface Room<S extends Schema = Schema> extends SharedDocument<S> {
  /** The strongest link that this device holds. */
  readonly link: Link;
  readonly status: Observable<RoomStatus>;
  /** Known after {@link Room.ready}. */
  readonly me: OwnIdentity;
  rename(name: string): void;
  /** Everybody here, the own person first. */
  readonly people: Observable<readonly Participant<PresenceOf<S['presence']>>[]>;
  readonly presence: OwnPresence<PresenceOf<S['presence']>>;
  channel<Body>(name: string): Channel<Body>;
  readonly blobs: Blobs;
  readonly jobs: Jobs;
  /** What strangers sent and was not taken. */
  readonly refusals: Subscribable<Refusal>;
  /**
   * Opens the room and resolves when the local copy is read. Nobody else need be here.
   * @throws the reason of `signal`, which ends the wait and not the opening; SupermeshError `room-disposed`
   */
  ready(options?: {
    readonly signal?: AbortSignal;
  }): Promise<void>;
  /** Resolves when all own edits so far are on disk (or in memory, where there is no disk). */
  flushed(): Promise<void>;
  setSignaling(urls: readonly string[]): void;
  /**
   * A way in with `right`, at most the own one.
   * @param options - `page`: the address that the link is for, the page's own by default
   * @throws SupermeshError `right-too-strong`
   */
  invite(right: Right, options?: {
    readonly page?: string;
  }): Promise<Invitation>;
  /** The whole room as one file. @throws SupermeshError `not-yet` */
  exportFile(): Promise<Blob>;
  readonly trace: Subscribable<TraceEvent>;
  /** A digest of all that is stored, internals included: equal on replicas that have seen the same. */
  fingerprint(): string;
}

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
