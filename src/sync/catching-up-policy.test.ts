import { describe, expect, it } from 'vitest'
import { fromHex } from '../base/bytes.ts'
import type { Message } from '../protocol/message.ts'
import { createSeat, edit, introduction } from '../testing/hostile.ts'
import { createLab, LAB_ROOM, type Lab, type LabPeer } from '../testing/lab.ts'
import { type LifeTables, lifeSchema } from '../testing/life.ts'

type Peer = LabPeer<LifeTables>
const POLICY = { horizon: 5, worth: 20 }
const create = ({ replica: { store } }: Peer) => store.transact(tx => void tx.notes.create({ title: '' }, { id: 'n' }))
const type = ({ replica: { store } }: Peer, words: string) =>
  [...words].map(
    character =>
      store.transact(tx => {
        const { title } = tx.notes.get('n')
        title.splice(title.length, 0, character)
      }) as { store: number; sequence: number },
  )
const title = ({ replica: { store } }: Peer) => store.tables.notes.get('n')?.title.toString()
const counted = ({ effects }: Peer, type: string) => effects.filter(effect => effect.type === type).length
function settle(lab: Lab<LifeTables>, beats: number): void {
  for (let i = 0; i < beats; i++) {
    lab.flush()
    lab.tick()
  }
  lab.flush()
}
const LONG = 'a long text that is written meanwhile'

/** ana and away have all frames; away is away while ana goes on, and ben comes by a snapshot. */
function parted() {
  const lab = createLab(lifeSchema)
  const ana = lab.open('ana', { snapshots: POLICY })
  const away = lab.open('away', { snapshots: POLICY })
  create(ana)
  lab.link(ana, away)
  settle(lab, 2)
  type(away, 'E')
  settle(lab, 2)
  lab.unlink(ana, away)
  type(ana, LONG)
  lab.flush()
  const ben = lab.open('ben', { snapshots: POLICY })
  lab.link(ana, ben)
  settle(lab, 4)
  expect(counted(ben, 'replaced')).toBe(1)
  return { lab, ana, ben, away }
}

describe('who has all frames', () => {
  it('Y31: keeps its history as long as somebody has frames of what lacks, though it takes longer than three heartbeats', () => {
    const { lab, ana, ben, away } = parted()
    lab.link(ana, away)
    lab.link(ben, away)
    // ana's line is slow: her frames are under way for six heartbeats.
    const held: typeof away.inbox = []
    const flush = () => {
      for (let busy = true; busy; ) {
        busy = false
        for (const peer of [ana, ben, away]) {
          const seal = peer.seals.shift()
          seal?.()
          const next = peer.inbox.shift()
          if (next && peer === away && next.from === ana.id && next.message.type === 'frames') held.push(next)
          else if (next) peer.replica.handle({ type: 'message-arrived', ...next })
          busy ||= seal !== undefined || next !== undefined
        }
      }
    }
    for (let i = 0; i < 6; i++) {
      flush()
      lab.tick()
    }
    away.inbox.push(...held)
    settle(lab, 4)
    expect(title(away)).toBe(title(ana))
    expect(counted(away, 'replaced')).toBe(0)
  })

  it('Y31: does not give up its history to somebody who lies about what there is', () => {
    const lab = createLab(lifeSchema)
    const ana = lab.open('ana', { snapshots: POLICY })
    const away = lab.open('away', { snapshots: POLICY })
    create(ana)
    lab.link(ana, away)
    type(ana, LONG)
    settle(lab, 2)
    const seat = createSeat(LAB_ROOM, 'viewer')
    for (const peer of [ana, away]) peer.replica.handle({ type: 'peer-joined', peer: seat.id })
    const tell = (peer: Peer, message: Message) => {
      peer.replica.handle({ type: 'message-arrived', from: seat.id, message })
      lab.flush()
    }
    // Away says that it has the stranger as a neighbour: ana leaves it to the stranger to tell it what he writes.
    for (let i = 0; i < 5; i++) {
      tell(away, { type: 'vector', scope: 0, vector: [{ author: ana.author, sequence: 1e6, base: 1e6 - 1 }] })
      lab.tick()
      lab.flush()
    }
    tell(ana, { type: 'frames', scope: 0, frames: [seat.say([introduction('viewer')])] })
    tell(ana, { type: 'want-snapshot', scope: 0, covering: [] })
    const given = ana.effects.flatMap(e => (e.type === 'send' && e.message.type === 'snapshot' ? e.message : []))
    tell(away, given[0] as Message)
    expect(counted(away, 'replaced')).toBe(0)
  })
})

