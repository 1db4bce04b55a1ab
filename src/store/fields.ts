/**
 * The four kinds of field, as subclasses of the datastore's `Field`, with ids of our own: a whole store id in every
 * stamp, no value kept that lost, no key that is unsafe.
 *
 * The datastore types fields as JSON because it can write them out; we never let it (its restored copies forget what
 * they have seen), so values and metadata here are live objects, and one class casts for all four.
 */
import { type AnyField, Field } from '@lumino/datastore'
import { SupermeshError } from '../base/error.ts'
import type { ElementId, FieldKind, JsonValue, MapPatch, Operation, RegisterPatch, Stamp } from '../protocol/patch.ts'
import { frozenMap, type MapValue } from './map-value.ts'
import { createSequence, type Sequence, type Splice } from './sequence.ts'
import type { Content } from './span.ts'
import { createView, type LinkedView } from './text-view.ts'

/** An update of a sequence: at `index`, `remove` elements leave and `insert` comes. */
export interface SpliceUpdate<C extends Content> {
  readonly index: number
  readonly remove: number
  readonly insert: C
}

export interface RegisterMetadata {
  stamp: Stamp | null
}
export type MapUpdate = ReadonlyMap<string, JsonValue | undefined>
/** A removed key keeps its stamp, so that an older write cannot bring it back. */
export type MapMetadata = Map<string, Stamp>
export interface SequenceMetadata<C extends Content> {
  readonly sequence: Sequence<C>
}

/** What the datastore asks of a field, with the types that are really there. */
interface Behaviour<Value, Update, Metadata, Change, Patch> {
  readonly type: FieldKind
  createValue(): Value
  createMetadata(): Metadata
  update(
    previous: Value,
    update: Update,
    metadata: Metadata,
    stamp: Stamp,
  ): { value: Value; change: Change; patch: Patch }
  apply(previous: Value, patch: Patch, metadata: Metadata): { value: Value; change: Change }
  mergeChange(first: Change, second: Change): Change
  mergePatch(first: Patch, second: Patch): Patch
}

type Json = Parameters<AnyField['mergeChange']>[0]

class OwnField<Value, Update, Metadata, Change, Patch> extends Field<Json, Json, Json, Json, Json> {
  override readonly type: FieldKind
  readonly #behaviour: Behaviour<Value, Update, Metadata, Change, Patch>

  constructor(behaviour: Behaviour<Value, Update, Metadata, Change, Patch>) {
    super()
    this.type = behaviour.type
    this.#behaviour = behaviour
  }

  override createValue(): Json {
    return this.#behaviour.createValue() as Json
  }

  override createMetadata(): Json {
    return this.#behaviour.createMetadata() as Json
  }

  override applyUpdate(args: Field.UpdateArgs<Json, Json, Json>): Field.UpdateResult<Json, Json, Json> {
    const stamp = { version: args.version, store: args.storeId }
    const { previous, update, metadata } = args
    return this.#behaviour.update(
      previous as Value,
      update as Update,
      metadata as Metadata,
      stamp,
    ) as Field.UpdateResult<Json, Json, Json>
  }

  override applyPatch(args: Field.PatchArgs<Json, Json, Json>): Field.PatchResult<Json, Json> {
    const { previous, patch, metadata } = args
    return this.#behaviour.apply(previous as Value, patch as Patch, metadata as Metadata) as Field.PatchResult<
      Json,
      Json
    >
  }

  override unapplyPatch(): never {
    throw new SupermeshError('not-yet', 'Undo is not offered yet.')
  }

  override mergeChange(first: Json, second: Json): Json {
    return this.#behaviour.mergeChange(first as Change, second as Change) as Json
  }

  override mergePatch(first: Json, second: Json): Json {
    return this.#behaviour.mergePatch(first as Patch, second as Patch) as Json
  }
}

/** Whether a write stamped `a` wins over one stamped `b`; in one transaction the later one does. */
function wins(a: Stamp, b: Stamp | null | undefined): boolean {
  return !b || a.version > b.version || (a.version === b.version && a.store >= b.store)
}

function createRegister(): AnyField {
  return new OwnField<JsonValue | undefined, JsonValue, RegisterMetadata, JsonValue | undefined, RegisterPatch>({
    type: 'register',
    createValue: () => undefined,
    createMetadata: () => ({ stamp: null }),
    update(_previous, value, metadata, stamp) {
      metadata.stamp = stamp
      return { value, change: value, patch: { stamp, value } }
    },
    apply(previous, patch, metadata) {
      if (!wins(patch.stamp, metadata.stamp)) return { value: previous, change: previous }
      metadata.stamp = patch.stamp
      return { value: patch.value, change: patch.value }
    },
    mergeChange: (_first, second) => second,
    mergePatch: (_first, second) => second,
  })
}

function createMap(): AnyField {
  function write(value: MapValue, stamp: Stamp, changes: MapPatch['changes'], metadata: MapMetadata): MapValue {
    const next = new Map(value)
    for (const [key, item] of changes) {
      if (!wins(stamp, metadata.get(key))) continue
      metadata.set(key, stamp)
      if (item === undefined) next.delete(key)
      else next.set(key, item)
    }
    return frozenMap(next)
  }
  return new OwnField<MapValue, MapUpdate, MapMetadata, readonly string[], MapPatch>({
    type: 'map',
    createValue: () => frozenMap(new Map()),
    createMetadata: () => new Map(),
    update(previous, update, metadata, stamp) {
      const patch = { stamp, changes: [...update] }
      return { value: write(previous, stamp, patch.changes, metadata), change: [...update.keys()], patch }
    },
    apply: (previous, patch, metadata) => ({
      value: write(previous, patch.stamp, patch.changes, metadata),
      change: patch.changes.map(([key]) => key),
    }),
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
  const moveOn = (previous: LinkedView<C>, metadata: SequenceMetadata<C>, splices: readonly Splice<C>[]) => {
    const value = createView(metadata.sequence)
    previous.supersede(value, splices)
    return value
  }
  return new OwnField<
    LinkedView<C>,
    readonly SpliceUpdate<C>[],
    SequenceMetadata<C>,
    readonly Splice<C>[],
    SequencePatch<C>
  >({
    type,
    createValue: () => createView(createSequence(empty)),
    createMetadata: () => ({ sequence: createSequence(empty) }),
    update(previous, update, metadata) {
      const operations: Operation<C>[] = []
      const splices: Splice<C>[] = []
      for (const { index, remove, insert } of update) {
        if (remove > 0) {
          const removal = metadata.sequence.removeAt(index, remove)
          operations.push(removal.operation)
          splices.push(...removal.splices)
        }
        if (insert.length > 0) {
          operations.push(metadata.sequence.insertAt(index, insert, nextId(insert.length)))
          splices.push({ index, removed: empty, inserted: insert })
        }
      }
      return { value: moveOn(previous, metadata, splices), change: splices, patch: { operations } }
    },
    apply(previous, patch, metadata) {
      const splices = patch.operations.flatMap(operation => metadata.sequence.apply(operation))
      return { value: moveOn(previous, metadata, splices), change: splices }
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
  }
}
