/** For callers without types: what was meant to be an object of named values is one. */
import { inWords, SupermeshError } from './error.ts'

/**
 * @param what - in words, with which the sentence begins
 * @throws SupermeshError `option-invalid`
 */
export function requireObject(given: unknown, what: string): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return
  throw new SupermeshError('option-invalid', `${what} are given as an object, not ${inWords(given)}.`)
}
