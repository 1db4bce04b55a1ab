// The public surface of supermesh/host, made by "npm run api".

import { Completion, ExecuteRequest, ExecuteResult, Kernel, KernelBackend, KernelDescription, KernelEvent, KernelStatus, MimeBundle, OpenOptions, OpenProgress, messageIdOf } from "./shared.js";

/** What to add to the policy of a page that opens embedded Python. */
declare const EMBEDDED_PYTHON_PAGE_POLICY: {
  readonly 'script-src': readonly ["'sha256-2w5AAmlfdJqXcuLArCCQ6kjayIOyVrHKEPAExZnAbQA='", "'wasm-unsafe-eval'"];
  readonly 'worker-src': readonly ['blob:'];
};

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
