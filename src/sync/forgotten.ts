/**
 * Whether an undo or a redo speaks of entries of which there are no frames any more: what it would take back is not known then.
 */
import { decodeWith } from '../protocol/codec.ts'
import { decodeSealed, type Entry, isAlone } from '../protocol/frame.ts'
import type { FrameBytes } from '../protocol/message.ts'
import { type EditRange, readRedo, readUndo } from '../protocol/undo.ts'

/** @param baseOf - the last sequence of a store of which there is no frame any more */
export function speaksOfForgotten(
  { kind, payload }: Entry,
  author: number,
  baseOf: (store: number) => number,
): boolean {
  if (!isAlone(kind)) return false
  const isForgotten = ({ store, first }: EditRange) => first <= baseOf(store)
  const read = decodeWith(payload, reader => {
    if (kind === 'undo') return readUndo(reader, author).some(isForgotten)
    return readRedo(reader, author).some(
      ({ undo, ranges }) => undo.sequence <= baseOf(undo.store) || ranges.some(isForgotten),
    )
  })
  // What cannot be read is refused where it is applied.
  return read.ok && read.value
}

/** The same of a frame: such entries stand in one of their own. */
export function isOfForgotten(
  { author, bytes }: FrameBytes,
  store: number,
  baseOf: (store: number) => number,
): boolean {
  const frame = decodeSealed(author, bytes)
  const [entry] = frame.ok ? frame.value.entries : []
  return entry !== undefined && speaksOfForgotten(entry, store, baseOf)
}
