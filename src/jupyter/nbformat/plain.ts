/**
 * From lossless JSON to the plain values that renderers and kernels speak, and back.
 *
 * To plain values is lossy on purpose (integer-like keys move, big integers round): it serves the eye, never a file.
 */
import { isJsonArray, isJsonNumber, isJsonObject, type JsonObject, type JsonValue } from '../json-text.ts'

/** `__proto__` becomes an own property like any other. */
export function plainObject(object: JsonObject): Record<string, unknown> {
  return Object.fromEntries([...object].map(([key, value]) => [key, toPlain(value)]))
}

export function toPlain(value: JsonValue): unknown {
  if (isJsonNumber(value)) return Number(value.lexeme)
  if (isJsonArray(value)) return value.map(toPlain)
  if (isJsonObject(value)) return plainObject(value)
  return value
}

/** By code point, as Python sorts; JavaScript's own order differs above U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    const x = a.codePointAt(i) ?? 0
    const y = b.codePointAt(i) ?? 0
    if (x !== y) return x - y
  }
  return a.length - b.length
}

/**
 * Keys are sorted at every level, as Jupyter saves them; what JSON cannot hold is left out of objects and `null` in
 * arrays, as `JSON.stringify` has it.
 *
 * @returns `undefined` when `value` is no JSON at all or is nested more than `maxDepth` levels deep
 */
export function fromPlain(value: unknown, maxDepth: number): JsonValue | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return { lexeme: Object.is(value, -0) ? '-0' : String(value) }
  if (typeof value === 'bigint') return { lexeme: String(value) }
  if (typeof value !== 'object' || maxDepth <= 0) return undefined
  if (Array.isArray(value)) {
    const items: JsonValue[] = []
    for (const item of value) {
      const converted = fromPlain(item, maxDepth - 1)
      if (converted === undefined && typeof item === 'object') return undefined
      items.push(converted ?? null)
    }
    return items
  }
  const members = new Map<string, JsonValue>()
  for (const [key, member] of Object.entries(value).sort(([a], [b]) => compareCodePoints(a, b))) {
    const converted = fromPlain(member, maxDepth - 1)
    if (converted !== undefined) members.set(key, converted)
    else if (typeof member === 'object') return undefined
  }
  return members
}
