/**
 * Names of tables, fields and records: short, printable, and never a member of `Object.prototype`, because names become
 * keys of plain objects here and in code that we do not own.
 */
export const NAME_MAX_LENGTH = 64
const SHAPE = /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

export function safeName(name: string): boolean {
  return name.length <= NAME_MAX_LENGTH && SHAPE.test(name) && !INHERITED.has(name)
}