describe('who lacks what nobody here can give', () => {
  const MINUTE = 60
  const told = ({ effects }: Peer) => effects.flatMap(effect => (effect.type === 'apart' ? effect.apart : []))

  /** Away comes by a snapshot, and takes back, away, what ana's next newcomers have forgotten. */
  function forgotten() {
    const { lab, ana, ben, away: old } = parted()
    const away = ben
    const [last] = type(away, 'F')
    settle(lab, 4)
    lab.unlink(ana, away)
    away.replica.store.undo([last as { store: number; sequence: number }])
    type(ana, LONG)
    lab.flush()
    const newcomer = lab.open('newcomer', { snapshots: POLICY })
    lab.link(ana, newcomer)
    settle(lab, 4)
    lab.unlink(ana, newcomer)
    lab.link(away, newcomer)
    return { lab, ana, away, newcomer, old }
  }

  it('Y45: is told so after a minute, and that it came once it has come', () => {
    const { lab, ana, away, newcomer } = forgotten()
    settle(lab, MINUTE - 5)
    expect([told(away), told(newcomer)]).toEqual([[], []])
    settle(lab, 10)
    expect([told(away), told(newcomer)]).toEqual([[true], [true]])
    lab.link(ana, newcomer)
    lab.link(ana, away)
    settle(lab, MINUTE)
    expect([told(away), told(newcomer), told(ana)]).toEqual([[true, false], [true, false], []])
    expect([title(away), title(newcomer)]).toEqual([title(ana), title(ana)])
  })

  it('Y45: is told no more when nobody speaks of it any more', () => {
    const { lab, away, newcomer } = forgotten()
    settle(lab, 2 * MINUTE)
    lab.unlink(away, newcomer)
    settle(lab, MINUTE)
    expect([told(away), told(newcomer)]).toEqual([
      [true, false],
      [true, false],
    ])
  })

  it('Y45: is not told of an author whose log has ended here', () => {
    const lab = createLab(lifeSchema)
    const ana = lab.open('ana', { snapshots: POLICY })
    const seat = createSeat(LAB_ROOM, 'ended')
    ana.replica.handle({ type: 'peer-joined', peer: seat.id })
    const tell = (message: Message) => ana.replica.handle({ type: 'message-arrived', from: seat.id, message })
    const frames = [seat.say([introduction('ended')]), seat.say([edit(new Uint8Array([255]))])]
    tell({ type: 'frames', scope: 0, frames })
    lab.flush()
    expect(counted(ana, 'refused')).toBeGreaterThan(0)
    for (let beat = 0; beat < 2 * MINUTE; beat++) {
      tell({ type: 'vector', scope: 0, vector: [{ author: seat.author, sequence: 99, base: 98 }] })
      settle(lab, 1)
    }
    expect(told(ana)).toEqual([])
  })

  it('Y45: is told so by what lacks for a minute, not by many things in turn, nor where somebody gives it', () => {
    const { lab, away } = forgotten()
    lab.unlink(away, lab.peers.find(({ name }) => name === 'newcomer') as Peer)
    settle(lab, 5)
    const liar = 'f'.repeat(32)
    away.replica.handle({ type: 'peer-joined', peer: liar })
    const say = (author: string, base: number) =>
      away.replica.handle({
        type: 'message-arrived',
        from: liar,
        message: { type: 'vector', scope: 0, vector: [{ author: fromHex(author), sequence: 9, base }] },
      })
    const author = (i: number) => (i % 10).toString().repeat(32)
    for (let beat = 0; beat < 2 * MINUTE; beat++) {
      say(author(Math.floor(beat / 20)), 8)
      say(author(11), 8)
      if (beat % 2 === 0) say(author(11), 0)
      settle(lab, 1)
    }
    expect(told(away)).toEqual([])
    for (let beat = 0; beat < 2 * MINUTE; beat++) {
      say(author(12), 8)
      settle(lab, 1)
    }
    expect(told(away)).toEqual([true])
  })
})

describe('a newcomer', () => {
  it('Y39: is kept from the snapshot of an honest page by nobody who never answers', () => {
    const { lab, ana, ben } = parted()
    lab.unlink(ana, ben)
    const newcomer = lab.open('newcomer', { snapshots: POLICY })
    const liar = 'f'.repeat(32)
    newcomer.replica.handle({ type: 'peer-joined', peer: liar })
    const lie = () =>
      newcomer.replica.handle({
        type: 'message-arrived',
        from: liar,
        message: { type: 'vector', scope: 0, vector: [{ author: fromHex(liar), sequence: 9000, base: 8000 }] },
      })
    lie()
    lab.link(ben, newcomer)
    let beats = 0
    for (; beats < 300 && title(newcomer) === undefined; beats++) {
      lab.tick()
      lie()
      lab.flush()
    }
    expect(title(newcomer)).toBe(title(ben))
  })

  it('Y31: takes a snapshot, though it has written a word before it met anybody', () => {
    const { lab, ana } = parted()
    const newcomer = lab.open('newcomer', { snapshots: POLICY })
    create(newcomer)
    lab.flush()
    lab.link(ana, newcomer)
    settle(lab, 6)
    expect(counted(newcomer, 'replaced')).toBe(1)
  })

  it.each([17, 20, 24])('Y39: takes a snapshot that is %i heartbeats on its way', transit => {
    const { lab, ana, ben } = parted()
    lab.unlink(ana, ben)
    const newcomer = lab.open('newcomer', { snapshots: POLICY })
    lab.link(ben, newcomer)
    const held: { due: number; packet: (typeof newcomer.inbox)[number] }[] = []
    let beat = 0
    const flush = () => {
      for (const each of held.filter(({ due }) => due <= beat)) {
        held.splice(held.indexOf(each), 1)
        newcomer.replica.handle({ type: 'message-arrived', ...each.packet })
      }
      for (let busy = true; busy; ) {
        busy = false
        for (const peer of [ben, newcomer]) {
          const seal = peer.seals.shift()
          seal?.()
          const next = peer.inbox.shift()
          if (next && peer === newcomer && next.message.type === 'snapshot')
            held.push({ due: beat + transit, packet: next })
          else if (next) peer.replica.handle({ type: 'message-arrived', ...next })
          busy ||= seal !== undefined || next !== undefined
        }
      }
    }
    for (; beat < 300 && title(newcomer) === undefined; beat++) {
      flush()
      lab.tick()
    }
    expect(title(newcomer)).toBe(title(ben))
  })
})
