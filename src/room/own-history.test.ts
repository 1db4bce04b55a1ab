import { describe, expect, it, vi } from 'vitest'
import type { Tables } from '../store/schema.ts'
import type { EarlierEntries } from './earlier-pages.ts'
import { createOwnHistory, type OwnEvent, UNREAD } from './own-history.ts'
import { schema } from './test-room.ts'
import type { Ledger } from './transacting.ts'
import { createUndoManagers } from './undo.ts'

const OWN = 7

/** Somebody who has made `count` edits, each of another record. */
function ledgerOf(count: number) {
  const made = { count }
  const explain = vi.fn(({ sequence }: { sequence: number }) => ({
    kind: 'edit' as const,
    of: [],
    fields: [['notes', `n${sequence}`, 't.body'] as const],
  }))
  const ledger = {
    store: { explain, isUndone: () => false, tables: { notes: { has: () => true } } },
    entries: {
      first: () => 1,
      at: (store: number, sequence: number) =>
        sequence > made.count ? null : { store, sequence, version: sequence + 1, time: sequence * 1000 },
      backwards: () => [],
    },
    self: { store: OWN, person: 'ana', filled: false },
    personOf: () => 'ana',
    earlierPages: () => ({ all: false, entries: [] }),
  }
  return { made, explain, ledger: ledger as unknown as Ledger<Tables> }
}

describe('what the own person did', () => {
  it('U5: is read once, however many look at it, and only what is new afterwards', () => {
    const { made, explain, ledger } = ledgerOf(300)
    const managerOf = createUndoManagers(schema, () => ledger, { subscribe: () => () => {} })
    const managers = Array.from({ length: 300 }, (_, i) => managerOf({ records: [`n${i + 1}`] }))
    expect(managers.every(manager => manager.getSnapshot().canUndo)).toBe(true)
    expect(explain).toHaveBeenCalledTimes(300)
    made.count++
    for (const manager of managers) manager.getSnapshot()
    expect(explain).toHaveBeenCalledTimes(301)
  })

  it('U5: is kept for those who look later, as far as they could use it', () => {
    const { made, ledger } = ledgerOf(15_000)
    const history = createOwnHistory<Tables>()
    const sequences: number[] = []
    const take = (event: OwnEvent) => event.type === 'edit' && void sequences.push(event.edit.sequence)
    const anew = vi.fn()
    const read = history.read(ledger, UNREAD, take, anew)
    made.count = 30_001
    expect(history.read(ledger, read, take, anew)).toEqual({ telling: 0, events: 30_001 })
    expect(anew).not.toHaveBeenCalled()
    // Nothing of what was not read yet is missing but what is long ago.
    expect(sequences.slice(0, 15_000)).toEqual(Array.from({ length: 15_000 }, (_, i) => i + 1))
    expect(sequences.slice(15_000)).toEqual(Array.from({ length: 10_000 }, (_, i) => 20_002 + i))
  })

  it('U8: is told in the order in which it happened, in whichever order earlier pages come', () => {
    const { ledger } = ledgerOf(1)
    let came: EarlierEntries = { all: true, entries: [] }
    const pages = { ...ledger, earlierPages: () => came }
    const history = createOwnHistory<Tables>()
    const stores: number[] = []
    const anew = vi.fn(() => void stores.splice(0))
    const take = (event: OwnEvent) => event.type === 'edit' && void stores.push(event.edit.store)
    let read = UNREAD
    const tell = (all: boolean, ...edits: readonly (readonly [store: number, sequence: number, time: number])[]) => {
      came = { all, entries: edits.map(([store, sequence, time]) => ({ store, sequence, version: 9, time })) as never }
      read = history.read(pages, read, take, anew)
      came = { all: false, entries: [] }
      return stores.join(' ')
    }
    expect(tell(true, [5, 1, 50])).toBe(`5 ${OWN}`)
    expect(tell(false, [2, 1, 20], [3, 1, 30], [6, 1, 50], [4, 1, 50])).toBe(`2 3 4 5 6 ${OWN}`)
    // A clock that goes back within a page moves nothing.
    expect(tell(false, [6, 2, 10])).toBe(`2 3 4 5 6 6 ${OWN}`)
    const told = anew.mock.calls.length
    expect(tell(false)).toBe(`2 3 4 5 6 6 ${OWN}`)
    expect(anew).toHaveBeenCalledTimes(told)
    expect(tell(true, [1, 1, 1])).toBe(`1 ${OWN}`)
  })

  it('U8: goes on where it was when what comes of earlier pages is later, and this page has done nothing', () => {
    const { ledger } = ledgerOf(0)
    const entry = (sequence: number) => ({ store: 5, sequence, version: 9, time: sequence })
    let came: EarlierEntries = { all: true, entries: [entry(1)] as never }
    const pages = { ...ledger, earlierPages: () => came }
    const history = createOwnHistory<Tables>()
    const sequences: number[] = []
    const anew = vi.fn()
    const take = (event: OwnEvent) => event.type === 'edit' && void sequences.push(event.edit.sequence)
    const read = history.read(pages, UNREAD, take, anew)
    came = { all: false, entries: [entry(2), entry(3)] as never }
    history.read(pages, read, take, anew)
    expect([sequences, anew.mock.calls.length]).toEqual([[1, 2, 3], 1])
  })

  it('U5: is looked at again only where somebody wrote', () => {
    const { explain, made, ledger } = ledgerOf(2)
    let tell: (change: never) => void = () => undefined
    const managerOf = createUndoManagers(schema, () => ledger, {
      subscribe: listener => {
        tell = listener as typeof tell
        return () => undefined
      },
    })
    managerOf({ records: ['n1'] }).subscribe(() => undefined)
    const calls = explain.mock.calls.length
    made.count++
    tell({ kind: 'edit', records: { notes: ['n3'] } } as never)
    expect(explain).toHaveBeenCalledTimes(calls)
    tell({ kind: 'edit', records: { notes: ['n3', 'n1'] } } as never)
    expect(explain).toHaveBeenCalledTimes(calls + 1)
    made.count++
    tell({ kind: 'undo', records: {} } as never)
    expect(explain).toHaveBeenCalledTimes(calls + 2)
  })
})
