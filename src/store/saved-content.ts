/**
 * What the elements of a text or list are made of, in a snapshot.
 */
import { malformed, type Reader, type Writer } from '../protocol/codec.ts'
import { readAll, writeAll } from '../protocol/columns.ts'
import { readJson } from '../protocol/patch-content.ts'
import type { Content } from './span.ts'

/** A text as it is, where it can be; as JSON, where half of a character stands alone. */
export function writeContent(writer: Writer, content: Content): void {
  if (typeof content !== 'string') return writeAll(writer, content, item => writer.string(JSON.stringify(item)))
  writer.byte(content.isWellFormed() ? 0 : 1)
  writer.string(content.isWellFormed() ? content : JSON.stringify(content))
}

/** What can be seen comes first among what `writeRuns` wrote. */
export function readContent<C extends Content>(reader: Reader, empty: C): C {
  if (typeof empty !== 'string') return readAll(reader, () => readJson(reader)) as Content as C
  const text = reader.byte() === 0 ? reader.string(Number.POSITIVE_INFINITY) : readJson(reader)
  return typeof text === 'string' ? (text as C) : malformed('value-wrong-type')
}
