// The public surface of supermesh/host, made by "npm run api".

/** What to add to the policy of a page that opens embedded Python. */
declare const EMBEDDED_PYTHON_PAGE_POLICY: {
  readonly 'script-src': readonly ["'sha256-F6LfIxYzCnGLhmgAA0mhfuAmluRYy0SiZVdM2VlriKs='", "'wasm-unsafe-eval'"];
  readonly 'worker-src': readonly ['blob:'];
};

type Unsubscribe = () => void;

interface Subscribable<T> {
  subscribe(listener: (value: T) => void): Unsubscribe;
}

/** A value that can be read at any time and watched; the same object until it changes. */
interface Observable<T> extends Subscribable<T> {
  getSnapshot(): T;
}

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

/** The `msg_id` of an attempt's execute request: outputs are adopted by it, by us and by a successor. */
declare function messageIdOf(attempt: string): string;

interface EmbeddedPythonOptions {
  /** The folder with Pyodide's five files, absolute or relative to the page: `pyodide/`. */
  readonly indexURL: string;
  /** Origins from which Python's own code may fetch; none when left out. */
  readonly sites?: readonly string[];
}

declare function openEmbeddedPython({
  indexURL,
  sites
}: EmbeddedPythonOptions): KernelBackend;

interface JupyterServerOptions {
  /** As Jupyter prints it: `http://localhost:8888/lab?token=…`. */
  readonly address: string;
  /** A predecessor's kernel and session, to go on with its kernel and receive what the server kept for it. */
  readonly resume?: {
    readonly id: string;
    readonly session: string;
  };
}

/** @throws SupermeshError `bad-address`, whose message says what is wrong with it */
declare function openJupyterServer({
  address,
  resume
}: JupyterServerOptions): KernelBackend;

/**
 * The one address by which a person names a Jupyter Server, as Jupyter prints it on its terminal, token included.
 *
 * People copy `http://localhost:8888/lab?token=…`, `…/tree?token=…` or the bare server: all mean the same base.
 * Pure; never puts the token into a message.
 */
interface ServerAddress {
  /** Ends with a slash; has neither query nor fragment nor user name. */
  readonly baseUrl: string;
  readonly wsUrl: string;
  /** Empty when the address has none. */
  readonly token: string;
}

/** Why an address cannot be used, in a sentence for people. */
interface AddressRefusal {
  readonly refused: string;
}

declare function parseServerAddress(text: string): ServerAddress | AddressRefusal;

export {
  type Completion,
  EMBEDDED_PYTHON_PAGE_POLICY,
  type EmbeddedPythonOptions,
  type ExecuteRequest,
  type ExecuteResult,
  type JupyterServerOptions,
  type Kernel,
  type KernelBackend,
  type KernelDescription,
  type KernelEvent,
  type KernelStatus,
  type MimeBundle,
  type OpenOptions,
  type OpenProgress,
  type ServerAddress,
  messageIdOf,
  openEmbeddedPython,
  openJupyterServer,
  parseServerAddress,
};
