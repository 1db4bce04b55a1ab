import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bytes, toHex } from '../base/bytes.ts'
import type { Splice } from '../store/sequence.ts'
import { replace } from '../store/text-view.ts'
import { createDice, type Dice } from '../testing/dice.ts'
import { createLab, type LabPeer } from '../testing/lab.ts'
import { act, type LifeTables, lifeSchema } from '../testing/life.ts'
import type { KeptFrame } from './keeper.ts'

interface Disk {
  readonly snapshot: Bytes | null
  readonly frames: readonly KeptFrame[]
}

/** A page, with what somebody has on the screen who looks only at what is told. */
interface Page {
  readonly peer: LabPeer<LifeTables>
  readonly disk: Disk
  readonly titles: Map<string, string>
  /** All other fields, by record and name. */
  readonly fields: Map<string, unknown>
  /** What was read once, and what it was. */
  readonly held: { readonly title: { toString(): string }; readonly words: string }[]
}

const PEOPLE = ['ana', 'ben', 'cleo']
const NOTHING = { stars: 0, done: false, tags: [], likes: 0, labels: [] }
const OTHER_FIELDS = Object.keys(NOTHING) as (keyof typeof NOTHING)[]
const EMPTY: Disk = { snapshot: null, frames: [] }

type Note = NonNullable<ReturnType<LabPeer<LifeTables>['replica']['store']['tables']['notes']['get']>>

function plain(note: Note, name: keyof typeof NOTHING): unknown {
  const { stars, done, tags, likes, labels } = note
  return { stars, done, tags: [...tags.entries()], likes, labels: [...labels] }[name]
}

/** What is on a page's disk now. It may not have been tidied up. */
function diskOf({ peer, disk }: Page, isTidy: boolean): Disk {
  let { snapshot, frames } = disk
  for (const effect of peer.effects) {
    if (effect.type === 'persist') frames = [...frames, effect.frame]
    if (effect.type !== 'replaced') continue
    const { bytes, reach } = effect.snapshot
    snapshot = bytes
    if (isTidy) frames = frames.filter(({ author, sequence }) => sequence > (reach.get(toHex(author)) ?? 0))
  }
  return { snapshot, frames }
}

function createHouse(dice: Dice) {
  const lab = createLab(lifeSchema)
  let opened = 0

  function open(person: string, disk: Disk): Page {
    const peer = lab.open(`${person}-${++opened}`, {
      snapshot: disk.snapshot,
      restored: disk.frames,
      // Ana has all frames always, so that whatever anybody speaks of is known somewhere.
      snapshots: {
        horizon: dice.roll(30),
        worth: person === 'ana' ? Number.POSITIVE_INFINITY : 12,
        keepsHistory: false,
      },
    })
    const { store } = peer.replica
    const titles = new Map(store.tables.notes.getSnapshot().map(note => [note.id, note.title.toString()]))
    const fields = new Map(
      store.tables.notes
        .getSnapshot()
        .flatMap(note => OTHER_FIELDS.map(name => [`${note.id}.${name}`, plain(note, name)])),
    )
    const here = new Set(titles.keys())
    const isNew = disk === EMPTY
    store.changed.subscribe(({ changes }) => {
      for (const [id, changed] of Object.entries(changes.notes ?? {})) {
        const note = store.tables.notes.get(id)
        const hasCome = note && !here.has(id)
        if (note) here.add(id)
        else here.delete(id)
        for (const name of OTHER_FIELDS) {
          const isTold = hasCome || Object.keys(changed).some(key => key.endsWith(`.${name}`))
          if (note && isTold) fields.set(`${id}.${name}`, plain(note, name))
        }
        if (!isNew && !titles.has(id)) continue
        const splices = (changed['t.title'] ?? []) as readonly Splice<string>[]
        titles.set(
          id,
          splices.reduce((words, { index, removed, inserted }) => {
            expect(words.slice(index, index + removed.length)).toBe(removed)
            return replace(words, index, removed.length, inserted)
          }, titles.get(id) ?? ''),
        )
      }
    })
    return { peer, disk, titles, fields, held: [] }
  }

  /** One seal or one message, somewhere. */
  function step({ peer }: Page): void {
    const isSeal = peer.seals.length > 0 && dice.chance(0.5)
    if (isSeal) return peer.seals.shift()?.()
    const next = peer.inbox.shift()
    if (next) peer.replica.handle({ type: 'message-arrived', ...next })
  }

  return { lab, open, step }
}

