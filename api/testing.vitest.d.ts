// The public surface of supermesh/testing/vitest, made by "npm run api".

declare module 'vitest' {
  interface Matchers<T = any> {
    /** All rooms of a world are equal, internals included. */
    toHaveConverged(): void;
  }
}
