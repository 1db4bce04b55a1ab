/**
 * A canonical digest of a document, internals included: equal fingerprints mean equal values, ids, origins and stamps,
 * not only equal looks.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { toHex, toUtf8 } from '../base/bytes.ts'
import { kindOfKey } from '../protocol/patch.ts'
import type { CounterMetadata } from './counter-field.ts'
import type { Document } from './document.ts'
import type { MapMetadata, RegisterMetadata, SequenceMetadata } from './fields.ts'
import type { MapValue } from './map-value.ts'
import type { SetMetadata } from './set-field.ts'
import type { Content } from './span.ts'
import { latest, type Write } from './writes.ts'

/** @param lines - what {@link describeDocument} told, and whatever else belongs to it */
export function fingerprint(lines: readonly string[]): string {
  return toHex(sha256(toUtf8(lines.join('\n'))))
}

/** A line of JSON for each field that was ever written: table, record, field key, and what is in it. */
export function describeDocument(document: Document): readonly string[] {
  const lines = document
    .tableNames()
    .flatMap(table =>
      document
        .recordIds(table)
        .flatMap(record =>
          document
            .fieldKeys(table, record)
            .map(key => JSON.stringify([table, record, key, describe(document, table, record, key)])),
        ),
    )
  return lines.filter(line => !line.endsWith(',null]'))
}

/** `null` for a field of which nothing is left: whether it was ever written depends on where a replica began. */
function describe(document: Document, table: string, record: string, key: string): unknown {
  const value = document.value(table, record, key)
  const metadata = document.metadata(table, record, key)
  switch (kindOfKey(key)) {
    case 'register': {
      const write = latest(metadata as RegisterMetadata)
      return write && [stampOf(write), value ?? null]
    }
    case 'map': {
      const items = value as MapValue
      const keys = [...(metadata as MapMetadata)].flatMap(([name, writes]) => {
        const write = latest(writes)
        return write ? [[name, stampOf(write), items.has(name), items.get(name) ?? null] as const] : []
      })
      return keys.length === 0 ? null : keys.sort(([a], [b]) => (a < b ? -1 : 1))
    }
    case 'counter': {
      const { sum, edits } = metadata as CounterMetadata
      return edits === 0 ? null : [String(sum), edits]
    }
    case 'set': {
      const additions = (metadata as SetMetadata).describe()
      return additions.length === 0 ? null : additions
    }
    default: {
      const spans = (metadata as SequenceMetadata<Content>).sequence.describe()
      return spans.length === 0 ? null : spans
    }
  }
}

/** Of writes that lost it depends on the replica whether they are remembered. */
const stampOf = ({ stamp }: Write) => [stamp.version, stamp.store]
