import { describe, expect, it, vi } from 'vitest'
import { SupermeshError } from '../base/error.ts'
import { createEmitter } from '../base/subscribe.ts'
import { createMemoryKeeper, type Keeper } from '../sync/keeper.ts'
import * as samples from '../sync/kept-samples.ts'
import { createKeeping, type Everything } from './keeping.ts'

const frame = (sequence: number) => samples.frame(0, sequence, sequence)
/** Of the frames until `sequence`. */
const snapshot = (sequence: number) => samples.snapshot(sequence, [0, sequence])

/** A keeper that answers when the test says so, and a log of all that is heard of it. */
function scripted({ failing = false, all = { snapshot: null, frames: [frame(1), frame(2)] } as Everything } = {}) {
  const heard: string[] = []
  let answer: (error?: SupermeshError) => void = () => {}
  const lost = createEmitter<void>()
  const asked = (what: string) => {
    heard.push(what)
    return new Promise<void>((resolve, reject) => {
      answer = error => (error ? reject(error) : resolve())
    })
  }
  const keeper: Keeper = {
    durable: true,
    lost,
    load: async () => ({ snapshot: null, frames: [] }),
    append: frames => asked(`append ${frames.map(({ sequence }) => sequence).join(' ')}`.trim()),
    replace: ({ bytes }) => asked(`replace ${bytes[0]}`),
    dispose() {},
  }
  const keeping = createKeeping(
    keeper,
    {
      kept: reach => void heard.push(`kept ${reach}`),
      failed: code => void heard.push(code),
      emptied: () => all,
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

  it('V15: are kept though there is no room for the snapshot before them, and count for nothing', async () => {
    const { keeping, answered, ticksUntilTry } = scripted()
    keeping.replace(snapshot(1), 1)
    keeping.add([frame(2)], 2)
    expect(await answered('quota')).toEqual(['replace 1', 'quota', 'append 2'])
    expect(await answered()).toEqual([])
    keeping.add([frame(3)], 3)
    expect(ticksUntilTry()).toBe(1)
    expect(await answered('quota')).toEqual(['replace 1', 'quota', 'append 3'])
    expect([await answered(), keeping.durable]).toEqual([[], false])
    expect(ticksUntilTry()).not.toBeNull()
    expect(await answered()).toEqual(['replace 1', 'kept 1', 'append 2 3'])
    expect([await answered(), keeping.durable]).toEqual([['kept 3'], true])
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
    createKeeping(
      { ...createMemoryKeeper(), append },
      { kept() {}, failed, emptied: () => ({ snapshot: null, frames: [] }) },
    ).add([frame(1)], 1)
    await vi.waitFor(() => expect(failed).toHaveBeenCalledWith('keeper-failed'))
  })

  it('V15: and snapshots go in their order, frames in a row together', async () => {
    const { keeping, answered } = scripted()
    keeping.add([frame(1)], 1)
    keeping.add([frame(2)], 2)
    keeping.replace(snapshot(2), 2)
    keeping.add([frame(3)], 3)
    keeping.add([frame(4)], 4)
    expect(keeping.idle).toBe(false)
    expect(await answered()).toEqual(['append 1', 'kept 1', 'append 2'])
    expect(await answered()).toEqual(['kept 2', 'replace 2'])
    expect(await answered()).toEqual(['kept 2', 'append 3 4'])
    expect([await answered(), keeping.idle]).toEqual([['kept 4'], true])
  })

  it('V15: are tried again from the step that failed, a snapshot too', async () => {
    const { keeping, answered, ticksUntilTry } = scripted()
    keeping.add([frame(1)], 1)
    keeping.replace(snapshot(1), 1)
    keeping.add([frame(2)], 2)
    expect(await answered()).toEqual(['append 1', 'kept 1', 'replace 1'])
    expect(await answered('quota')).toEqual(['quota', 'append 2'])
    expect(await answered()).toEqual([])
    expect([keeping.durable, keeping.idle, ticksUntilTry()]).toEqual([false, true, 1])
    expect(await answered()).toEqual(['replace 1', 'kept 1', 'append 2'])
    expect([await answered(), keeping.durable]).toEqual([['kept 2'], true])
  })

  it('V15: are kept again behind the snapshot that they go on from', async () => {
    const { keeping, answered } = scripted({ all: { snapshot: snapshot(3), frames: [frame(4)] } })
    keeping.add([frame(4)], 4)
    keeping.replace(snapshot(3), 4)
    expect(await answered('keeper-emptied')).toEqual(['append 4', 'replace 3'])
    // The own log is not whole before its frames are there, too.
    expect(await answered()).toEqual(['kept 0', 'append 4'])
    expect([await answered(), keeping.idle]).toEqual([['kept 4'], true])
  })
})
