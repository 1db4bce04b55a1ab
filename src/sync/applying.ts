/**
 * How a frame becomes history: its entries are delivered, one after the other, or its author's log ends with it.
 */
import type { Bytes } from '../base/bytes.ts'
import { type Entry, type EntryKind, isAlone, lastSequence, type SealedFrame } from '../protocol/frame.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import type { SyncOptions } from './events.ts'
import type { FramePlace, Vector } from './frame-list.ts'
import type { Found, History, NamedFrame } from './history.ts'
import type { KeptFrame } from './keeper.ts'
import type { AuthorLog } from './log.ts'

export interface ApplyingOptions extends Pick<SyncOptions, 'deliver'> {
  readonly history: History
  /** A frame became history. `kept` is for the keeper. */
  readonly applied: (log: AuthorLog, last: number, kept: KeptFrame) => void
}

/** @param hash - of the frame. @param found - what its heads name. @returns why the log ends with it; `null` when it goes on */
export type Apply = (log: AuthorLog, frame: SealedFrame, bytes: Bytes, hash: Bytes, found: Found) => RefusalCode | null

export function createApplying({ history, deliver, applied }: ApplyingOptions): Apply {
  /** What the author of an entry had seen, its own entries before it included. */
  const seenBefore = (own: number, sequence: number, past: Vector) => (store: number) =>
    store === own ? sequence - 1 : history.seenOf(past, store)

  function placeOf(log: AuthorLog, frame: SealedFrame, found: Found): FramePlace {
    const before = log.frames
    const named = found.type === 'found' ? found.frames : NOTHING_NAMED
    return {
      sequence: frame.sequence,
      last: lastSequence(frame),
      version: latestVersion(before.version, named) + frame.entries.length,
      past: history.pastOf(log.id, before.past, named),
      time: before.time + frame.elapsed,
    }
  }

  function deliverEntries(log: AuthorLog, frame: SealedFrame, place: FramePlace): RefusalCode | null {
    const count = frame.entries.length
    for (let i = 0; i < count; i++) {
      const { kind, payload } = frame.entries[i] as Entry
      const sequence = frame.sequence + i
      const refusal =
        faultOfKind(kind, sequence, count) ??
        deliver({
          author: log.author,
          store: log.store,
          kind,
          payload,
          sequence,
          version: place.version - count + 1 + i,
          time: place.time,
          past: seenBefore(log.store, sequence, place.past),
        })
      if (refusal) {
        log.endedAt = sequence
        return refusal
      }
    }
    return null
  }

  /** An entry may speak of those before it in its frame, which are not in the log yet. */
  function deliverSeveral(log: AuthorLog, frame: SealedFrame, place: FramePlace): RefusalCode | null {
    const { sequence, entries } = frame
    const run = { log, sequence, entries, version: place.version, time: place.time }
    history.entries.unlogged.push(run)
    const refusal = deliverEntries(log, frame, place)
    history.entries.logged(run)
    return refusal
  }

  function refusalOf(log: AuthorLog, frame: SealedFrame, place: FramePlace, found: Found): RefusalCode | null {
    if (found.type === 'found') {
      return frame.entries.length === 1 ? deliverEntries(log, frame, place) : deliverSeveral(log, frame, place)
    }
    log.endedAt = frame.sequence
    return 'head-unknown'
  }

  return (log, frame, bytes, hash, found) => {
    const place = placeOf(log, frame, found)
    log.ended = refusalOf(log, frame, place, found)
    const kept = history.append(log, place, bytes, hash)
    history.saw(log, place)
    applied(log, place.last, kept)
    return log.ended
  }
}

const NOTHING_NAMED: readonly NamedFrame[] = []

function latestVersion(before: number, named: readonly NamedFrame[]): number {
  return named.length === 0 ? before : Math.max(before, ...named.map(([, { version }]) => version))
}

/** An introduction is an author's first entry, and only that; an undo has a frame to itself. */
function faultOfKind(kind: EntryKind, sequence: number, company: number): RefusalCode | null {
  if (kind === 'introduction') return sequence > 1 ? 'introduction-repeated' : null
  return isAlone(kind) && company > 1 ? 'undo-not-alone' : null
}
