/**
 * What those who look at a field are told when a snapshot takes the place of what was in it.
 */
import type { FieldKind } from '../protocol/patch.ts'
import type { SequenceMetadata } from './fields.ts'
import { isSameValue } from './json-value.ts'
import type { MapValue } from './map-value.ts'
import type { RestoredField } from './saved-field.ts'
import type { Splice } from './sequence.ts'
import { splicesBetween } from './sequence-difference.ts'
import type { SetValue } from './set-value.ts'
import type { Content } from './span.ts'
import type { LinkedView } from './text-view.ts'

export interface Replaced {
  /** In the form of the field's kind. */
  readonly change: unknown
  /** Whether anything of it can be seen. */
  readonly differs: boolean
}

/** @param before - `null` where there was no such field, as in a new record */
export function replaced(kind: FieldKind, before: RestoredField | null, after: RestoredField): Replaced {
  switch (kind) {
    case 'register':
      return { change: after.value, differs: !isSameValue(before?.value, after.value) }
    case 'map': {
      const [old, fresh] = [before?.value as MapValue | undefined, after.value as MapValue]
      const all = new Set([...(old?.keys() ?? []), ...fresh.keys()])
      const keys = [...all].filter(key => !isSameValue(old?.get(key), fresh.get(key)))
      return { change: keys, differs: keys.length > 0 }
    }
    case 'counter': {
      const way = (after.value as number) - ((before?.value as number | undefined) ?? 0)
      return { change: [way], differs: way !== 0 }
    }
    case 'set': {
      const [old, fresh] = [before?.value as SetValue | undefined, after.value as SetValue]
      return { change: [], differs: !isSameValue([...(old ?? [])], [...fresh]) }
    }
    default: {
      const [old, fresh] = [before?.value as LinkedView<Content> | undefined, after.value as LinkedView<Content>]
      const splices =
        before && old && old.length > 0 ? splicesBetween(sequenceOf(before), sequenceOf(after)) : whole(fresh)
      old?.leadTo(fresh, splices)
      return { change: splices, differs: splices.length > 0 }
    }
  }
}

const sequenceOf = ({ metadata }: RestoredField) => (metadata as SequenceMetadata<Content>).sequence

function whole(view: LinkedView<Content>): readonly Splice<Content>[] {
  const content = view.content()
  return content.length > 0 ? [{ index: 0, removed: content.slice(0, 0), inserted: content }] : []
}
