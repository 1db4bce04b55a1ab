/**
 * Reading tables: frozen records that stay the same object until they change.
 */
import { SupermeshError } from '../base/error.ts'
import { requireObject } from '../base/require.ts'
import { createEmitter, type Emitter, type Unsubscribe } from '../base/subscribe.ts'
import { fieldKey, type JsonValue } from '../protocol/patch.ts'
import type { Document } from './document.ts'
import type { SequenceMetadata } from './fields.ts'
import { acceptedMap, type MapValue } from './map-value.ts'
import type { ListValue, ReadRecord, SequenceChange, TableReader, TextEdit, TextValue } from './record.ts'
import { ALIVE, type AnyField, type Fields } from './schema.ts'
import type { Splice } from './sequence.ts'
import { acceptedSet, type SetValue } from './set-value.ts'
import type { Content } from './span.ts'
import {
  type Anchor,
  type AnchorSide,
  anchorAt,
  indexOfAnchor,
  type LinkedView,
  requireIndex,
  type View,
} from './text-view.ts'

export interface LiveTable {
  readonly reader: TableReader<Fields>
  /** Forgets what an applied edit made stale. */
  invalidate(changes: Readonly<Record<string, unknown>>): void
  /** Tells of an applied edit, undo or redo. `changes` is record → field key → change. */
  announce(
    changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
    how: Pick<SequenceChange<string>, 'local' | 'kind'>,
  ): void
}

/** How a text is written to from where it is read. */
export interface TextHands {
  /** Makes an own edit of a text field. */
  edit(record: string, field: string, edits: readonly TextEdit[]): void
  mayEdit(record: string): boolean
}

export function createLiveTable(
  document: Document,
  name: string,
  fields: Fields,
  { edit, mayEdit }: TextHands,
): LiveTable {
  const records = new Map<string, ReadRecord<Fields>>()
  const changed = createEmitter<void>()
  const recordChanged = new Map<string, Emitter<void>>()
  const textChanged = new Map<string, Emitter<SequenceChange<string>>>()
  let snapshot: readonly ReadRecord<Fields>[] | null = null

  /** Lists of ids may hold what is none. */
  const alive = (id: string) => typeof id === 'string' && document.value(name, id, ALIVE) === true

  function read(id: string, field: string, definition: AnyField): unknown {
    const key = fieldKey(definition.kind, field)
    const held = document.value(name, id, key)
    switch (definition.kind) {
      case 'register':
        return held !== undefined && definition.accepts(held as JsonValue) ? held : definition.initial
      case 'map':
        return acceptedMap(held as MapValue | undefined, definition.accepts)
      case 'counter':
        return held ?? 0
      case 'set':
        return acceptedSet(held as SetValue | undefined, definition.accepts)
      case 'list':
        return listValue(
          (held as LinkedView<readonly unknown[]> | undefined)?.keep(),
          positions(id, key),
          definition.accepts,
        )
      case 'text':
        return textValue((held as LinkedView<string> | undefined)?.keep(), positions(id, key), {
          subscribe: listener => listen(textChanged, `${id}/${key}`, listener),
          path: `${name}/${id}/${field}`,
          editable: mayEdit(id),
          latest: () => get(id)?.[field] as TextValue | undefined,
          splice: (index, remove, insert) => edit(id, field, [{ index, remove, insert }]),
          edit: edits => edit(id, field, edits),
        })
    }
  }

  function positions(id: string, key: string) {
    const sequence = () => (document.metadata(name, id, key) as SequenceMetadata<Content> | undefined)?.sequence
    return {
      anchor: (index: number, side: AnchorSide) => anchorAt(sequence() ?? null, index, side),
      indexOf: (anchor: Anchor) => {
        const here = sequence()
        return here ? indexOfAnchor(here, anchor) : null
      },
    }
  }

  function get(id: string): ReadRecord<Fields> | undefined {
    if (!alive(id)) return undefined
    let record = records.get(id)
    if (!record) {
      const values = Object.entries(fields).map(([field, definition]) => [field, read(id, field, definition)])
      record = Object.freeze({ id, ...Object.fromEntries(values) }) as ReadRecord<Fields>
      records.set(id, record)
    }
    return record
  }

  const getSnapshot = () => {
    snapshot ??= Object.freeze(document.recordIds(name).flatMap(id => get(id) ?? []))
    return snapshot
  }

  return {
    reader: {
      has: alive,
      get,
      getSnapshot,
      where(values) {
        requireObject(values, 'Values to look for')
        const wanted = Object.entries(values)
        for (const [field] of wanted) {
          if (field === 'id' || Object.hasOwn(fields, field)) continue
          throw new SupermeshError('field-unknown', `${name} has no field "${field}".`, { table: name, field })
        }
        return getSnapshot().filter(record =>
          wanted.every(([field, value]) => (record as Record<string, unknown>)[field] === value),
        )
      },
      subscribe: changed.subscribe,
      subscribeTo: (id, listener) => listen(recordChanged, id, listener),
    },
    invalidate(changes) {
      if (records.size > 0) for (const id in changes) records.delete(id)
      snapshot = null
    },
    announce(changes, { local, kind }) {
      for (const id in changes) {
        if (textChanged.size > 0) {
          for (const [key, change] of Object.entries(changes[id] ?? {})) {
            const splices = change as readonly Splice<string>[]
            textChanged.get(`${id}/${key}`)?.emit({ splices, local, kind })
          }
        }
        recordChanged.get(id)?.emit()
      }
      changed.emit()
    },
  }
}

/** Listens under a name that is forgotten with its last listener. */
function listen<T>(emitters: Map<string, Emitter<T>>, name: string, listener: (value: T) => void): Unsubscribe {
  const emitter = emitters.get(name) ?? createEmitter<T>()
  emitters.set(name, emitter)
  const end = emitter.subscribe(listener)
  return () => {
    end()
    if (emitter.idle() && emitters.get(name) === emitter) emitters.delete(name)
  }
}

type Positions = Pick<TextValue, 'anchor' | 'indexOf'>

function textValue(
  view: View<string> | undefined,
  positions: Positions,
  live: Pick<TextValue, 'path' | 'editable' | 'latest' | 'subscribe' | 'splice' | 'edit'>,
): TextValue {
  return Object.freeze({
    length: view?.length ?? 0,
    toString: () => view?.content() ?? '',
    ...positions,
    ...live,
  })
}

/** An item that is not accepted has no index: see S14. */
function listValue(
  view: View<readonly unknown[]> | undefined,
  positions: Positions,
  accepts: (item: JsonValue) => boolean,
): ListValue<unknown> {
  let shown: { readonly items: readonly unknown[]; readonly places: readonly number[] } | null = null
  const read = () => {
    if (shown) return shown
    const all = view?.content() ?? []
    const places = all.flatMap((item, i) => (accepts(item as JsonValue) ? [i] : []))
    shown = { items: Object.freeze(places.map(place => all[place])), places: [...places, all.length] }
    return shown
  }
  return Object.freeze({
    get length() {
      return read().items.length
    },
    toArray: () => read().items,
    anchor(index: number, side: AnchorSide) {
      const { items, places } = read()
      requireIndex(index, items.length)
      return positions.anchor(
        side === 'before' && index > 0 ? (places[index - 1] ?? 0) + 1 : (places[index] ?? 0),
        side,
      )
    },
    indexOf(anchor: Anchor) {
      const at = positions.indexOf(anchor)
      return at === null ? null : read().places.filter((place, i) => place < at && i < read().items.length).length
    },
  })
}
