/**
 * Maps as they are read: nobody who is handed one can change what others read.
 */
import { SupermeshError } from '../base/error.ts'
import type { JsonValue } from '../protocol/patch.ts'

export type MapValue = ReadonlyMap<string, JsonValue>

export function refuse(): never {
  throw new SupermeshError('value-frozen', 'What was read cannot be written to: use a transaction.')
}

const REFUSING: PropertyDescriptorMap = { set: { value: refuse }, delete: { value: refuse }, clear: { value: refuse } }

/** @param items - the caller's own, which it writes to no more */
export function frozenMap(items: Map<string, JsonValue>): MapValue {
  return Object.freeze(Object.defineProperties(items, REFUSING))
}

/** The items that are accepted: the map itself where all of them are. */
export function acceptedMap(held: MapValue | undefined, accepts: (item: JsonValue) => boolean): MapValue {
  if (!held) return NOTHING
  const items = [...held].filter(([, item]) => accepts(item))
  return items.length === held.size ? held : frozenMap(new Map(items))
}

const NOTHING = frozenMap(new Map())
