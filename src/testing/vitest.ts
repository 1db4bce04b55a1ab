/** `supermesh/testing/vitest`: import it once, and `expect(world).toHaveConverged()` is there. */
import { expect } from 'vitest'
import { toHaveConverged } from './converged.ts'

expect.extend({ toHaveConverged })

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: has to be as Vitest declares it
  interface Matchers<T = any> {
    /** All rooms of a world are equal, internals included. */
    toHaveConverged(): void
  }
}
