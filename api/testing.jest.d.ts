// The public surface of supermesh/testing/jest, made by "npm run api".

declare global {
  namespace jest {
    interface Matchers<R, T = {}> {
      /** All rooms of a world are equal, internals included. */
      toHaveConverged(): R;
    }
  }
}
