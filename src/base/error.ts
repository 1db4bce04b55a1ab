/**
 * The one error class of the kit: a developer's mistake or a broken environment, with a code to test for and details.
 *
 * What a stranger can cause is never thrown: it is refused as a value (see `protocol/refusal.ts`).
 */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null | undefined>>

/** A value of a caller's in a sentence: `"1"` is not `1`. */
export function inWords(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'function') return 'a function'
  return typeof value === 'object' && value !== null ? 'an object' : String(value)
}

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
