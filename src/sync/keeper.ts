/**
 * The port to the disk: where a room's frames stay while nobody has the page open.
 *
 * Append only, but for a snapshot, which takes the place of the frames in it; a frame that is kept already is kept once. Its
 * contract is in `keeper.test.ts`: every implementation passes it.
 */
import { type Bytes, toHex } from '../base/bytes.ts'
import type { Subscribable } from '../base/subscribe.ts'
import type { Vector } from './frame-list.ts'

export interface KeptFrame {
  readonly author: Bytes
  /** Of the first entry. With the author it names the frame. */
  readonly sequence: number
  /** Of the last entry. In the order of versions, a frame comes after its causal past. */
  readonly version: number
  readonly bytes: Bytes
}

/** What stands for all frames until the last sequence of each author, by author id. */
export interface KeptSnapshot {
  readonly bytes: Bytes
  readonly reach: Vector
}

export interface Kept {
  readonly snapshot: Bytes | null
  /** In any order. Some may be in the snapshot. */
  readonly frames: readonly KeptFrame[]
}

/** Where a room's frames are kept: three methods and a word are enough. Anybody may bring another one than IndexedDB. */
export interface Keeper {
  /** Whether what is kept outlives the page. */
  readonly durable: boolean
  /** How many kept frames are damaged: `load` leaves them out, and appending them again mends them. None, without it. */
  readonly damaged?: number
  /** Tells when what is kept has been closed or taken away. The room appends then, nothing if need be, to find out. */
  readonly lost?: Subscribable<void>
  /** Everything that was kept. */
  load(): Promise<Kept>
  /**
   * Resolves when the frames are kept: where that is durable, when they are on the disk. None is kept when it throws, and
   * the room appends them again later.
   * @param snapshot - takes the place of the kept frames in it, and of an earlier one: all at once, or nothing of it where another
   *   page has kept one that goes further
   * @throws SupermeshError `quota`; `keeper-emptied`, once, when what was kept is gone; `keeper-outdated` when a newer
   *   page keeps the room in a way that this one does not know; `keeper-failed`
   */
  append(frames: readonly KeptFrame[], snapshot?: KeptSnapshot): Promise<void>
  dispose(): void
}

/** Whether a snapshot has all that another has. */
export function covers(snapshot: KeptSnapshot, other: KeptSnapshot | null): boolean {
  return [...(other?.reach ?? [])].every(([author, last]) => (snapshot.reach.get(author) ?? 0) >= last)
}

/** Keeps frames as long as the object lives. */
export function createMemoryKeeper(): Keeper {
  const kept = new Map<string, KeptFrame>()
  let stands: KeptSnapshot | null = null
  return {
    durable: false,
    load: async () => ({ snapshot: stands?.bytes ?? null, frames: [...kept.values()] }),
    async append(frames, snapshot) {
      if (snapshot && covers(snapshot, stands)) {
        stands = snapshot
        for (const [name, { author, sequence }] of kept) {
          if (sequence <= (snapshot.reach.get(toHex(author)) ?? 0)) kept.delete(name)
        }
      }
      for (const frame of frames) {
        const name = `${toHex(frame.author)}/${frame.sequence}`
        if (!kept.has(name)) kept.set(name, frame)
      }
    },
    dispose() {},
  }
}
