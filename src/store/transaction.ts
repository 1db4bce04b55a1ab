/**
 * Writes inside a transaction: checked as they come, kept aside, applied together at the end. A throw leaves nothing.
 */
import { SupermeshError } from '../base/error.ts'
import { strictPrototype } from '../base/strict-prototype.ts'
import type { Document } from './document.ts'
import type { Permits } from './permission.ts'
import type { Transaction } from './record.ts'
import type { Schema, Tables } from './schema.ts'
import { createStaging, type StagedField } from './staging.ts'
import { createTableDraft } from './table-draft.ts'
import { countOperations, requireBelow, requireWeight } from './transaction-size.ts'

export interface Transactions {
  /** Whether one is running. */
  active(): boolean
  /**
   * Runs `write`, whose writes are staged; it may not give a promise.
   * @returns what is staged in the end, in the order of the wire; `null` when it is nothing, or belongs to the transaction
   *   around
   * @throws what `write` throws, after which nothing of it is staged; SupermeshError `transaction-too-large`
   */
  run(write: () => unknown): readonly StagedField[] | null
}

/** @param mintId - a new, random record id */
export function createTransactions<T extends Tables>(
  document: Document,
  schema: Schema<T>,
  mintId: () => string,
  permits: Permits,
): Transactions & { readonly transaction: Transaction<T> } {
  const staging = createStaging()
  const drafts = Object.entries(schema.tables).map(([table, definition]) => [
    table,
    createTableDraft({ document, staging, table, definition, mintId, permits }),
  ])

  function finished(): readonly StagedField[] | null {
    const fields = staging.fields()
    if (fields.length === 0) return null
    requireWeight(fields)
    const { operations, splices } = countOperations(document, fields)
    requireBelow(operations, 'transactionOperations')
    requireBelow(splices, 'transactionSplices')
    return fields
  }

  return {
    transaction: Object.freeze(
      Object.setPrototypeOf(Object.fromEntries(drafts), strictPrototype(tableUnknown)),
    ) as Transaction<T>,
    active: () => staging.active,
    run(write) {
      if (staging.active) {
        const undo = staging.savepoint()
        try {
          refusePromise(write())
        } catch (error) {
          // Whoever catches it goes on without what this one had written.
          undo()
          throw error
        }
        return null
      }
      staging.begin()
      try {
        refusePromise(write())
        return finished()
      } finally {
        staging.end()
      }
    },
  }
}

const tableUnknown = (table: string) =>
  new SupermeshError('table-unknown', `The schema has no table "${table}".`, { table })

/** For callers without types: a promise would end the transaction before its writes come. */
function refusePromise(result: unknown): void {
  if (typeof (result as PromiseLike<unknown> | null | undefined)?.then === 'function') {
    // It will go wrong, with nobody there to hear of it.
    Promise.resolve(result).catch(() => undefined)
    throw new SupermeshError('transaction-async', 'A transaction has to write at once: its callback may not be async.')
  }
}
