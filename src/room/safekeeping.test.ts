import { describe, expect, it, vi } from 'vitest'
import { createScope } from '../base/scope.ts'
import { frame, snapshot } from '../sync/kept-samples.ts'
import type { KeepingListener } from './keeping.ts'
import { createSafekeeping } from './safekeeping.ts'

/** With an own log of five entries, four of them sealed, and a disk that has nothing to say. */
function opened() {
  const replace = vi.fn()
  const learn = vi.fn()
  let heard: KeepingListener | undefined
  const safekeeping = createSafekeeping({
    scope: createScope(),
    own: () => ({ last: 5, sealed: 4, snapshot: snapshot(7, [1, 3]), frames: () => [frame(1, 4, 4)] }),
    learn,
    report() {},
    withdraw() {},
    openKeeping(listener) {
      heard = listener
      return { durable: true, damaged: 0, idle: true, add() {}, replace, ticked() {} }
    },
  })
  return { safekeeping, replace, learn, listener: heard as KeepingListener }
}

describe('the own edits in a snapshot', () => {
  it('V16: count as kept with it, as far as they were sealed', async () => {
    const { safekeeping, replace, learn, listener } = opened()
    safekeeping.replace(snapshot(7, [1, 3]))
    expect(replace.mock.calls).toEqual([[snapshot(7, [1, 3]), 4]])
    let saved = ''
    void safekeeping.saved(4).then(place => {
      saved = place
    })
    await Promise.resolve()
    expect(saved).toBe('')
    listener.kept(4)
    await vi.waitFor(() => expect(saved).toBe('disk'))
    expect(learn).toHaveBeenLastCalledWith({ durable: true, writing: true, unsaved: 1 })
  })

  it('V16: are kept again with the snapshot and what came after it when the disk was emptied', () => {
    const { learn, listener } = opened()
    listener.kept(4)
    expect(listener.emptied()).toEqual({ snapshot: snapshot(7, [1, 3]), frames: [frame(1, 4, 4)] })
    expect(learn).toHaveBeenLastCalledWith({ durable: true, writing: true, unsaved: 4 })
  })
})
