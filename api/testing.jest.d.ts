// The public surface of supermesh/testing/jest, made by "npm run api".

/// <reference types="expect" preserve="true" />

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown> {
    /** All rooms of a world are equal, internals included. */
    toHaveConverged(): R;
  }
}

declare global {
  namespace jest {
    interface Matchers<R, T = {}> {
      /** All rooms of a world are equal, internals included. */
      toHaveConverged(): R;
    }
  }
}
