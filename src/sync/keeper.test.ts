import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { createIndexedDbKeeper } from './io/indexeddb-keeper.ts'
import { createMemoryKeeper, type Keeper } from './keeper.ts'
import { byVersion, frame, snapshot } from './kept-samples.ts'

function describeKeeper(name: string, open: (room: number) => Promise<Keeper>): void {
  let rooms = 0

  describe(`${name}, as every keeper`, () => {
    it('Y20: has nothing at first, and what was appended afterwards', async () => {
      const keeper = await open(++rooms)
      expect(await keeper.load()).toEqual({ snapshot: null, frames: [] })
      await keeper.append([frame(1, 1, 1), frame(2, 1, 2)])
      await keeper.append([frame(1, 2, 3)])
      const { snapshot, frames } = await keeper.load()
      expect([snapshot, byVersion(frames)]).toEqual([null, [frame(1, 1, 1), frame(2, 1, 2), frame(1, 2, 3)]])
      keeper.dispose()
    })

    it('Y21: keeps a frame once, whoever appends it', async () => {
      const keeper = await open(++rooms)
      await Promise.all([keeper.append([frame(1, 1, 1)]), keeper.append([frame(1, 1, 1)])])
      expect((await keeper.load()).frames).toEqual([frame(1, 1, 1)])
      keeper.dispose()
    })

    it('Y28: has a snapshot in the place of the frames that it covers, and of no others', async () => {
      const keeper = await open(++rooms)
      await keeper.append([frame(1, 1, 1), frame(1, 2, 2), frame(2, 1, 3), frame(3, 1, 4), frame(3, 259, 5)])
      await keeper.append([frame(3, 260, 6), frame(4, 1, 7)])
      await keeper.replace(snapshot(1, [1, 2], [3, 259], [4, 0]))
      await keeper.append([frame(1, 3, 8)])
      const { frames, ...kept } = await keeper.load()
      expect(kept).toEqual({ snapshot: Uint8Array.of(1) })
      expect(byVersion(frames)).toEqual([frame(2, 1, 3), frame(3, 260, 6), frame(4, 1, 7), frame(1, 3, 8)])
      keeper.dispose()
    })

    it('Y28: has a frame no more that begins within the reach of a snapshot, wherever its author ends', async () => {
      const keeper = await open(++rooms)
      await keeper.append([frame(1, 1, 5), frame(1, 6, 9)])
      await keeper.replace(snapshot(1, [1, 6]))
      expect((await keeper.load()).frames).toEqual([])
      keeper.dispose()
    })

    it('Y28: has a snapshot in the place of an earlier one', async () => {
      const keeper = await open(++rooms)
      await keeper.replace(snapshot(1, [1, 3]))
      await keeper.append([frame(1, 4, 4), frame(2, 1, 5)])
      await keeper.replace(snapshot(2, [1, 4], [2, 1]))
      expect(await keeper.load()).toEqual({ snapshot: Uint8Array.of(2), frames: [] })
      keeper.dispose()
    })

    it('Y28: has an earlier snapshot still, and all frames, when that has something which the next one has not', async () => {
      const keeper = await open(++rooms)
      await keeper.replace(snapshot(1, [1, 3], [2, 1]))
      await keeper.append([frame(1, 4, 4), frame(3, 1, 5)])
      for (const other of [snapshot(2, [1, 4], [3, 1]), snapshot(2, [1, 2], [2, 1], [3, 1])]) {
        await keeper.replace(other)
        const { frames, ...kept } = await keeper.load()
        expect([kept.snapshot, byVersion(frames)]).toEqual([Uint8Array.of(1), [frame(1, 4, 4), frame(3, 1, 5)]])
      }
      keeper.dispose()
    })

    it('Y28: may be given a frame again that its snapshot covers', async () => {
      const keeper = await open(++rooms)
      await keeper.append([frame(1, 1, 1)])
      await keeper.replace(snapshot(1, [1, 1]))
      await keeper.append([frame(1, 1, 1), frame(1, 2, 2)])
      const { frames, ...kept } = await keeper.load()
      expect([kept.snapshot, frames]).toEqual([Uint8Array.of(1), expect.arrayContaining([frame(1, 2, 2)])])
      await keeper.replace(snapshot(2, [1, 2]))
      expect((await keeper.load()).frames).toEqual([])
      keeper.dispose()
    })
  })
}

describeKeeper('the memory', async () => createMemoryKeeper())
describeKeeper('IndexedDB', async room => createIndexedDbKeeper(new Uint8Array(16).fill(room)))
