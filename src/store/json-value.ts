/**
 * Values at the API: copied, frozen and checked, so that what is stored here is what every replica will have.
 */
import { SupermeshError } from '../base/error.ts'
import { VALUE_MAX_BYTES, VALUE_MAX_DEPTH } from '../protocol/limits.ts'
import type { JsonValue } from '../protocol/patch.ts'

/**
 * A frozen deep copy of `value`. One level less than the wire allows is allowed here, because a list is an array of its
 * items.
 * @throws SupermeshError `value-not-json` with the path to what JSON cannot hold: `undefined`, a number that is not
 *   finite, a function, an instance of a class, a key `__proto__`, or nesting that is too deep
 */
export function toJsonValue(value: unknown, path = ''): JsonValue {
  return copy(value, path, 0, { left: VALUE_MAX_PARTS })
}

/** More than fit into a transaction: a value may hold one part in so many places that copying it would never end. */
const VALUE_MAX_PARTS = VALUE_MAX_BYTES / 16

/** Whether two JSON values are the same. */
export function isSameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const keys = Object.keys(a)
  if (keys.length !== Object.keys(b).length || Array.isArray(a) !== Array.isArray(b)) return false
  return keys.every(key => Object.hasOwn(b, key) && isSameValue(a[key as never], b[key as never]))
}

function copy(value: unknown, path: string, depth: number, parts: { left: number }): JsonValue {
  if (--parts.left < 0) {
    const sentence = `The value${path && ` at ${path}`} has more parts than a transaction can have.`
    throw new SupermeshError('transaction-too-large', sentence, { path, limit: VALUE_MAX_PARTS })
  }
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw notJson(path, 'is not a finite number')
    return value === 0 ? 0 : value // JSON has no negative zero
  }
  if (typeof value === 'object' && depth >= VALUE_MAX_DEPTH - 1) throw notJson(path, 'is nested too deep')
  if (Array.isArray(value))
    return Object.freeze(Array.from(value, (item, i) => copy(item, `${path}[${i}]`, depth + 1, parts)))
  if (typeof value === 'object') {
    const prototype = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) throw notJson(path, 'is an instance of a class')
    const object: Record<string, JsonValue> = {}
    for (const [key, item] of Object.entries(value)) {
      if (key === '__proto__') throw notJson(path, 'has the key __proto__')
      object[key] = copy(item, `${path}.${key}`, depth + 1, parts)
    }
    return Object.freeze(object)
  }
  throw notJson(path, `is ${typeof value}`)
}

function notJson(path: string, why: string): SupermeshError {
  return new SupermeshError('value-not-json', `The value${path && ` at ${path}`} ${why}: JSON cannot hold it.`, {
    path,
  })
}
