import { describe, expect, it, vi } from 'vitest'
import type { Tables } from '../store/schema.ts'
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
    self: { store: OWN, person: 'ana', opened: 0, filled: false },
    personOf: () => 'ana',
    earlierPages: () => 0,
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
    expect(history.read(ledger, read, take, anew)).toEqual({ telling: 1, own: 30_001 })
    expect(anew).toHaveBeenCalledTimes(1)
    // Nothing of what was not read yet is missing but what is long ago.
    expect(sequences.slice(0, 15_000)).toEqual(Array.from({ length: 15_000 }, (_, i) => i + 1))
    expect(sequences.slice(15_000)).toEqual(Array.from({ length: 10_000 }, (_, i) => 20_002 + i))
  })

  it('U8: is told in the order in which it happened, however late and in whichever order earlier pages come', () => {
    const { ledger } = ledgerOf(1)
    // Each page has made one edit, of a version that is its number.
    const earlier: { store: number; sequence: number; version: number; time: number }[] = []
    const pages = { ...ledger, self: { ...ledger.self, opened: 10 }, earlierPages: () => earlier.length }
    Object.assign(pages.entries, { backwards: () => earlier.toReversed() })
    const history = createOwnHistory<Tables>()
    const versions: number[] = []
    const anew = vi.fn(() => versions.splice(0))
    const take = (event: OwnEvent) => event.type === 'edit' && void versions.push(event.edit.store)
    const page = (number: number) => earlier.push({ store: number, sequence: 1, version: number, time: 1 })
    page(5)
    const read = history.read(pages, UNREAD, take, anew)
    expect([versions, anew.mock.calls.length]).toEqual([[5, OWN], 1])
    page(2)
    page(3)
    history.read(pages, read, take, anew)
    expect([versions, anew.mock.calls.length, history.isBehind(pages)]).toEqual([[2, 3, 5, OWN], 2, false])
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
