/**
 * What a field holds, in a snapshot: see PROTOCOL.md, "Snapshots". What can be undone no more leaves nothing behind but what
 * the order of others hangs on.
 */
import { createWriter, malformed, type Reader, type Writer } from '../protocol/codec.ts'
import { readAll, writeAll } from '../protocol/columns.ts'
import { COUNT_MAX, NAME_MAX_BYTES } from '../protocol/limits.ts'
import type { FieldKind, JsonValue, Stamp } from '../protocol/patch.ts'
import { readJson, readScalar } from '../protocol/patch-content.ts'
import type { StoreNumbers } from '../protocol/snapshot.ts'
import { Additions } from './additions.ts'
import type { CounterMetadata } from './counter-field.ts'
import { DormantSequence } from './dormant-sequence.ts'
import type { MapMetadata, RegisterMetadata, SequenceMetadata } from './fields.ts'
import type { KeptRanges } from './kept-ranges.ts'
import { frozenMap } from './map-value.ts'
import { readSeen, readSequence, writeSequence } from './saved-sequence.ts'
import { frozenSet } from './set-value.ts'
import type { Content } from './span.ts'
import { LinkedView } from './text-view.ts'
import { areAscending, latest, type Write, type Writes } from './writes.ts'

/** What a snapshot is written by. */
export interface Saving {
  readonly stores: StoreNumbers
  /** Whether the edit with this stamp can still be undone. */
  isRecent(stamp: Stamp): boolean
  /** Elements of the field which edits that can still be undone have written or removed. */
  readonly kept: KeptRanges
}

/** What a snapshot is read by. */
export interface Restoring {
  readonly stores: StoreNumbers
  /** How many elements a store has inserted. */
  clocks(store: number): number
}

/** A field as the datastore has it. */
export interface RestoredField {
  readonly metadata: unknown
  readonly value: unknown
}

/** Whether there is nothing of a field to write: all that was written to it may be undone. */
export function isBlank(kind: FieldKind, metadata: unknown, saving: Saving): boolean {
  switch (kind) {
    case 'register':
      return remembered(metadata as RegisterMetadata, saving.isRecent).length === 0
    case 'map':
      return keysOf(metadata as MapMetadata, saving).length === 0
    case 'counter':
      return (metadata as CounterMetadata).edits === 0
    case 'set':
      return [...(metadata as Additions).all()].length === 0
    default:
      return (metadata as SequenceMetadata<Content>).sequence.runs === 0
  }
}

export function writeField(writer: Writer, kind: FieldKind, metadata: unknown, saving: Saving): void {
  switch (kind) {
    case 'register':
      return writeWrites(writer, metadata as RegisterMetadata, saving)
    case 'map':
      return writeAll(writer, keysOf(metadata as MapMetadata, saving), ([key, writes]) => {
        writer.string(key)
        writeWrites(writer, writes, saving)
      })
    case 'counter': {
      const { sum, edits } = metadata as CounterMetadata
      writer.string(String(sum))
      return writer.varuint(edits)
    }
    case 'set':
      return writeAll(writer, [...(metadata as Additions).all()], ({ store, clock, item, removals }) => {
        writer.varuint(saving.stores.numberOf(store))
        writer.varuint(clock)
        writer.string(JSON.stringify(item))
        writer.varuint(removals)
      })
    default:
      return writeContent(writer, metadata as SequenceMetadata<Content>, kind === 'text' ? '' : [], saving)
  }
}

export function readField(reader: Reader, kind: FieldKind, restoring: Restoring): RestoredField {
  switch (kind) {
    case 'register': {
      const metadata = readWrites(reader, restoring)
      return { metadata, value: latest(metadata)?.value }
    }
    case 'map': {
      const metadata: MapMetadata = new Map(
        readAll(reader, () => [reader.string(NAME_MAX_BYTES), readWrites(reader, restoring)]),
      )
      const items = new Map<string, JsonValue>()
      for (const [key, writes] of metadata) {
        const value = latest(writes)?.value
        if (value !== undefined) items.set(key, value)
      }
      return { metadata, value: frozenMap(items) }
    }
    case 'counter': {
      const sum = reader.string(64)
      if (!/^-?\d+$/.test(sum)) malformed('number-out-of-range')
      const metadata: CounterMetadata = { sum: BigInt(sum), edits: reader.varuint(COUNT_MAX) }
      return { metadata, value: Number(metadata.sum) }
    }
    case 'set': {
      const metadata = new Additions()
      for (let left = reader.varuint(); left > 0; left--) {
        const id = { store: restoring.stores.at(reader.varuint()), clock: reader.varuint() }
        if (id.clock >= restoring.clocks(id.store) || metadata.has(id)) malformed('number-out-of-range')
        metadata.add(id, [readScalar(reader)])
        metadata.hide({ ...id, length: 1 }, reader.varuint(COUNT_MAX))
      }
      return { metadata, value: frozenSet(metadata.items()) }
    }
    default:
      return kind === 'text'
        ? readDormant(reader, '', restoring)
        : readDormant<readonly unknown[]>(reader, [], restoring)
  }
}

/** Beyond what any store has inserted. */
const SPARE_CLOCK = 2 ** 48

/** The rest of it is read when somebody writes to it. */
function readDormant<C extends Content>(reader: Reader, empty: C, { stores, clocks }: Restoring): RestoredField {
  const bytes = reader.prefixed(Number.POSITIVE_INFINITY).slice()
  const seen = readSeen(bytes, empty)
  const metadata = new DormantSequence(empty, {
    ...{ bytes, seen: seen.content() },
    read: source => readSequence(source, empty, stores, clocks),
    spare: { store: stores.at(0), clock: SPARE_CLOCK },
  })
  return { metadata, value: new LinkedView(seen) }
}

function writeContent<C extends Content>(
  writer: Writer,
  { sequence }: SequenceMetadata<C>,
  empty: C,
  { kept, stores }: Saving,
): void {
  const saved = createWriter()
  writeSequence(saved, sequence.save(kept), empty, stores)
  writer.prefixed(saved.finish())
}

function keysOf(metadata: MapMetadata, { isRecent }: Saving): [string, Writes][] {
  const all = [...metadata].filter(([, writes]) => remembered(writes, isRecent).length > 0)
  return all.sort(([a], [b]) => (a < b ? -1 : 1))
}

/** A write that lost, and whose edit cannot be undone, can never show again. */
function remembered(writes: Writes, isRecent: (stamp: Stamp) => boolean): Write[] {
  const lasting = latest(writes.filter(({ stamp }) => !isRecent(stamp)))
  return writes.filter(write => write === lasting || isRecent(write.stamp))
}

function writeWrites(writer: Writer, writes: Writes, { stores, isRecent }: Saving): void {
  writeAll(writer, remembered(writes, isRecent), ({ stamp, value, undone }) => {
    writer.varuint(stamp.version)
    writer.varuint(stores.numberOf(stamp.store))
    writer.byte((undone ? 1 : 0) | (value === undefined ? 2 : 0))
    if (value !== undefined) writer.string(JSON.stringify(value))
  })
}

function readWrites(reader: Reader, { stores }: Restoring): Writes {
  const writes = readAll(reader, (): Write => {
    const stamp = { version: reader.varuint(COUNT_MAX), store: stores.at(reader.varuint()) }
    const flags = reader.byte()
    if (flags > 3) malformed('number-out-of-range')
    return { stamp, value: flags >= 2 ? undefined : readJson(reader), undone: flags % 2 === 1 }
  })
  return areAscending(writes) ? writes : malformed('number-out-of-range')
}
