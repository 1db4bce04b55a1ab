/**
 * The port to the disk: where a room's frames stay while nobody has the page open, and a snapshot in the place of old ones.
 *
 * What is kept only grows, but for what a snapshot covers; a frame that is kept already is kept once. The contract is in
 * `keeper.test.ts`: every implementation passes it.
 */
import { type Bytes, toHex } from '../base/bytes.ts'
import type { Subscribable } from '../base/subscribe.ts'

export interface KeptFrame {
  readonly author: Bytes
  /** Of the first entry. With the author it names the frame. */
  readonly sequence: number
  /** Of the last entry. In the order of versions, a frame comes after its causal past. */
  readonly version: number
  readonly bytes: Bytes
}

/** What stands for the first frames of each author. */
export interface KeptSnapshot {
  readonly bytes: Bytes
  /** Until where, by the author's id in hexadecimal: the last sequence in it. It has a frame whole, or nothing of it. */
  readonly reach: ReadonlyMap<string, number>
}

export interface Kept {
  /** What the frames go on from; `null` when they begin at the beginning. */
  readonly snapshot: Bytes | null
  /** In any order. The snapshot may cover some: another page kept them after it. */
  readonly frames: readonly KeptFrame[]
  /** Whether something was kept that is gone. Not known, without it. */
  readonly thrownAway?: boolean
}

/** Where a room is kept: four methods and a word are enough. Anybody may bring another one than IndexedDB. */
export interface Keeper {
  /** Whether what is kept outlives the page. */
  readonly durable: boolean
  /**
   * How many kept frames are damaged, and the snapshot with them: `load` leaves them out, and keeping them again mends them,
   * as does a snapshot in their place. None, without it.
   */
  readonly damaged?: number
  /** Tells when what is kept has been closed or taken away. The room appends then, nothing if need be, to find out. */
  readonly lost?: Subscribable<void>
  /** Everything that was kept. */
  load(): Promise<Kept>
  /**
   * Resolves when the frames are kept: where that is durable, when they are on the disk. None is kept when it throws, and
   * the room appends them again later.
   * @throws SupermeshError `quota`; `keeper-emptied`, once, when what was kept is gone; `keeper-outdated` when a newer
   *   page keeps the room in a way that this one does not know; `keeper-failed`
   */
  append(frames: readonly KeptFrame[]): Promise<void>
  /**
   * Keeps a snapshot in the place of an earlier one and of all kept frames that it covers: those whose `sequence` is within
   * its author's reach. All of that has happened when it resolves, and nothing when it throws; the room asks for it again
   * later. A snapshot that has something which the new one has not stays, with all frames: another page may have put it there,
   * and what is in it is kept nowhere else.
   * @throws SupermeshError as `append`
   */
  replace(snapshot: KeptSnapshot): Promise<void>
  dispose(): void
}

/** Whether a snapshot has a frame in it. */
export function covers({ reach }: KeptSnapshot, { author, sequence }: Pick<KeptFrame, 'author' | 'sequence'>): boolean {
  return sequence <= (reach.get(toHex(author)) ?? 0)
}

/** Whether a snapshot has all that another has. */
export function hasAllOf({ reach }: KeptSnapshot, other: KeptSnapshot): boolean {
  return [...other.reach].every(([author, last]) => last <= (reach.get(author) ?? 0))
}

/** Keeps a room as long as the object lives. */
export function createMemoryKeeper(): Keeper {
  const kept = new Map<string, KeptFrame>()
  let snapshot: KeptSnapshot | null = null
  return {
    durable: false,
    load: async () => ({ snapshot: snapshot?.bytes ?? null, frames: [...kept.values()] }),
    async append(frames) {
      for (const frame of frames) {
        const name = `${toHex(frame.author)}/${frame.sequence}`
        if (!kept.has(name)) kept.set(name, frame)
      }
    },
    async replace(next) {
      if (snapshot && !hasAllOf(next, snapshot)) return
      snapshot = next
      for (const [name, frame] of kept) if (covers(next, frame)) kept.delete(name)
    },
    dispose() {},
  }
}
