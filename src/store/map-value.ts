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

/** In the order of the keys: in that in which they came, everybody would read another one. */
export function frozenMap(items: Iterable<readonly [string, JsonValue]>): MapValue {
  const sorted = [...items].sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.freeze(Object.defineProperties(new Map(sorted), REFUSING))
}

/** The items that are accepted: the map itself where all of them are. */
export function acceptedMap(held: MapValue | undefined, accepts: (item: JsonValue) => boolean): MapValue {
  if (!held) return NOTHING
  const items = [...held].filter(([, item]) => accepts(item))
  return items.length === held.size ? held : frozenMap(items)
}

const NOTHING = frozenMap([])
