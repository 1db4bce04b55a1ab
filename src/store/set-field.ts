/**
 * Sets: an item is there while an addition of it is not hidden. A removal hides the additions that its author saw, so that an
 * addition at the same time wins.
 */
import type { AnyField } from '@lumino/datastore'
import type { ElementId, Scalar, SetPatch } from '../protocol/patch.ts'
import { Additions } from './additions.ts'
import { OwnField } from './own-field.ts'
import { frozenSet, type SetValue } from './set-value.ts'

/** By {@link keyOf}: whether the item is to be there. */
export type SetUpdate = ReadonlyMap<string, { readonly item: Scalar; readonly here: boolean }>
export type SetMetadata = Additions

/** @param nextId - takes the next `count` ids of the own store; called only for local updates */
export function createSet(nextId: (count: number) => ElementId): AnyField {
  /** Changes the additions; what is read stays the same object unless an item came or went. */
  function change(previous: SetValue, metadata: SetMetadata, write: () => void) {
    const { turns } = metadata
    write()
    return { value: metadata.turns === turns ? previous : frozenSet(metadata.items()), change: [] }
  }
  /** Hides what the patch added and shows what it removed, or the reverse. */
  function shift(metadata: SetMetadata, { id, added, removed }: SetPatch, by: 1 | -1): void {
    if (added.length > 0) metadata.hide({ ...id, length: added.length }, by)
    for (const range of removed) metadata.hide(range, -by)
  }
  const apply = (previous: SetValue, patch: SetPatch, metadata: SetMetadata) =>
    change(previous, metadata, () => {
      const isNew = patch.added.length > 0 && !metadata.has(patch.id)
      if (isNew) metadata.add(patch.id, patch.added)
      shift(metadata, isNew ? { ...patch, added: [] } : patch, -1)
    })
  return new OwnField<SetValue, SetUpdate, SetMetadata, readonly never[], SetPatch>({
    type: 'set',
    createValue: () => frozenSet([]),
    createMetadata: () => new Additions(),
    update(previous, update, metadata) {
      const staged = [...update.values()]
      const added = staged.flatMap(({ item, here }) => (here ? [item] : []))
      const removed = metadata.seen(staged.flatMap(({ item, here }) => (here ? [] : [item])))
      const patch = { id: nextId(added.length), added, removed }
      return { ...apply(previous, patch, metadata), patch }
    },
    apply,
    undo: (previous, patch, metadata) => change(previous, metadata, () => shift(metadata, patch, 1)),
    mergeChange: () => [],
    mergePatch: (first, second) => ({
      id: first.added.length > 0 ? first.id : second.id,
      added: [...first.added, ...second.added],
      removed: [...first.removed, ...second.removed],
    }),
  })
}
