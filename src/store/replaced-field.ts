/**
 * What those who look at a field are told when a snapshot takes the place of what was in it.
 */
import type { FieldKind } from '../protocol/patch.ts'
import type { MapValue } from './map-value.ts'
import type { RestoredField } from './saved-field.ts'
import type { Splice } from './sequence.ts'
import type { SetValue } from './set-value.ts'
import type { Content } from './span.ts'
import type { LinkedView } from './text-view.ts'

export interface Replaced {
  /** It follows on that of before. */
  readonly value: unknown
  /** In the form of the field's kind. */
  readonly change: unknown
  /** Whether anything of it can be seen. */
  readonly differs: boolean
}

/** @param before - `null` where there was no such field, as in a new record */
export function replaced(kind: FieldKind, before: RestoredField | null, after: RestoredField): Replaced {
  switch (kind) {
    case 'register':
      return { value: after.value, change: after.value, differs: !isEqual(before?.value, after.value) }
    case 'map': {
      const [old, fresh] = [before?.value as MapValue | undefined, after.value as MapValue]
      const all = new Set([...(old?.keys() ?? []), ...fresh.keys()])
      const keys = [...all].filter(key => !isEqual(old?.get(key), fresh.get(key)))
      return { value: after.value, change: keys, differs: keys.length > 0 }
    }
    case 'counter': {
      const way = (after.value as number) - ((before?.value as number | undefined) ?? 0)
      return { value: after.value, change: [way], differs: way !== 0 }
    }
    case 'set': {
      const [old, fresh] = [before?.value as SetValue | undefined, after.value as SetValue]
      return { value: after.value, change: [], differs: !isEqual([...(old ?? [])], [...fresh]) }
    }
    default: {
      const [old, fresh] = [before?.value as LinkedView<Content> | undefined, after.value as LinkedView<Content>]
      const content = fresh.content()
      const splices = difference(old?.content() ?? content.slice(0, 0), content)
      return { value: old?.leadTo(fresh, splices) ?? fresh, change: splices, differs: splices.length > 0 }
    }
  }
}

const isEqual = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b)

/** One splice, or none: whoever edits elsewhere keeps the caret. */
function difference(before: Content, after: Content): readonly Splice<Content>[] {
  let start = 0
  const shorter = Math.min(before.length, after.length)
  while (start < shorter && isEqual(before[start], after[start])) start++
  let end = 0
  while (end < shorter - start && isEqual(before[before.length - 1 - end], after[after.length - 1 - end])) end++
  if (start === before.length && start === after.length) return []
  return [
    {
      index: start,
      removed: before.slice(start, before.length - end),
      inserted: after.slice(start, after.length - end),
    },
  ]
}
