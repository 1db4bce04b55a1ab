/// <reference types="expect" preserve="true" />
/** `supermesh/testing/jest`: name it in `setupFilesAfterEnv`, and `expect(world).toHaveConverged()` is there. */
import { toHaveConverged } from './converged.ts'

interface JestGlobals {
  readonly expect?: { extend(matchers: { readonly toHaveConverged: typeof toHaveConverged }): void }
}

;(globalThis as JestGlobals).expect?.extend({ toHaveConverged })

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    /** All rooms of a world are equal, internals included. */
    toHaveConverged(): R
  }
}

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: has to be as @types/jest declares it
    interface Matchers<R, T = {}> {
      /** All rooms of a world are equal, internals included. */
      toHaveConverged(): R
    }
  }
}
