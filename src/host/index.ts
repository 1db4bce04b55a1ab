/**
 * What only the supernode does: kernels, behind one port. Loaded on demand; brings Jupyter's client along.
 */
export { EMBEDDED_PYTHON_PAGE_POLICY } from './frame-policy.ts'
export type { EmbeddedPythonOptions } from './io/embedded-python.ts'
export { openEmbeddedPython } from './io/embedded-python.ts'
export type { JupyterServerOptions } from './io/jupyter-server.ts'
export { openJupyterServer } from './io/jupyter-server.ts'
export type {
  Completion,
  ExecuteRequest,
  ExecuteResult,
  Kernel,
  KernelBackend,
  KernelDescription,
  KernelEvent,
  KernelStatus,
  MimeBundle,
  OpenOptions,
  OpenProgress,
} from './kernel.ts'
export { messageIdOf } from './kernel.ts'
export type { ServerAddress } from './server-address.ts'
export { parseServerAddress } from './server-address.ts'
