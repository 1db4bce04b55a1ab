import { describe, expect, it } from 'vitest'
import type { LoggedEntry } from '../sync/events.ts'
import { createEarlierPages } from './earlier-pages.ts'

const OWN = 7
const OPENED = 1000

/** A log in which `ana` has written as 1 and 2, and `ben` as 3. */
function open() {
  const log: LoggedEntry[] = []
  const people = new Map([
    [OWN, 'ana'],
    [1, 'ana'],
    [2, 'ana'],
    [3, 'ben'],
  ])
  const entry = (store: number, sequence: number, time = 1) => ({ store, sequence, time }) as LoggedEntry
  const pages = createEarlierPages({
    entries: {
      at: (store, sequence) => log.find(each => each.store === store && each.sequence === sequence) ?? null,
      backwards: (isWanted = () => true) => log.toReversed().filter(({ store }) => isWanted(store)),
    },
    self: { store: OWN, person: 'ana', opened: OPENED },
    personOf: store => people.get(store) ?? null,
  })
  const write = (...entries: readonly LoggedEntry[]) => {
    for (const each of entries) {
      log.push(each)
      pages.heard(each)
    }
  }
  const taken = () => {
    const { all, entries } = pages.take()
    return [all, ...entries.map(({ store, sequence }) => `${store}.${sequence}`)]
  }
  return { log, people, pages, entry, write, taken }
}

describe('earlier pages', () => {
  it('U8: are those of the own person, before this page was opened', () => {
    const { entry, write, taken } = open()
    write(entry(1, 1), entry(3, 1), entry(2, 1, OPENED), entry(OWN, 1), entry(1, 2, OPENED - 1))
    expect(taken()).toEqual([true, '1.1', '1.2'])
    expect(taken()).toEqual([false])
    write(entry(3, 2), entry(2, 2, OPENED), entry(1, 3))
    expect(taken()).toEqual([false, '1.3'])
  })

  it('U8: may be introduced only after they were heard', () => {
    const { entry, people, write, taken } = open()
    taken()
    write(entry(4, 1), entry(5, 1))
    people.set(4, 'ana').set(5, 'ben')
    expect(taken()).toEqual([false, '4.1'])
  })

  it('U8: are told again when a snapshot came, or more than may wait', () => {
    const { entry, pages, write, taken } = open()
    write(entry(1, 1))
    taken()
    pages.replaced()
    expect(taken()).toEqual([true, '1.1'])
    write(...Array.from({ length: 2001 }, (_, i) => entry(1, i + 2)))
    const [all, first, ...rest] = taken()
    expect([all, first, rest.length]).toEqual([true, '1.3', 1999])
  })

  it("Y47: are anybody's when it is asked whether there was anything", () => {
    const { entry, pages, write } = open()
    write(entry(OWN, 1, OPENED), entry(3, 1, OPENED + 1))
    expect(pages.any()).toBe(false)
    write(entry(3, 2))
    expect(pages.any()).toBe(true)
  })
})
