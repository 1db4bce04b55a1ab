/**
 * The one error class of the kit: a developer's mistake or a broken environment, with a code to test for and details.
 *
 * What a stranger can cause is never thrown: it is refused as a value (see `protocol/refusal.ts`).
 */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | undefined>>

/** A value of a caller's in a sentence: `"1"` is not `1`. */
export const inWords = (value: unknown) => (typeof value === 'string' ? JSON.stringify(value) : String(value))

export class SupermeshError extends Error {
  override readonly name = 'SupermeshError'
  /** Stable, kebab-case; the message may change, the code may not. */
  readonly code: string
  readonly details: ErrorDetails

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message)
    this.code = code
    this.details = details
  }
}
