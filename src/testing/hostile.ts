/**
 * Hostile peers: seats that seal whatever they like, and bytes that are broken.
 *
 * A seat is an author who may write: its seals are genuine unless it is asked for others. What it writes is in
 * `pen.ts` and `hostile-patches.ts`.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, concatBytes, toHex, toUtf8 } from '../base/bytes.ts'
import { createWriter } from '../protocol/codec.ts'
import {
  type Entry,
  encodeBody,
  encodeSealed,
  type Frame,
  frameHash,
  originHash,
  ROOM_SCOPE,
} from '../protocol/frame.ts'
import type { FrameBytes } from '../protocol/message.ts'
import type { Dice } from './dice.ts'
import { labStore } from './lab.ts'
import { createPen, type Pen } from './pen.ts'
import { worldSeal } from './simulated-room.ts'

export interface Seat {
  readonly author: Bytes
  /** The author in hexadecimal. */
  readonly id: string
  readonly store: number
  /** Sequence of the next entry. */
  readonly next: number
  /** Writes what follows the edits of the log; one for each frame, that is said or not. */
  pen(): Pen
  /** Seals entries as the next frame of the seat's log; `changes` overrides parts of the frame. */
  say(entries: readonly Entry[], changes?: Partial<Frame>): FrameBytes
  /** As {@link say}, but what follows does not know of it: the frame is a lie, a repetition or a guess. */
  whisper(entries: readonly Entry[], changes?: Partial<Frame> & { readonly seal?: Bytes }): FrameBytes
}

export const introduction = (name: string): Entry => ({ kind: 'introduction', payload: toUtf8(name) })
export const edit = (payload: Bytes): Entry => ({ kind: 'edit', payload })

export function createSeat(room: Bytes, name: string): Seat {
  const author = sha256(toUtf8(name)).slice(0, 16) as Bytes
  const store = labStore(author)
  const said: Bytes[] = []
  let hash = originHash(room, ROOM_SCOPE, author)
  let next = 1
  function build(entries: readonly Entry[], changes: Partial<Frame> & { readonly seal?: Bytes } = {}) {
    const { seal, ...rest } = changes
    const frame: Frame = { author, sequence: next, elapsed: 1, heads: [], entries, ...rest }
    const body = encodeBody(frame)
    const after = frameHash(hash, body)
    return { after, frame, framed: { author, bytes: encodeSealed(body, seal ?? worldSeal(author, after)) } }
  }
  return {
    author,
    id: toHex(author),
    store,
    get next() {
      return next
    },
    pen: () => createPen(store, said),
    say(entries, changes) {
      const { after, frame, framed } = build(entries, changes)
      hash = after
      next = frame.sequence + entries.length
      for (const { kind, payload } of entries) if (kind === 'edit') said.push(payload)
      return framed
    },
    whisper: (entries, changes) => build(entries, changes).framed,
  }
}

/** An undo or a redo of what is no edit, or cannot be known, or is not told in order. */
export function hostileUndo(dice: Dice, known: number): Entry {
  const writer = createWriter()
  for (let i = 1 + dice.roll(3); i > 0; i--) {
    writer.varuint(dice.pick([0, 0, known, 1 + dice.roll(2 ** 50)]))
    writer.varuint(dice.pick([0, 1, 1 + dice.roll(9), 2 ** 40]))
    writer.varuint(dice.pick([0, 1, 2, 6000, Number.MAX_SAFE_INTEGER]))
  }
  return { kind: dice.pick(['undo', 'redo']), payload: writer.finish() }
}

/** Bytes with a few of them changed, cut off, doubled or moved. */
export function mangle(bytes: Bytes, dice: Dice): Bytes {
  let result = bytes.slice()
  for (let i = 1 + dice.roll(3); i > 0; i--) {
    const at = dice.roll(result.length + 1)
    switch (dice.roll(6)) {
      case 0:
        result = result.slice(0, at)
        break
      case 1:
        result = concatBytes(result.slice(0, at), dice.bytes(1 + dice.roll(4)), result.slice(at))
        break
      case 2:
        result = concatBytes(result.slice(0, at), result.slice(at + 1 + dice.roll(4)))
        break
      case 3:
        result = concatBytes(result, result.slice(at))
        break
      default:
        if (at < result.length) result[at] = dice.chance(0.5) ? dice.roll(256) : (result[at] ?? 0) ^ (1 << dice.roll(8))
    }
  }
  return result
}
