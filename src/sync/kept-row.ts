/**
 * A kept frame, or a snapshot, as a row of a table, with a checksum: a disk that damages one row does not bring its bytes into
 * the document. What is on the own disk is believed without opening its seals, so this is the only look at it.
 */
import { toUtf8 } from '../base/bytes.ts'
import { crc32 } from '../base/crc32.ts'
import { createWriter } from '../protocol/codec.ts'
import { AUTHOR_BYTES } from '../protocol/frame.ts'
import type { KeptFrame, KeptSnapshot } from './keeper.ts'

export interface KeptRow extends KeptFrame {
  /** {@link checkOf} the frame; rows of the first layout have none. */
  readonly check?: number
}

/** CRC-32 of all that a kept frame says. */
export function checkOf({ author, sequence, version, bytes }: KeptFrame): number {
  const writer = createWriter()
  writer.bytes(author)
  writer.varuint(sequence)
  writer.varuint(version)
  return crc32(bytes, crc32(writer.finish()))
}

export function toRow({ author, sequence, version, bytes }: KeptFrame): KeptRow {
  return { author, sequence, version, bytes, check: checkOf({ author, sequence, version, bytes }) }
}

/** The frame of a row; `null` when the row is not as it was written. */
export function readRow(row: unknown): KeptFrame | null {
  if (typeof row !== 'object' || row === null) return null
  const { author, sequence, version, bytes, check } = row as { readonly [K in keyof KeptRow]: unknown }
  if (!(author instanceof Uint8Array && author.length === AUTHOR_BYTES && bytes instanceof Uint8Array)) return null
  if (!isPlace(sequence) || !isPlace(version)) return null
  const frame = { author, sequence, version, bytes } as KeptFrame
  return check === undefined || check === checkOf(frame) ? frame : null
}

export interface SnapshotRow extends KeptSnapshot {
  /** CRC-32 of all of it. */
  readonly check: number
}

export function toSnapshotRow({ bytes, reach }: KeptSnapshot): SnapshotRow {
  return { bytes, reach, check: checkOfSnapshot({ bytes, reach }) }
}

/** The snapshot of a row; `null` when the row is not as it was written. */
export function readSnapshotRow(row: unknown): KeptSnapshot | null {
  if (typeof row !== 'object' || row === null) return null
  const { bytes, reach, check } = row as { readonly [K in keyof SnapshotRow]: unknown }
  if (!(bytes instanceof Uint8Array && reach instanceof Map)) return null
  const snapshot = { bytes, reach } as KeptSnapshot
  return check === checkOfSnapshot(snapshot) ? snapshot : null
}

const checkOfSnapshot = ({ bytes, reach }: KeptSnapshot) => crc32(bytes, crc32(toUtf8([...reach].join())))

const isPlace = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0
