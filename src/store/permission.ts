/**
 * Who may do what to a record, as its table's rules have it. Whose a page is, and what its link allows, is the business of
 * whoever answers `Permits`.
 */
import type { Document } from './document.ts'
import type { RegisterMetadata } from './fields.ts'
import { ALIVE, type Rule } from './schema.ts'
import { latest } from './writes.ts'

/** @param creator - store id of who created the record; `null` when it is being created */
export type Permits = (rule: Rule, creator: number | null) => boolean

export const everythingPermitted: Permits = () => true

/** The store id of who created a record. */
export function creatorOf(document: Document, table: string, record: string): number | null {
  return latest((document.metadata(table, record, ALIVE) as RegisterMetadata | undefined) ?? [])?.stamp.store ?? null
}
