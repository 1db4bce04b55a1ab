/**
 * Names of tables, fields and records: short, printable, and never a member of `Object.prototype`, because names become
 * keys of plain objects here and in code that we do not own.
 */
export const NAME_MAX_LENGTH = 64
const SHAPE = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

/** @param name - checked as to its type, too, for callers without types */
export function safeName(name: string): boolean {
  return typeof name === 'string' && name.length <= NAME_MAX_LENGTH && SHAPE.test(name) && !INHERITED.has(name)
}
