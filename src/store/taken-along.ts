/**
 * Whose work goes when the creation of a record is undone: what they wrote into it can be seen no more.
 */
import { kindOfKey } from '../protocol/patch.ts'
import type { AppliedEdit, Document } from './document.ts'
import type { MapMetadata, RegisterMetadata, SequenceMetadata } from './fields.ts'
import { ALIVE } from './schema.ts'
import type { Content } from './span.ts'
import { latest } from './writes.ts'

/** Stores that wrote what can be seen of the records that an edit created. */
export function takenAlong(document: Document, edit: AppliedEdit): ReadonlySet<number> {
  const stores = new Set<number>()
  for (const [table, records] of Object.entries(document.patchOf(edit))) {
    for (const [record, fields] of Object.entries(records)) {
      const alive = fields[ALIVE]
      if (!alive || !('value' in alive) || alive.value !== true) continue
      for (const key of document.fieldKeys(table, record)) {
        if (key !== ALIVE) for (const store of writersOf(document, table, record, key)) stores.add(store)
      }
    }
  }
  return stores
}

function writersOf(document: Document, table: string, record: string, key: string): Iterable<number> {
  const metadata = document.metadata(table, record, key)
  switch (kindOfKey(key)) {
    case 'register':
      return storeOf(metadata as RegisterMetadata)
    case 'map':
      return [...(metadata as MapMetadata).values()].flatMap(storeOf)
    case 'text':
    case 'list':
      return (metadata as SequenceMetadata<Content>).sequence.writers()
    default:
      // Sums and sets are nobody's alone.
      return []
  }
}

const storeOf = (writes: RegisterMetadata) => {
  const write = latest(writes)
  return write && write.value !== undefined ? [write.stamp.store] : []
}
