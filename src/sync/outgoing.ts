/**
 * Own entries on their way into frames. The first is sealed at once; those made while a seal is under way share the next
 * frame, as long as nothing of others was seen between them: a frame has one causal past.
 */
import { type Bytes, compareBytes } from '../base/bytes.ts'
import {
  type Entry,
  type EntryKind,
  encodeBody,
  encodeSealed,
  type Frame,
  frameHash,
  type Head,
  isAlone,
  lastSequence,
} from '../protocol/frame.ts'
import type { EntryRun } from './entries.ts'
import type { Vector } from './frame-list.ts'
import type { History, NamedFrame } from './history.ts'
import type { KeptFrame } from './keeper.ts'
import { type AuthorLog, reachOf } from './log.ts'

interface Draft extends EntryRun {
  readonly heads: readonly Head[]
  readonly past: Vector
  readonly entries: Entry[]
  version: number
  bytes: number
}

/** No more is put into a frame that has something: what is lost with a damaged frame is as much, and what follows it. */
const DRAFT_ENTRIES = 256
const DRAFT_BYTES = 64 * 1024

export interface Outgoing {
  /** Sequence of the last own entry, sealed or not. */
  last(): number
  /** Own entries that are not sealed. */
  unsealed(): number
  submit(kind: EntryKind, payload: Bytes, now: number): void
  sealed(seal: Bytes): void
}

export interface OutgoingOptions {
  readonly own: AuthorLog
  readonly history: History
  /** Orders the seal over `hash`; one at a time. */
  readonly seal: (hash: Bytes) => void
  /** A frame is sealed and history. */
  readonly finished: (kept: KeptFrame) => void
}

export function createOutgoing({ own, history, seal, finished }: OutgoingOptions): Outgoing {
  const drafts: Draft[] = []
  /** The first draft as a frame, while its seal is under way: nothing is added to it any more. */
  let sealing: { readonly frame: Frame; readonly body: Bytes; readonly hash: Bytes } | null = null

  const last = () => {
    const draft = drafts.at(-1)
    return draft ? draft.sequence + draft.entries.length - 1 : reachOf(own)
  }

  function draftFor(kind: EntryKind, size: number, now: number): Draft {
    const open = drafts.at(-1)
    const underSeal = sealing !== null && drafts.length === 1
    const full = open && (open.entries.length >= DRAFT_ENTRIES || open.bytes + size > DRAFT_BYTES)
    const alone = isAlone(kind) || (open?.entries.some(entry => isAlone(entry.kind)) ?? false)
    if (open && !underSeal && !full && !alone && history.frontier.size === 0) return open
    const before = (open ?? own.frames).past
    const seen = history.frontier.size === 0 ? { heads: [], past: before } : namedSince(before)
    const draft: Draft = {
      log: own,
      sequence: last() + 1,
      heads: seen.heads,
      past: seen.past,
      entries: [],
      version: history.version,
      time: now,
      bytes: 0,
    }
    drafts.push(draft)
    history.entries.unlogged.push(draft)
    return draft
  }

  /** What was seen of others since `before`: it is named once. */
  function namedSince(before: Vector): Pick<Draft, 'heads' | 'past'> {
    const named = [...history.frontier].sort((a, b) => compareBytes(a.author, b.author))
    const heads = named.map(log => ({ author: log.author, sequence: reachOf(log) }))
    const last = named.map(({ id, frames }): NamedFrame => [id, frames.placeAt(frames.length - 1)])
    history.frontier.clear()
    return { heads, past: history.pastOf(own.id, before, last) }
  }

  function frameOf({ sequence, heads, entries, time }: Draft): Frame {
    const elapsed = Math.max(0, Math.floor(time) - own.frames.time)
    return { author: own.author, sequence, elapsed, heads, entries }
  }

  function sealNext(): void {
    const draft = drafts[0]
    if (!draft || sealing) return
    const frame = frameOf(draft)
    const body = encodeBody(frame)
    sealing = { frame, body, hash: frameHash(own.hash, body) }
    seal(sealing.hash)
  }

  return {
    last,
    unsealed: () => drafts.reduce((count, draft) => count + draft.entries.length, 0),
    submit(kind, payload, now) {
      const draft = draftFor(kind, payload.length, now)
      draft.entries.push({ kind, payload })
      draft.bytes += payload.length
      draft.version = ++history.version
      sealNext()
    },
    sealed(bytes) {
      const draft = drafts.shift()
      if (!draft || !sealing) return
      const { frame, body, hash } = sealing
      sealing = null
      history.entries.logged(draft)
      const { past, version } = draft
      const time = own.frames.time + frame.elapsed
      if (frame.sequence === 1) own.introduction = frame.entries[0]?.payload ?? null
      const place = { sequence: frame.sequence, last: lastSequence(frame), version, past, time }
      finished(history.append(own, place, encodeSealed(body, bytes), hash))
      sealNext()
    },
  }
}
