import 'fake-indexeddb/auto'
import { describe, expect, it } from 'vitest'
import { openIndexedDbKeeper } from './io/indexeddb-keeper.ts'
import { createMemoryKeeper, type Keeper, type KeptFrame } from './keeper.ts'

const frame = (author: number, sequence: number, version: number): KeptFrame => ({
  author: new Uint8Array(16).fill(author),
  sequence,
  version,
  bytes: Uint8Array.of(author, sequence),
})

const byName = (frames: readonly KeptFrame[]) => [...frames].sort((a, b) => a.version - b.version)

function describeKeeper(name: string, open: (room: number) => Promise<Keeper>): void {
  describe(`${name}, as every keeper`, () => {
    it('Y20: has nothing at first, and what was appended afterwards', async () => {
      const keeper = await open(1)
      expect(await keeper.load()).toEqual([])
      await keeper.append([frame(1, 1, 1), frame(2, 1, 2)])
      await keeper.append([frame(1, 2, 3)])
      expect(byName(await keeper.load())).toEqual([frame(1, 1, 1), frame(2, 1, 2), frame(1, 2, 3)])
      keeper.dispose()
    })

    it('Y21: keeps a frame once, whoever appends it', async () => {
      const keeper = await open(2)
      await Promise.all([keeper.append([frame(1, 1, 1)]), keeper.append([frame(1, 1, 1)])])
      expect(await keeper.load()).toEqual([frame(1, 1, 1)])
      keeper.dispose()
    })
  })
}

describeKeeper('the memory', async () => createMemoryKeeper())
describeKeeper('IndexedDB', room => openIndexedDbKeeper(new Uint8Array(16).fill(room)))

describe('IndexedDB', () => {
  it('Y22: finds after a reload what was kept, in two tabs at once', async () => {
    const room = new Uint8Array(16).fill(3)
    const [one, two] = await Promise.all([openIndexedDbKeeper(room), openIndexedDbKeeper(room)])
    await Promise.all([one.append([frame(1, 1, 1)]), two.append([frame(2, 1, 1)])])
    one.dispose()
    two.dispose()
    const after = await openIndexedDbKeeper(room)
    expect(await after.load()).toHaveLength(2)
    after.dispose()
  })
})
