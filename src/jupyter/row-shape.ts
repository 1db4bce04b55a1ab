/**
 * What a value in a Jupyter room's rows has to be like to be believed: whoever may write may write any JSON.
 *
 * Small predicates, put together beside the types that they vouch for (see `schema.ts`). They ask for what is read and let
 * further fields pass, because a newer version may have written them. Pure.
 */
import type { JsonValue } from '../protocol/patch.ts'

/** Whether a value, or what stands in a field, is accepted. */
export type Accepts = (value: JsonValue | undefined) => boolean

export const isText: Accepts = value => typeof value === 'string'
export const isNumber: Accepts = value => typeof value === 'number'
export const isFlag: Accepts = value => typeof value === 'boolean'

export function oneOf(...words: readonly string[]): Accepts {
  return value => typeof value === 'string' && words.includes(value)
}

export function orNull(accepts: Accepts): Accepts {
  return value => value === null || accepts(value)
}

export function orMissing(accepts: Accepts): Accepts {
  return value => value === undefined || accepts(value)
}

/** An object that has every field of `T`, each accepted. */
export function shapeOf<T>(fields: { readonly [K in keyof T]-?: Accepts }): Accepts {
  const shape = Object.entries<Accepts>(fields)
  return value => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
    const object = value as Readonly<Record<string, JsonValue>>
    return shape.every(([key, accepts]) => accepts(object[key]))
  }
}
