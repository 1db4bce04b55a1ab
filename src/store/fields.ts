/**
 * What the kinds of field do: registers, maps, texts and lists, and by name the others.
 */
import type { AnyField } from '@lumino/datastore'
import type { ElementId, FieldKind, JsonValue, MapPatch, Operation, RegisterPatch } from '../protocol/patch.ts'
import { createCounter } from './counter-field.ts'
import { frozenMap, type MapValue } from './map-value.ts'
import { OwnField } from './own-field.ts'
import { createSequence, type Sequence, type Splice } from './sequence.ts'
import { createSet } from './set-field.ts'
import type { Content } from './span.ts'
import { LinkedView } from './text-view.ts'
import { latest, put, takeBack, type Writes } from './writes.ts'

/** An update of a sequence: at `index`, `remove` elements leave and `insert` comes. */
export interface SpliceUpdate<C extends Content> {
  readonly index: number
  readonly remove: number
  readonly insert: C
}

/** The item at `move` comes to stand at `to` among the others. */
export interface MoveUpdate {
  readonly move: number
  readonly to: number
}

export type SequenceUpdate<C extends Content> = readonly (SpliceUpdate<C> | MoveUpdate)[]

export type RegisterMetadata = Writes
export type MapUpdate = ReadonlyMap<string, JsonValue | undefined>
/** A removed key keeps its writes, so that an older one cannot bring it back. */
export type MapMetadata = Map<string, Writes>
export interface SequenceMetadata<C extends Content> {
  readonly sequence: Sequence<C>
}

function createRegister(): AnyField {
  const read = (writes: RegisterMetadata) => {
    const value = latest(writes)?.value
    return { value, change: value }
  }
  return new OwnField<JsonValue | undefined, JsonValue, RegisterMetadata, JsonValue | undefined, RegisterPatch>({
    type: 'register',
    createValue: () => undefined,
    createMetadata: () => [],
    update(_previous, value, metadata, stamp) {
      put(metadata, stamp, value)
      return { ...read(metadata), patch: { stamp, value } }
    },
    apply(_previous, { stamp, value }, metadata) {
      put(metadata, stamp, value)
      return read(metadata)
    },
    undo(_previous, { stamp }, metadata) {
      takeBack(metadata, stamp)
      return read(metadata)
    },
    mergeChange: (_first, second) => second,
    mergePatch: (_first, second) => second,
  })
}

function createMap(): AnyField {
  type Change = MapPatch['changes'][number]
  function write(
    previous: MapValue,
    { changes }: MapPatch,
    metadata: MapMetadata,
    take: (writes: Writes, change: Change) => void,
  ) {
    const next = new Map(previous)
    for (const change of changes) {
      const [key] = change
      const writes = metadata.get(key) ?? []
      metadata.set(key, writes)
      take(writes, change)
      const value = latest(writes)?.value
      if (value === undefined) next.delete(key)
      else next.set(key, value)
    }
    return { value: frozenMap(next), change: changes.map(([key]) => key) }
  }
  const apply = (previous: MapValue, patch: MapPatch, metadata: MapMetadata) =>
    write(previous, patch, metadata, (writes, [, value]) => put(writes, patch.stamp, value))
  return new OwnField<MapValue, MapUpdate, MapMetadata, readonly string[], MapPatch>({
    type: 'map',
    createValue: () => frozenMap([]),
    createMetadata: () => new Map(),
    update(previous, update, metadata, stamp) {
      const patch = { stamp, changes: [...update] }
      return { ...apply(previous, patch, metadata), patch }
    },
    apply,
    undo: (previous, patch, metadata) => write(previous, patch, metadata, writes => takeBack(writes, patch.stamp)),
    mergeChange: (first, second) => [...new Set([...first, ...second])],
    mergePatch: (first, second) => ({
      stamp: second.stamp,
      changes: [...new Map([...first.changes, ...second.changes])],
    }),
  })
}

type SequencePatch<C extends Content> = { readonly operations: readonly Operation<C>[] }

/** @param nextId - takes the next `count` ids of the own store; called only for local updates */
function createSequenceField<C extends Content>(
  type: 'text' | 'list',
  empty: C,
  nextId: (count: number) => ElementId,
): AnyField {
  return new OwnField<LinkedView<C>, SequenceUpdate<C>, SequenceMetadata<C>, readonly Splice<C>[], SequencePatch<C>>({
    type,
    createValue: () => new LinkedView(createSequence(empty)),
    createMetadata: () => ({ sequence: createSequence(empty) }),
    update(previous, update, metadata, { version }) {
      const operations: Operation<C>[] = []
      const splices: Splice<C>[] = []
      for (const each of update) {
        if ('move' in each) {
          const moved = metadata.sequence.moveAt(each.move, each.to, nextId(1), version)
          operations.push(moved.operation)
          for (const splice of moved.splices) splices.push(splice)
          continue
        }
        const { index, remove, insert } = each
        if (remove > 0) {
          const removal = metadata.sequence.removeAt(index, remove)
          operations.push(removal.operation)
          splices.push(removal.splice)
        }
        if (insert.length > 0) {
          operations.push(metadata.sequence.insertAt(index, insert, nextId(insert.length)))
          splices.push({ index, removed: empty, inserted: insert })
        }
      }
      return { value: previous.next(metadata.sequence, splices), change: splices, patch: { operations } }
    },
    apply(previous, { operations }, metadata) {
      const { sequence } = metadata
      const first = operations.find(operation => operation.type !== 'remove')
      const isRedo = first !== undefined && sequence.has(first.id)
      const splices = isRedo
        ? sequence.setUndone(operations, false)
        : operations.length === 1
          ? sequence.apply(operations[0] as Operation<C>)
          : operations.flatMap(operation => sequence.apply(operation))
      return { value: previous.next(metadata.sequence, splices), change: splices }
    },
    undo(previous, { operations }, metadata) {
      const splices = metadata.sequence.setUndone(operations, true)
      return { value: previous.next(metadata.sequence, splices), change: splices }
    },
    mergeChange: (first, second) => [...first, ...second],
    mergePatch: (first, second) => ({ operations: [...first.operations, ...second.operations] }),
  })
}

export function createField(kind: FieldKind, nextId: (count: number) => ElementId): AnyField {
  switch (kind) {
    case 'register':
      return createRegister()
    case 'map':
      return createMap()
    case 'text':
      return createSequenceField<string>('text', '', nextId)
    case 'list':
      return createSequenceField<readonly JsonValue[]>('list', [], nextId)
    case 'counter':
      return createCounter()
    case 'set':
      return createSet(nextId)
  }
}
