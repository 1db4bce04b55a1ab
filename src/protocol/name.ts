/**
 * Names of tables, fields and records: short, printable, and never a member of `Object.prototype`, because names become
 * keys of plain objects here and in code that we do not own.
 */
import { inWords, SupermeshError } from '../base/error.ts'

export const NAME_MAX_LENGTH = 64
const SHAPE = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** @param name - checked as to its type, too, for callers without types */
export function safeName(name: string): boolean {
  return typeof name === 'string' && name.length <= NAME_MAX_LENGTH && SHAPE.test(name) && !INHERITED.has(name)
}

const WHAT_NAMES_ARE = `1 to ${NAME_MAX_LENGTH} of the letters A to Z, a to z, digits, "_", "." and "-", not beginning with "." or "-"`

/**
 * @param what - what it cannot be, for the message
 * @throws SupermeshError `name-unsafe`
 */
export function requireName(name: string, what: string): void {
  if (safeName(name)) return
  const why = INHERITED.has(name) ? 'every object has it' : `it has to be ${WHAT_NAMES_ARE}`
  throw new SupermeshError('name-unsafe', `${inWords(name)} cannot be ${what}: ${why}.`, { name })
}
