/** For callers without types: what was meant to be an object of named values is one, and its names are known. */
import { inWords, SupermeshError } from './error.ts'

/**
 * @param what - in words, with which the sentence begins
 * @throws SupermeshError `option-invalid`
 */
export function requireObject(given: unknown, what: string): void {
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return
  throw new SupermeshError('option-invalid', `${what} are given as an object, not ${inWords(given)}.`)
}

/**
 * As {@link requireObject}. A name that is mistyped would be no option at all, and nobody would notice.
 * @throws SupermeshError `option-invalid`
 */
export function requireOptions(given: object, what: string, known: readonly string[]): void {
  requireObject(given, what)
  for (const option of Object.keys(given)) {
    if (known.includes(option)) continue
    throw new SupermeshError('option-invalid', `${what} are ${known.join(', ')}, not ${inWords(option)}.`, { option })
  }
}

/** @throws SupermeshError `option-invalid` */
export function requireText(given: unknown, option: string): void {
  if (typeof given === 'string') return
  throw new SupermeshError('option-invalid', `The ${option} is a text, not ${inWords(given)}.`, { option })
}