function look({ peer, titles, fields, held }: Page, dice: Dice): void {
  for (const note of peer.replica.store.tables.notes.getSnapshot()) {
    const { id, title } = note
    const told = OTHER_FIELDS.map(name => fields.get(`${id}.${name}`) ?? NOTHING[name])
    expect(told).toEqual(OTHER_FIELDS.map(name => plain(note, name)))
    const words = titles.get(id)
    if (words === undefined) continue
    held.push({ title, words })
    if (dice.chance(0.5)) expect(title.toString()).toBe(words)
  }
}

describe('a snapshot over what is here', () => {
  it('Y43: loses nothing that was kept, and tells all that it changes', () => {
    let replaced = 0
    fc.assert(
      fc.property(fc.nat(), seed => {
        const dice = createDice(seed)
        const { lab, open, step } = createHouse(dice)
        const pages = PEOPLE.map(person => open(person, EMPTY))
        const linked = new Set<string>()
        const ana = pages[0] as Page
        ana.peer.replica.store.transact(tx => void tx.notes.create({ title: 'x' }, { id: 'shared' }))

        function link(a: Page, b: Page, isLinked: boolean): void {
          const name = [a.peer.id, b.peer.id].sort().join()
          if (a === b || linked.has(name) === isLinked) return
          if (isLinked) linked.add(name)
          else linked.delete(name)
          lab[isLinked ? 'link' : 'unlink'](a.peer, b.peer)
        }
        function everybody(isLinked: boolean, page = pages): void {
          for (const a of page) for (const b of pages) link(a, b, isLinked)
        }
        /** Ends a page between two instructions; another one finds its disk. */
        function restart(at: number): void {
          const page = pages[at] as Page
          everybody(false, [page])
          for (const queue of [page.peer.seals, page.peer.inbox]) queue.length = 0
          pages[at] = open(PEOPLE[at] as string, diskOf(page, dice.chance(0.5)))
          replaced += page.peer.effects.filter(({ type }) => type === 'replaced').length
        }

        for (let i = 0; i < 150; i++) {
          const event = dice.roll(20)
          if (event === 0) link(dice.pick(pages), dice.pick(pages), false)
          else if (event < 4) link(dice.pick(pages), dice.pick(pages), true)
          else if (event === 4) for (const { peer } of pages) peer.replica.handle({ type: 'ticked' })
          else if (event === 5 && dice.chance(0.5)) restart(1 + dice.roll(2))
          else if (event < 12) act(dice.pick(pages).peer, dice)
          else for (let j = 0; j < 6; j++) step(dice.pick(pages))
          look(dice.pick(pages), dice)
        }
        everybody(true)
        lab.flush()
        const kept = pages.flatMap(page => diskOf(page, true).frames)
        for (let i = 0; i < 60; i++) {
          for (const { peer } of pages) peer.replica.handle({ type: 'ticked' })
          lab.flush()
        }
        for (const page of pages) {
          const { store, sync } = page.peer.replica
          expect(store.describe()).toEqual(ana.peer.replica.store.describe())
          for (const { author, sequence } of kept)
            expect(sync.vector().get(toHex(author))).toBeGreaterThanOrEqual(sequence)
          expect(sync.waiting).toBe(0)
          look(page, dice)
          for (const { title, words } of page.held) expect(title.toString()).toBe(words)
          replaced += page.peer.effects.filter(({ type }) => type === 'replaced').length
        }
      }),
      { numRuns: 40 },
    )
    expect(replaced).toBeGreaterThan(20)
  })
})
