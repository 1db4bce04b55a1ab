import { describe, expect, it, vi } from 'vitest'
import { SupermeshError } from '../base/error.ts'
import { createEmitter } from '../base/subscribe.ts'
import type { Keeper, KeptFrame, KeptSnapshot } from '../sync/keeper.ts'
import { createKeeping } from './keeping.ts'

const frame = (sequence: number): KeptFrame => ({
  author: new Uint8Array(16),
  sequence,
  version: sequence,
  bytes: new Uint8Array(),
})

const snapshot = (byte: number): KeptSnapshot => ({ bytes: Uint8Array.of(byte), reach: new Map() })

/** A keeper that answers when the test says so, and a log of all that is heard of it. */
function scripted({ failing = false } = {}) {
  const heard: string[] = []
  let answer: (error?: SupermeshError) => void = () => {}
  const lost = createEmitter<void>()
  const keeper: Keeper = {
    durable: true,
    lost,
    load: async () => ({ snapshot: null, frames: [] }),
    append(frames, snapshot) {
      const names = [...(snapshot ? [`snapshot ${snapshot.bytes[0]}`] : []), ...frames.map(({ sequence }) => sequence)]
      heard.push(`append ${names.join(' ')}`.trim())
      return new Promise((resolve, reject) => {
        answer = error => (error ? reject(error) : resolve())
      })
    },
    dispose() {},
  }
  const keeping = createKeeping(
    keeper,
    {
      kept: reach => void heard.push(`kept ${reach}`),
      failed: code => void heard.push(code),
      emptied: () => ({ snapshot: null, frames: [frame(1), frame(2)] }),
    },
    { failing },
  )
  const answered = async (code?: string) => {
    answer(code === undefined ? undefined : new SupermeshError(code, 'No.'))
    await new Promise(resolve => setTimeout(resolve, 0))
    return heard.splice(0)
  }
  const ticksUntilTry = () => {
    for (let ticks = 1; ticks < 1000; ticks++) {
      keeping.ticked()
      if (heard.length > 0) return ticks
    }
    return null
  }
  return { keeping, heard, lost, answered, ticksUntilTry }
}

describe('frames on their way to the disk', () => {
  it('V15: go one append at a time, what comes meanwhile with the next, and are told of as far as they got', async () => {
    const { keeping, answered } = scripted()
    keeping.add([frame(1)], 1)
    keeping.add([frame(2)], 2)
    keeping.add([frame(3)], 3)
    expect(keeping.idle).toBe(false)
    expect(await answered()).toEqual(['append 1', 'kept 1', 'append 2 3'])
    expect([await answered(), keeping.idle]).toEqual([['kept 3'], true])
  })

  it('V15: are tried again in their order, soon after the next frame and by themselves, ever more seldom', async () => {
    const { keeping, answered, ticksUntilTry } = scripted()
    keeping.add([frame(1)], 1)
    keeping.add([frame(2)], 2)
    expect(await answered('quota')).toEqual(['append 1', 'quota'])
    expect([keeping.durable, keeping.idle]).toEqual([false, true])
    const pauses = []
    for (let tries = 0; tries < 9; tries++) {
      pauses.push(ticksUntilTry())
      await answered('quota')
    }
    expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64])
    keeping.add([frame(3)], 3)
    expect([keeping.idle, ticksUntilTry()]).toEqual([true, 1])
    expect(await answered()).toEqual(['append 1 2 3', 'kept 3'])
    expect([keeping.durable, ticksUntilTry()]).toEqual([true, null])
  })

  it('V15: are all kept again when what was kept is gone, though there be nothing new', async () => {
    const { keeping, heard, lost, answered } = scripted()
    keeping.add([frame(1), frame(2)], 2)
    await answered()
    lost.emit()
    expect(heard.splice(0)).toEqual(['append'])
    expect(await answered('keeper-emptied')).toEqual(['append 1 2'])
    expect([await answered(), keeping.durable]).toEqual([['kept 2'], true])
  })

  it('V15: go after a snapshot that came before them, which is tried again as they are', async () => {
    const { keeping, answered, ticksUntilTry } = scripted()
    keeping.add([frame(1)], 1)
    keeping.replace(snapshot(1), 2)
    keeping.add([frame(3)], 3)
    expect(await answered()).toEqual(['append 1', 'kept 1', 'append snapshot 1 3'])
    keeping.replace(snapshot(2), 4)
    expect(await answered('quota')).toEqual(['quota'])
    expect([keeping.idle, ticksUntilTry()]).toEqual([true, 1])
    // The later one stands for the earlier.
    expect(await answered()).toEqual(['append snapshot 2 3', 'kept 4'])
  })

  it('V15: are doubted when the disk is lost while they are written', async () => {
    const { keeping, lost, answered } = scripted()
    keeping.add([frame(1)], 1)
    lost.emit()
    expect(await answered()).toEqual(['append 1', 'kept 1', 'append'])
    expect(await answered()).toEqual(['kept 1'])
  })

  it('V15: wait for a disk that was not there at first', async () => {
    const { keeping, answered, ticksUntilTry } = scripted({ failing: true })
    expect([keeping.durable, keeping.idle]).toEqual([false, true])
    expect(ticksUntilTry()).toBe(1)
    expect([await answered(), keeping.durable]).toEqual([['append', 'kept 0'], true])
  })

  it('V15: fail with a code, whatever a keeper throws', async () => {
    const failed = vi.fn()
    const append = () => Promise.reject(new TypeError('mine'))
    const keeper: Keeper = { durable: true, load: async () => ({ snapshot: null, frames: [] }), append, dispose() {} }
    createKeeping(keeper, { kept() {}, failed, emptied: () => ({ snapshot: null, frames: [] }) }).add([frame(1)], 1)
    await vi.waitFor(() => expect(failed).toHaveBeenCalledWith('keeper-failed'))
  })
})
