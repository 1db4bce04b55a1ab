/**
 * Sets as they are read: nobody who is handed one can change what others read.
 */
import type { JsonValue, Scalar } from '../protocol/patch.ts'
import { refuse } from './map-value.ts'

export type SetValue = ReadonlySet<Scalar>

/** Two items are the same when this is. */
export const keyOf = (item: Scalar): string => JSON.stringify(item)

export const isScalar = (item: JsonValue): item is Scalar => ['string', 'number', 'boolean'].includes(typeof item)

const REFUSING: PropertyDescriptorMap = { add: { value: refuse }, delete: { value: refuse }, clear: { value: refuse } }

export function frozenSet(items: readonly Scalar[]): SetValue {
  return Object.freeze(Object.defineProperties(new Set(items), REFUSING))
}

/** The items that are accepted: the set itself where all of them are. */
export function acceptedSet(held: SetValue | undefined, accepts: (item: JsonValue) => boolean): SetValue {
  if (!held) return NOTHING
  const items = [...held].filter(accepts)
  return items.length === held.size ? held : frozenSet(items)
}

const NOTHING = frozenSet([])
