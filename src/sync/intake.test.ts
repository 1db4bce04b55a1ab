import { describe, expect, it } from 'vitest'
import type { Bytes } from '../base/bytes.ts'
import type { FrameBytes } from '../protocol/message.ts'
import { createSeat, edit, introduction } from '../testing/hostile.ts'
import { LAB_ROOM, labStore } from '../testing/lab.ts'
import type { SyncEffect } from './events.ts'
import { createHistory } from './history.ts'
import { createIntake } from './intake.ts'
import type { AuthorLog } from './log.ts'

/** An intake whose every look for a frame's causal past is counted. */
function countingIntake() {
  const effects: SyncEffect[] = []
  const applied: string[] = []
  let looks = 0
  const history = createHistory(LAB_ROOM, 0, labStore)
  const own = history.open(new Uint8Array(16) as Bytes) as AuthorLog
  const counting = {
    ...history,
    find: (heads: Parameters<typeof history.find>[0]) => {
      looks++
      return history.find(heads)
    },
  }
  const intake = createIntake({
    ...{ scope: 0, own, history: counting },
    deliver: () => null,
    emit: effect => effects.push(effect),
    applied: log => applied.push(log.id),
  })
  return {
    applied,
    get looks() {
      return looks
    },
    bring(frames: readonly FrameBytes[]) {
      for (const frame of frames) intake.arrived(frame, 'somebody')
      for (const effect of effects.splice(0)) {
        if (effect.type === 'open-seal') intake.sealOpened(effect.author, effect.sequence, true)
      }
    },
  }
}

describe('frames that wait', () => {
  it('Y16: cost a look when they come and one when what they wait for came, however many authors wait', () => {
    const intake = countingIntake()
    const awaited = createSeat(LAB_ROOM, 'awaited')
    const [first, second, third] = ['first', 'second', 'third'].map((name, i) =>
      awaited.say([i === 0 ? introduction(name) : edit(new Uint8Array(1))]),
    ) as [FrameBytes, FrameBytes, FrameBytes]
    const waiters = Array.from({ length: 300 }, (_, i) =>
      createSeat(LAB_ROOM, `waiter ${i}`).say([introduction('waiter')], {
        heads: [{ author: awaited.author, sequence: 3 }],
      }),
    )
    const others = Array.from({ length: 300 }, (_, i) =>
      createSeat(LAB_ROOM, `other ${i}`).say([introduction('other')]),
    )
    intake.bring(waiters)
    expect([intake.looks, intake.applied.length]).toEqual([300, 0])
    intake.bring([...others, first, second])
    expect([intake.looks, intake.applied.length]).toEqual([602, 302])
    intake.bring([third])
    expect([intake.looks, intake.applied.length]).toEqual([903, 603])
  })
})
