/**
 * Counters: what everybody has added, and not taken back.
 */
import type { AnyField } from '@lumino/datastore'
import type { CounterPatch } from '../protocol/patch.ts'
import { OwnField } from './own-field.ts'

export interface CounterMetadata {
  /** Exact, however much it is: a sum of `number`s depends on their order. */
  sum: bigint
  /** How many edits that are not undone it is the sum of. */
  edits: number
}

export function createCounter(): AnyField {
  const count = (metadata: CounterMetadata, add: number, sign: 1 | -1) => {
    metadata.sum += BigInt(sign * add)
    // A snapshot may have lied about how many there are.
    metadata.edits = Math.max(0, metadata.edits + sign)
    return { value: Number(metadata.sum), change: [sign * add] }
  }
  return new OwnField<number, number, CounterMetadata, readonly number[], CounterPatch>({
    type: 'counter',
    createValue: () => 0,
    createMetadata: () => ({ sum: 0n, edits: 0 }),
    update: (_previous, add, metadata) => ({ ...count(metadata, add, 1), patch: { add } }),
    apply: (_previous, { add }, metadata) => count(metadata, add, 1),
    undo: (_previous, { add }, metadata) => count(metadata, add, -1),
    mergeChange: (first, second) => [...first, ...second],
    mergePatch: (first, second) => ({ add: first.add + second.add }),
  })
}
