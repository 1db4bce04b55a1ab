/**
 * A pen knows what its author's log has spelled so far, and writes what follows: what a patch may say depends on those
 * before it.
 */
import type { Bytes } from '../base/bytes.ts'
import { createWriter, decodeWith } from '../protocol/codec.ts'
import type { ElementId, FieldPatch, IdRange, JsonValue, Move, Operation, Patch, Removal } from '../protocol/patch.ts'
import { PatchReader } from '../protocol/patch-reader.ts'
import { Cursor, Dictionary, type Vocabulary } from '../protocol/patch-state.ts'
import { PatchWriter } from '../protocol/patch-writer.ts'
import type { Dice } from './dice.ts'

export interface Pen {
  readonly store: number
  readonly cursor: Cursor
  readonly vocabulary: Vocabulary
  /** All that was written, as it was read. */
  readonly patches: readonly Patch[]
  /** Writes as an honest author would, whatever the patch says. */
  write(patch: Patch): Bytes
}

/** @param said - payloads of the author's edits so far; what comes behind one that cannot be read is read by nobody */
export function createPen(store: number, said: readonly Bytes[]): Pen {
  const vocabulary: Vocabulary = { names: new Dictionary(), stores: new Dictionary() }
  const cursor = new Cursor(store)
  const reader = new PatchReader(store, vocabulary)
  const writer = new PatchWriter(store, vocabulary)
  const patches: Patch[] = []
  for (const payload of said) {
    const patch = decodeWith(payload, source => reader.read(source, { version: 1, store }, cursor, true))
    if (patch.ok) patches.push(patch.value)
  }
  return {
    store,
    cursor,
    vocabulary,
    patches,
    write(patch) {
      const target = createWriter()
      writer.write(target, patch, cursor)
      patches.push(patch)
      return target.finish()
    },
  }
}

const STAMP = { version: 1, store: 1 }
export const register = (value: JsonValue): FieldPatch => ({ stamp: STAMP, value })

/** An insertion by whoever holds the pen. Its id is not written, and right for the first one of a patch. */
export const insertion = (
  pen: Pen,
  left: ElementId | null,
  right: ElementId | null,
  content: string,
): Operation<string> => ({
  type: 'insert',
  id: { store: pen.store, clock: pen.cursor.elements },
  left,
  right,
  content,
})

/** As {@link insertion}: an item of a list comes to stand elsewhere. */
export const move = (pen: Pen, left: ElementId | null, right: ElementId | null, of: ElementId): Move => ({
  type: 'move',
  ...{ id: { store: pen.store, clock: pen.cursor.elements }, left, right, of, version: 1 },
})

export const removal = (...ranges: readonly IdRange[]): Removal => ({ type: 'remove', ranges })
export const range = (store: number, clock: number, length: number): IdRange => ({ store, clock, length })
export const element = (store: number, clock: number): ElementId => ({ store, clock })
export const ofTitle = (record: string, ...operations: readonly Operation<string>[]): Patch => ({
  notes: { [record]: { 't.title': { operations } } },
})

export const ofItems = (record: string, ...operations: readonly Operation<readonly JsonValue[]>[]): Patch => ({
  orders: { [record]: { 'l.items': { operations } } },
})

/** A patch that is fine: it writes its author's own record, behind what its author has written there. */
export function harmlessPatch(dice: Dice, pen: Pen, record: string): Bytes {
  const fields: Record<string, FieldPatch> = { 'r._alive': register(true), 'r.stars': register(dice.roll(100)) }
  if (dice.chance(0.7)) {
    const left = lastTitled(pen, record)
    fields['t.title'] = { operations: [insertion(pen, left, null, dice.pick(['a', 'be', 'é', '\n']))] }
  }
  return pen.write({ notes: { [record]: fields } })
}

function lastTitled({ patches }: Pen, record: string): ElementId | null {
  for (const patch of patches.toReversed()) {
    const field = patch.notes?.[record]?.['t.title']
    const last = field && 'operations' in field ? field.operations.at(-1) : undefined
    if (last?.type === 'insert') return element(last.id.store, last.id.clock + last.content.length - 1)
  }
  return null
}

/** An edit between elements of others that need not be neighbours, or removing or moving what need not be there. */
export function adventurousPatch(dice: Dice, pen: Pen, known: number, elements: number): Bytes {
  const any = () => (dice.chance(0.2) ? null : element(known, dice.roll(Math.max(1, elements + 2))))
  const some = () => range(known, dice.roll(elements + 1), 1 + dice.roll(3))
  if (dice.chance(0.3)) {
    const operation = () => (dice.chance(0.8) ? move(pen, any(), any(), some()) : removal(some()))
    return pen.write(ofItems('all', ...Array.from({ length: 1 + dice.roll(2) }, operation)))
  }
  const operation = () => (dice.chance(0.8) ? insertion(pen, any(), any(), 'xyz') : removal(some()))
  return pen.write(ofTitle('shared', ...Array.from({ length: 1 + dice.roll(2) }, operation)))
}
