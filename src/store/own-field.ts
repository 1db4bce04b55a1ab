/**
 * Fields as subclasses of the datastore's `Field`, with ids of our own: a whole store id in every stamp, no value kept that
 * lost, no key that is unsafe.
 *
 * The datastore types fields as JSON because it can write them out; we never let it (its restored copies forget what
 * they have seen), so values and metadata here are live objects, and one class casts for all kinds.
 */
import { type AnyField, Field } from '@lumino/datastore'
import type { FieldKind, Stamp } from '../protocol/patch.ts'

/** What the datastore asks of a field, with the types that are really there. */
export interface Behaviour<Value, Update, Metadata, Change, Patch> {
  readonly type: FieldKind
  createValue(): Value
  createMetadata(): Metadata
  update(
    previous: Value,
    update: Update,
    metadata: Metadata,
    stamp: Stamp,
  ): { value: Value; change: Change; patch: Patch }
  /** Applies a patch for the first time, or again after it was undone. */
  apply(previous: Value, patch: Patch, metadata: Metadata): { value: Value; change: Change }
  undo(previous: Value, patch: Patch, metadata: Metadata): { value: Value; change: Change }
  mergeChange(first: Change, second: Change): Change
  mergePatch(first: Patch, second: Patch): Patch
}

type Json = Parameters<AnyField['mergeChange']>[0]

export class OwnField<Value, Update, Metadata, Change, Patch> extends Field<Json, Json, Json, Json, Json> {
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

  override unapplyPatch(args: Field.PatchArgs<Json, Json, Json>): Field.PatchResult<Json, Json> {
    const { previous, patch, metadata } = args
    return this.#behaviour.undo(previous as Value, patch as Patch, metadata as Metadata) as Field.PatchResult<
      Json,
      Json
    >
  }

  override mergeChange(first: Json, second: Json): Json {
    return this.#behaviour.mergeChange(first as Change, second as Change) as Json
  }

  override mergePatch(first: Json, second: Json): Json {
    return this.#behaviour.mergePatch(first as Patch, second as Patch) as Json
  }
}
