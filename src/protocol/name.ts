/**
 * Names of tables, fields and records: short, printable, and never a member of `Object.prototype`, because names become
 * keys of plain objects here and in code that we do not own.
 */
const SHAPE = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}$/
const INHERITED: ReadonlySet<string> = new Set(Object.getOwnPropertyNames(Object.prototype))

export function safeName(name: string): boolean {
  return SHAPE.test(name) && !INHERITED.has(name)
}
