/**
 * Reading what a patch carries: JSON values, and the content of insertions.
 */
import { malformed, type Reader } from './codec.ts'
import { nesting } from './json-depth.ts'
import { COUNTER_MAX_STEP, FRAME_MAX_BYTES, VALUE_MAX_BYTES, VALUE_MAX_DEPTH } from './limits.ts'
import type { JsonValue, Scalar } from './patch.ts'

/** @param isSingle - one ASCII character, without a length */
export function readText(reader: Reader, isSingle: boolean): string {
  if (isSingle) {
    const unit = reader.byte()
    return unit < 0x80 ? String.fromCharCode(unit) : malformed('text-not-utf8')
  }
  const text = reader.string(FRAME_MAX_BYTES)
  if (text === '') malformed('operation-empty')
  if (text.length === 1 && text.charCodeAt(0) < 0x80) malformed('not-shortest')
  return text
}

export function readItems(reader: Reader): readonly JsonValue[] {
  const items = readJson(reader)
  if (!Array.isArray(items)) malformed('value-wrong-type')
  return items.length > 0 ? items : malformed('operation-empty')
}

/** An item of a set. */
export function readScalar(reader: Reader): Scalar {
  const item = readJson(reader)
  return item === null || typeof item === 'object' ? malformed('value-wrong-type') : item
}

/** How much is added to a counter: even numbers are twice as much, odd ones twice as little, less one. */
export function readStep(reader: Reader): number {
  const number = reader.varuint(2 * COUNTER_MAX_STEP)
  return number % 2 === 0 ? number / 2 : -(number + 1) / 2
}

/** Accepts only what `JSON.stringify` writes, so that one value has one encoding. */
export function readJson(reader: Reader): JsonValue {
  const text = reader.string(VALUE_MAX_BYTES)
  if (nesting(text) > VALUE_MAX_DEPTH) malformed('value-too-deep')
  let value: JsonValue
  try {
    value = JSON.parse(text, refuseProto) as JsonValue
  } catch (error) {
    if (error instanceof SyntaxError) malformed('value-not-json')
    throw error
  }
  if (JSON.stringify(value) !== text) malformed('value-not-json')
  return value
}

/** An own key `__proto__` is harmless in itself, but not in the hands of code that copies it by assignment. */
function refuseProto(key: string, value: JsonValue): JsonValue {
  return key === '__proto__' ? malformed('name-unsafe') : value
}
