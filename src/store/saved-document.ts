/**
 * A whole document in a snapshot: what each author's patches refer to, and what is in each field. See PROTOCOL.md, "Snapshots".
 */
import { malformed, type Reader, type Writer } from '../protocol/codec.ts'
import { readAll, writeAll } from '../protocol/columns.ts'
import { NAME_MAX_BYTES } from '../protocol/limits.ts'
import { safeName } from '../protocol/name.ts'
import { type FieldKind, type FieldPatch, type IdRange, kindOfKey } from '../protocol/patch.ts'
import { type EncodedEdit, type PatchStream, restorePatchStream } from '../protocol/patch-stream.ts'
import type { SavedLogEnds, StoreNumbers, Tail } from '../protocol/snapshot.ts'
import { ClockList } from './clock-list.ts'
import type { AppliedEdit, Document } from './document.ts'
import { KeptRanges } from './kept-ranges.ts'
import { isBlank, type RestoredField, readField, type Saving, writeField } from './saved-field.ts'
import { readFlag } from './saved-sequence.ts'

/** What follows from one author's patches. */
export interface AuthorState {
  readonly clocks: ClockList
  /** `null` of an author without edits. */
  readonly stream: PatchStream | null
}

/** By store. */
export type AuthorStates = ReadonlyMap<number, AuthorState>

/** Table → record → field key → what it holds. */
export type RestoredTables = ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, RestoredField>>>

export interface RestoredDocument {
  readonly authors: AuthorStates
  readonly tables: RestoredTables
}

export interface WriteOptions {
  readonly document: Pick<Document, 'tableNames' | 'recordIds' | 'fieldKeys' | 'metadata' | 'patchOf'>
  readonly authors: AuthorStates
  readonly stores: StoreNumbers
  readonly tail: Tail
  readonly editAt: (store: number, sequence: number) => EncodedEdit | null
}

export function writeDocument(writer: Writer, { document, authors, stores, tail, editAt }: WriteOptions): void {
  for (const store of stores.all) {
    const { clocks, stream } = authors.get(store) ?? { clocks: new ClockList(), stream: null }
    clocks.save(writer)
    writer.byte(stream ? 1 : 0)
    if (!stream) continue
    writer.varuint(tail.first(store))
    stream.save(writer, tail.first(store), sequence => editAt(store, sequence))
  }
  const kept = keptIn(document, tail.edits)
  const saving = {
    stores,
    isRecent: ({ version, store }: { readonly version: number; readonly store: number }) =>
      version > tail.version(store),
  }
  writeAll(writer, document.tableNames(), table => {
    const records = document.recordIds(table).map(record => ({ record, fields: fieldsOf(table, record) }))
    const keys = [...new Set(records.flatMap(({ fields }) => fields.map(({ key }) => key)))].sort()
    writer.string(table)
    writeAll(writer, keys, key => writer.string(key))
    writeAll(writer, records, ({ record, fields }) => {
      writer.string(record)
      writeAll(writer, fields, ({ key, kind, metadata, saving }) => {
        writer.varuint(keys.indexOf(key))
        writeField(writer, kind, metadata, saving)
      })
    })
  })

  function fieldsOf(table: string, record: string) {
    const fields = document.fieldKeys(table, record).map(key => ({
      key,
      kind: kindOfKey(key) as FieldKind,
      metadata: document.metadata(table, record, key),
      saving: { ...saving, kept: kept.get(pathOf(table, record, key)) ?? new KeptRanges() } satisfies Saving,
    }))
    return fields.filter(({ kind, metadata, saving }) => !isBlank(kind, metadata, saving))
  }
}

export function readDocument(reader: Reader, stores: StoreNumbers, ends: readonly SavedLogEnds[]): RestoredDocument {
  const authors = new Map(
    stores.all.map((store, i): [number, AuthorState] => [store, readAuthor(reader, store, ends[i] as SavedLogEnds)]),
  )
  const restoring = { stores, clocks: (store: number) => authors.get(store)?.stream?.elements ?? 0 }
  const readName = () => {
    const name = reader.string(NAME_MAX_BYTES)
    return safeName(name) ? name : malformed('name-unsafe')
  }
  const tables = readMap(reader, readName, () => {
    const keys = readAll(reader, () => readKey(reader))
    const readFieldKey = () => keys[reader.varuint()] ?? malformed('path-unknown')
    return readMap(reader, readName, () =>
      readMap(reader, readFieldKey, key => readField(reader, kindOfKey(key) as FieldKind, restoring)),
    )
  })
  return { authors, tables }
}

function readAuthor(reader: Reader, store: number, ends: SavedLogEnds): AuthorState {
  const clocks = ClockList.restore(reader)
  const hasStream = readFlag(reader)
  if (hasStream && reader.varuint() !== ends.first) malformed('number-out-of-range')
  const stream = hasStream ? restorePatchStream(store, ends, reader) : null
  clocks.require(ends.reach, stream?.elements ?? 0)
  return { clocks, stream }
}

function readKey(reader: Reader): string {
  const key = reader.string(NAME_MAX_BYTES)
  if (kindOfKey(key) === null) malformed('field-kind-wrong')
  return safeName(key.slice(2)) ? key : malformed('name-unsafe')
}

function readMap<T>(reader: Reader, readName: () => string, read: (name: string) => T): Map<string, T> {
  const map = new Map<string, T>()
  for (let left = reader.varuint(); left > 0; left--) {
    const name = readName()
    if (map.has(name)) malformed('name-repeated')
    map.set(name, read(name))
  }
  return map
}

/** By path: what edits that can be undone have inserted or removed. */
function keptIn(document: Pick<Document, 'patchOf'>, edits: readonly AppliedEdit[]): Map<string, KeptRanges> {
  const kept = new Map<string, KeptRanges>()
  for (const edit of edits) {
    for (const [table, records] of Object.entries(document.patchOf(edit))) {
      for (const [record, fields] of Object.entries(records)) {
        for (const [key, patch] of Object.entries(fields)) {
          const path = pathOf(table, record, key)
          const ranges = kept.get(path) ?? new KeptRanges()
          kept.set(path, ranges)
          for (const range of rangesIn(patch)) ranges.add(range)
        }
      }
    }
  }
  return kept
}

const pathOf = (table: string, record: string, key: string) => `${table}/${record}/${key}`

function rangesIn(patch: FieldPatch): readonly IdRange[] {
  if (!('operations' in patch)) return []
  return patch.operations.flatMap((operation): readonly IdRange[] => {
    if (operation.type === 'remove') return operation.ranges
    return operation.type === 'insert' ? [{ ...operation.id, length: operation.content.length }] : []
  })
}
