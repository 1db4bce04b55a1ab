/**
 * Kernels without a room: `window.check(address)` takes the Jupyter Server at `address`, or embedded Python for null,
 * through the contract that every kernel keeps.
 */
import { openEmbeddedPython, openJupyterServer } from '../../src/host/index.ts'
import { checkKernelContract } from '../../src/host/kernel-contract.ts'

const check = (address: string | null) =>
  checkKernelContract(
    address === null ? openEmbeddedPython({ indexURL: '/pyodide/' }) : openJupyterServer({ address }),
    {
      sleep: milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds)),
      interruptible: address !== null || crossOriginIsolated,
    },
  )

Object.assign(window, { check })
