/**
 * The edits whose frames are in a snapshot, read out of them.
 */
import { decodeSealed } from '../protocol/frame.ts'
import type { EncodedEdit } from '../protocol/patch-stream.ts'
import { listOf, type SavedHistory, type SavedLog } from './saved-history.ts'

/** By author, as a snapshot numbers them, and sequence. */
export function editsIn({ logs, frames }: SavedHistory): ReadonlyMap<number, EncodedEdit>[] {
  const edits = logs.map(() => new Map<number, EncodedEdit>())
  const lists = logs.map(listOf)
  for (const [number, bytes] of frames) {
    const { author, endedAt } = logs[number] as SavedLog
    const decoded = decodeSealed(author, bytes)
    const place = decoded.ok && lists[number]?.placeAt(lists[number].indexWith(decoded.value.sequence))
    if (!decoded.ok || !place) continue
    decoded.value.entries.forEach(({ kind, payload }, i) => {
      const sequence = place.sequence + i
      if (kind !== 'edit' || sequence >= (endedAt ?? Number.POSITIVE_INFINITY)) return
      edits[number]?.set(sequence, { payload, version: place.version - (place.last - sequence) })
    })
  }
  return edits
}
