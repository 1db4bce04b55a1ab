/**
 * The port behind which every kernel stands, embedded in the page or on a Jupyter Server.
 *
 * The supernode talks to this and to nothing else, so that running code looks the same wherever it runs. It must not
 * know Jupyter's wire, WebSockets or Python: those live in `io/`.
 */
import type { Observable } from '../base/subscribe.ts'

/** A MIME bundle: media type to value; text as strings, binary as base64, JSON types as values. */
export type MimeBundle = Readonly<Record<string, unknown>>

/** What running code says while it runs; the shapes of nbformat's outputs, in camel case. */
export type KernelEvent =
  | { readonly type: 'stream'; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | {
      readonly type: 'display_data' | 'execute_result'
      readonly data: MimeBundle
      readonly metadata: MimeBundle
      readonly executionCount?: number
      readonly displayId?: string
    }
  | {
      readonly type: 'update_display_data'
      readonly displayId: string
      readonly data: MimeBundle
      readonly metadata: MimeBundle
    }
  | { readonly type: 'error'; readonly ename: string; readonly evalue: string; readonly traceback: readonly string[] }
  | { readonly type: 'clear_output'; readonly wait: boolean }
  | { readonly type: 'input-request'; readonly prompt: string; readonly password: boolean }

/** `starting` until the first answer, `dead` for ever; `busy` whoever asked. */
export type KernelStatus = 'starting' | 'idle' | 'busy' | 'restarting' | 'dead'

export interface KernelDescription {
  /** The kernel's id on its server. */
  readonly id: string
  /** The client's session with it: a successor that connects with the same one receives what the server buffered. */
  readonly session: string
  readonly name: string
  readonly displayName: string
  readonly language: string
  readonly backend: 'embedded' | 'server'
}

export interface ExecuteRequest {
  /** The id of this one attempt; the kernel's `msg_id` is derived from it, see {@link messageIdOf}. */
  readonly attempt: string
  readonly source: string
}

export interface ExecuteResult {
  /** `aborted`: it was queued behind an error, a restart or a death, and never began. */
  readonly status: 'ok' | 'error' | 'aborted'
  readonly executionCount: number | null
}

export interface Kernel {
  readonly description: KernelDescription
  readonly status: Observable<KernelStatus>
  /**
   * Runs `source` after everything asked earlier. A restart or the death of the kernel ends it too: `error`, after an
   * `error` event that says why, when it had begun, else `aborted`. Late outputs (of a thread, say) still reach `onEvent`.
   */
  execute(request: ExecuteRequest, onEvent: (event: KernelEvent) => void): Promise<ExecuteResult>
  /**
   * Raises KeyboardInterrupt in the code that runs; nothing when none does.
   * @throws SupermeshError `interrupt-needs-isolation`: only a restart can stop this code in this page
   */
  interrupt(): Promise<void>
  /** A new, empty interpreter with the same id. @throws SupermeshError `restart-failed` */
  restart(): Promise<void>
  /** Answers the open `input-request`; nothing when none is open. @throws SupermeshError `input-too-long` */
  reply(value: string): void
  /** Completions at `cursor`, an offset in UTF-16 units. */
  complete(source: string, cursor: number): Promise<Completion>
  /** What is known of the name at `cursor`, as a MIME bundle; `null` when nothing is. */
  inspect(source: string, cursor: number): Promise<MimeBundle | null>
  /** Ends the interpreter itself, and with it this connection. */
  shutdown(): Promise<void>
  /** Lets go: an embedded kernel ends, one on a server goes on for a successor. Idempotent. */
  dispose(): Promise<void>
}

export interface Completion {
  readonly matches: readonly string[]
  /** The span that a match replaces, in UTF-16 units. */
  readonly start: number
  readonly end: number
}

export interface OpenProgress {
  /** A few words for people, such as `Downloading Python`. */
  readonly stage: string
  /** Bytes, when the stage is a download. */
  readonly loaded?: number
  readonly total?: number
}

export interface OpenOptions {
  onProgress(progress: OpenProgress): void
  readonly signal?: AbortSignal
}

export interface KernelBackend {
  /**
   * May be called again after it failed.
   * @throws SupermeshError `wrong-token`, `origin-refused`, `server-unreachable`, `mixed-content`, `server-refused`,
   *   `no-kernel-spec`, `kernel-lost`, `python-download-failed`, `python-start-failed`, `aborted`
   */
  open(options: OpenOptions): Promise<Kernel>
}

/** The `msg_id` of an attempt's execute request: outputs are adopted by it, by us and by a successor. */
export function messageIdOf(attempt: string): string {
  return `supermesh-${attempt}`
}
