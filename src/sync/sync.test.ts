import { describe, expect, it } from 'vitest'
import { concatBytes } from '../base/bytes.ts'
import { decodeSealed, encodeSealed, type Frame, lastSequence } from '../protocol/frame.ts'
import type { FrameBytes } from '../protocol/message.ts'
import { defineSchema, table, text, value } from '../store/schema.ts'
import { createDice } from '../testing/dice.ts'
import { createSeat, edit, introduction, type Seat } from '../testing/hostile.ts'
import { notJson } from '../testing/hostile-patches.ts'
import { createLab, LAB_ROOM, type Lab, type LabPeer } from '../testing/lab.ts'
import { harmlessPatch } from '../testing/pen.ts'
import type { KeptFrame } from './keeper.ts'

const schema = defineSchema('test', { version: 1 }, { notes: table({ title: text(), stars: value(0) }) })
type T = typeof schema.tables
type Peer = LabPeer<T>

function open(...names: readonly string[]) {
  const lab = createLab(schema)
  return { lab, peers: names.map(name => lab.open(name)) as [Peer, Peer, Peer, Peer] }
}
const create = (peer: Peer) => peer.replica.store.transact(tx => void tx.notes.create({}, { id: 'n' }))
const rate = (peer: Peer, stars: number) => peer.replica.store.transact(tx => tx.notes.update('n', { stars }))
const stars = (peer: Peer) => peer.replica.store.tables.notes.get('n')?.stars
const bring = (to: Peer, frames: readonly FrameBytes[], from = 'f'.repeat(32)) =>
  to.replica.handle({ type: 'message-arrived', from, message: { type: 'frames', scope: 0, frames } })
const codes = (peer: Peer) => peer.effects.flatMap(effect => (effect.type === 'refused' ? [effect.code] : []))
const wants = (peer: Peer) =>
  peer.effects.flatMap(effect => (effect.type === 'send' && effect.message.type === 'want' ? [effect.to] : []))
const reach = (peer: Peer, author: { readonly id: string }) => peer.replica.sync.vector().get(author.id) ?? 0
const framesOf = (peer: Peer): Frame[] =>
  peer.replica.sync.frames().flatMap(({ author, bytes }) => {
    const frame = decodeSealed(author, bytes)
    return frame.ok ? [frame.value] : []
  })
const expectEqual = (...peers: readonly Peer[]) => {
  expect(new Set(peers.map(peer => peer.replica.store.fingerprint())).size).toBe(1)
  expect(new Set(peers.map(peer => JSON.stringify([...peer.replica.sync.vector()].sort()))).size).toBe(1)
}
const good = (seat: Seat, pen = seat.pen()) => edit(harmlessPatch(createDice(1), pen, 'n'))
const bad = (seat: Seat, pen = seat.pen()) => edit(notJson(pen))
const twoGood = (seat: Seat, pen = seat.pen()) => [good(seat, pen), good(seat, pen)]
const forged = ({ author, bytes }: FrameBytes): FrameBytes => ({
  author,
  bytes: concatBytes(bytes.subarray(0, -1), Uint8Array.of((bytes.at(-1) ?? 0) ^ 1)),
})
const beat = (lab: Lab<T>, times = 1) => {
  for (let i = 0; i < times; i++) {
    lab.tick()
    lab.flush()
  }
}

describe('frames of others', () => {
  it('Y1: are taken once, whoever brings them and however often', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    create(ana)
    lab.flush()
    for (let i = 0; i < 3; i++) bring(ben, ana.replica.sync.frames())
    lab.flush()
    bring(ben, ana.replica.sync.frames())
    lab.flush()
    expect(ben.effects.filter(({ type }) => type === 'persist')).toHaveLength(2)
    expect(ben.effects.filter(({ type }) => type === 'duplicate')).toHaveLength(6)
    expectEqual(ana, ben)
  })

  it('Y2: wait for what is missing before them, in any order of arrival', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    create(ana)
    for (let i = 1; i <= 4; i++) {
      lab.flush()
      rate(ana, i)
    }
    lab.flush()
    const frames = ana.replica.sync.frames()
    for (const frame of frames.slice(1).toReversed()) bring(ben, [frame])
    lab.flush()
    expect([ben.replica.sync.waiting, ben.replica.sync.vector().size]).toEqual([frames.length - 1, 0])
    bring(ben, frames.slice(0, 1))
    lab.flush()
    expect([ben.replica.sync.waiting, stars(ben)]).toEqual([0, 4])
    expectEqual(ana, ben)
  })

  it('Y3: wait for their causal past', () => {
    const { lab, peers } = open('ana', 'ben', 'cleo')
    const [ana, ben, cleo] = peers
    lab.link(ana, ben)
    create(ana)
    lab.flush()
    rate(ben, 5)
    lab.flush()
    const [first, rest] = [ben.replica.sync.frames().slice(0, 2), ben.replica.sync.frames().slice(2)]
    bring(cleo, rest)
    lab.flush()
    expect([cleo.replica.sync.waiting, stars(cleo)]).toEqual([2, undefined])
    bring(cleo, first)
    lab.flush()
    expect([cleo.replica.sync.waiting, stars(cleo)]).toEqual([0, 5])
  })

  it('Y4: whose seal is wrong are forgotten, with what hangs on them, and taken when they come as they are', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    create(ana)
    lab.flush()
    rate(ana, 3)
    lab.flush()
    const [first, second, third] = ana.replica.sync.frames() as [KeptFrame, KeptFrame, KeptFrame]
    bring(ben, [first, forged(second), third])
    lab.flush()
    expect([reach(ben, ana), codes(ben)]).toEqual([1, ['seal-invalid', 'seal-invalid']])
    lab.link(ana, ben)
    lab.flush()
    expect(stars(ben)).toBe(3)
    expectEqual(ana, ben)
  })

  it('Y4: an answer about a frame that was forgotten says nothing of another one in its place', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    create(ana)
    lab.flush()
    rate(ana, 3)
    lab.flush()
    const [first, second, third] = ana.replica.sync.frames() as [KeptFrame, KeptFrame, KeptFrame]
    bring(ben, [first])
    lab.flush()
    // The third is genuine, but hangs on a second whose seal was spoilt; its own answer is still on its way.
    bring(ben, [forged(second), third])
    expect(ben.seals).toHaveLength(2)
    ben.seals.shift()?.()
    const lie = decodeSealed(third.author, third.bytes)
    if (!lie.ok) throw new Error(lie.code)
    const seat = createSeat(LAB_ROOM, 'mallory')
    const body = seat.whisper([good(seat)], { sequence: lie.value.sequence })
    const forgery = decodeSealed(third.author, body.bytes)
    if (!forgery.ok) throw new Error(forgery.code)
    bring(ben, [second, { author: third.author, bytes: encodeSealed(forgery.value.body, lie.value.seal) }])
    lab.flush()
    expect(stars(ben)).toBe(0)
    expect(reach(ben, ana)).toBe(2)
    lab.link(ana, ben)
    beat(lab, 4)
    expect(stars(ben)).toBe(3)
    expectEqual(ana, ben)
  })

  it('Y5: a refused entry ends its author’s log for everybody at one place, by whatever way it comes', () => {
    const { lab, peers } = open('ana', 'ben', 'cleo', 'dan')
    const [ana, ben, cleo, dan] = peers
    lab.link(ana, ben)
    lab.link(ben, cleo)
    const seat = createSeat(LAB_ROOM, 'mallory')
    const pen = seat.pen()
    const said = [
      seat.say([introduction('m')]),
      seat.say([good(seat, pen), bad(seat, pen), good(seat, pen)]),
      seat.say([good(seat, pen)]),
    ]
    bring(ana, said.slice(0, 2))
    lab.flush()
    bring(ana, said.slice(2))
    // To dan it comes by healing, later and all at once; the next frame comes before the one that ends the log.
    bring(dan, said.slice(2))
    lab.link(dan, cleo)
    beat(lab, 4)
    expect(codes(ana)).toEqual(['value-not-json', 'author-ended'])
    for (const peer of [ana, ben, cleo, dan]) {
      expect(reach(peer, seat), peer.name).toBe(4)
      expect(codes(peer)).toContain('value-not-json')
    }
    expect(dan.replica.sync.waiting).toBe(0)
    expectEqual(ana, ben, cleo, dan)
    // It ends nobody else's.
    rate(ben, 5)
    lab.flush()
    expect(reach(dan, ben)).toBe(2)
  })

  it('Y5: what an author may not say', () => {
    const cases: [string, (seat: Seat) => FrameBytes[]][] = [
      ['introduction-missing', seat => [seat.say([good(seat)])]],
      ['introduction-repeated', seat => [seat.say([introduction('m')]), seat.say([introduction('again')])]],
      [
        'checkpoint-malformed',
        seat => [seat.say([introduction('m'), { kind: 'checkpoint', payload: new Uint8Array() }])],
      ],
      ['sequence-overlaps', seat => [seat.say([introduction('m')]), seat.whisper(twoGood(seat), { sequence: 1 })]],
      ['head-is-own', seat => [seat.say([introduction('m')], { heads: [{ author: seat.author, sequence: 1 }] })]],
      ['frame-empty', seat => [seat.say([])]],
      ['number-out-of-range', seat => [{ author: seat.author, bytes: new Uint8Array(20).fill(255) }]],
      ['seal-length', seat => [seat.whisper([introduction('m')], { seal: new Uint8Array(63) })]],
    ]
    for (const [code, say] of cases) {
      const { lab, peers } = open('ana')
      for (const frame of say(createSeat(LAB_ROOM, code))) {
        bring(peers[0], [frame])
        lab.flush()
      }
      expect(codes(peers[0])).toEqual([code])
      expect(peers[0].replica.sync.waiting).toBe(0)
    }
  })

  it('Y5: what belongs to another document', () => {
    const { peers } = open('ana')
    const frames = [createSeat(LAB_ROOM, 'mallory').say([introduction('m')])]
    const message = { type: 'frames', scope: 3, frames } as const
    peers[0].replica.handle({ type: 'message-arrived', from: 'f'.repeat(32), message })
    expect([codes(peers[0]), peers[0].replica.sync.waiting]).toEqual([['scope-not-followed'], 0])
  })

  it('Y5: a head inside a frame, or behind the end of a log, can never come', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    lab.link(ana, ben)
    const [one, two, three] = ['one', 'two', 'three'].map(name => createSeat(LAB_ROOM, name)) as [Seat, Seat, Seat]
    const pen = one.pen()
    bring(ana, [one.say([introduction('1'), good(one, pen), bad(one, pen)])])
    lab.flush()
    for (const [seat, sequence] of [
      [two, 2],
      [three, 4],
    ] as const) {
      bring(ana, [seat.say([introduction('m')], { heads: [{ author: one.author, sequence }] })])
      lab.flush()
      expect(reach(ben, seat)).toBe(1)
    }
    expect(codes(ben)).toEqual(['value-not-json', 'head-unknown', 'head-unknown'])
    expectEqual(ana, ben)
  })

  it('Y6: that overlap what came before them do not wait for ever', () => {
    const { lab, peers } = open('ana')
    const [ana] = peers
    const seat = createSeat(LAB_ROOM, 'mallory')
    const first = seat.say([introduction('m')])
    const inside = seat.whisper([good(seat)], { sequence: 3 })
    bring(ana, [inside, seat.say(twoGood(seat)), first])
    lab.flush()
    expect([reach(ana, seat), ana.replica.sync.waiting, codes(ana)]).toEqual([3, 0, ['sequence-overlaps']])
  })

  it('Y6: invented authors leave nothing behind', () => {
    const { lab, peers } = open('ana')
    const [ana] = peers
    for (let i = 0; i < 50; i++) {
      const seat = createSeat(LAB_ROOM, `nobody ${i}`)
      bring(ana, [seat.whisper([introduction('m')], { seal: new Uint8Array(64) })])
    }
    lab.flush()
    expect([ana.replica.sync.waiting, ana.replica.sync.vector().size]).toEqual([0, 0])
    expect(codes(ana)).toEqual(Array.from({ length: 50 }, () => 'seal-invalid'))
  })
})

describe('own entries', () => {
  it('Y7: the first is sealed at once; those made while a seal is under way share the next frame', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    lab.link(ana, ben)
    create(ana)
    for (let i = 1; i <= 5; i++) rate(ana, i)
    expect([ana.seals.length, ana.replica.sync.unsealed]).toEqual([1, 7])
    lab.flush()
    expect(framesOf(ben).map(({ entries }) => entries.length)).toEqual([1, 6])
    expect([stars(ben), ana.replica.sync.unsealed]).toEqual([5, 0])
  })

  it('Y8: name what was seen before them, once, and have the versions that others derive', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    create(ana)
    lab.flush()
    rate(ana, 1)
    // The seal of ana's edit is still under way when ben's frames come; her next edit has seen them.
    const other = open('eve')
    rateNew(other.peers[0])
    other.lab.flush()
    bring(ana, other.peers[0].replica.sync.frames())
    const seals = ana.seals.splice(0)
    for (const seal of seals.toReversed()) seal()
    for (const seal of ana.seals.splice(0)) seal()
    rate(ana, 2)
    rate(ana, 3)
    lab.flush()
    const heads = framesOf(ana)
      .filter(frame => frame.author.every((byte, i) => byte === ana.author[i]))
      .map(frame => frame.heads.map(({ sequence }) => sequence))
    expect(heads.filter(sequences => sequences.length > 0)).toEqual([[2]])
    const [last] = heads.slice(-1)
    expect(last).toBeDefined()
    lab.link(ana, ben)
    beat(lab, 2)
    const versions = (peer: Peer) => peer.kept.map(({ sequence, version }) => `${sequence}:${version}`).sort()
    expect(versions(ben)).toEqual(versions(ana))
    expectEqual(ana, ben)
  })

  const rateNew = (peer: Peer) => peer.replica.store.transact(tx => void tx.notes.create({ stars: 9 }, { id: 'b' }))

  it('Y9: have versions above everything that was seen, on every replica the same', () => {
    const { lab, peers } = open('ana', 'ben', 'cleo')
    lab.link(peers[0], peers[1])
    lab.link(peers[1], peers[2])
    create(peers[0])
    lab.flush()
    for (let i = 0; i < 30; i++) {
      rate(peers[(i * 7) % 3] as Peer, i)
      if (i % 4 === 0) lab.flush()
    }
    lab.flush()
    const [mine, ...others] = peers.slice(0, 3).map(peer => {
      const kept = new Map(peer.kept.map(frame => [`${frame.author.join()}/${frame.sequence}`, frame.version]))
      return [...kept].sort(([a], [b]) => (a < b ? -1 : 1))
    })
    for (const other of others) expect(other).toEqual(mine)
    expectEqual(...peers.slice(0, 3))
  })
})

describe('healing', () => {
  it('Y10: frames go along a line, each to each once', () => {
    const { lab, peers } = open('ana', 'ben', 'cleo', 'dan')
    for (const i of [0, 1, 2]) lab.link(peers[i] as Peer, peers[i + 1] as Peer)
    create(peers[0])
    lab.flush()
    rate(peers[3], 8)
    lab.flush()
    for (const peer of peers) expect(stars(peer), peer.name).toBe(8)
    expectEqual(...peers)
  })

  it('Y10: a neighbour of the author is not sent what it has from the author', () => {
    const { lab, peers } = open('ana', 'ben', 'cleo')
    const [ana, ben, cleo] = peers
    lab.link(ana, ben)
    lab.link(ben, cleo)
    lab.link(ana, cleo)
    beat(lab)
    create(ana)
    lab.flush()
    for (const peer of [ben, cleo]) expect(peer.effects.filter(({ type }) => type === 'duplicate')).toEqual([])
    expectEqual(ana, ben, cleo)
  })

  it('Y11: what was lost is asked for at the next heartbeat, by digest', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    lab.link(ana, ben)
    lab.flush()
    create(ana)
    ana.seals.shift()?.()
    ben.inbox = []
    lab.flush()
    expect(stars(ben)).toBeUndefined()
    beat(lab)
    expect(stars(ben)).toBe(0)
    ben.effects.length = 0
    beat(lab)
    expect(ben.effects.flatMap(effect => (effect.type === 'agreed' ? [effect.agreed] : []))).toEqual([true])
    // Who agrees sends nothing but heartbeats.
    expect(ben.effects.flatMap(effect => (effect.type === 'send' ? [effect.message.type] : []))).toEqual(['digest'])
  })

  it('Y12: one neighbour is asked, and another when that one stalls', () => {
    const { lab, peers } = open('ana', 'ben', 'cleo')
    const [ana, ben, cleo] = peers
    create(ana)
    lab.flush()
    bring(ben, ana.replica.sync.frames())
    lab.flush()
    lab.link(cleo, ana)
    lab.link(cleo, ben)
    // Both say what they have; cleo asks the first, who never answers.
    for (let i = 0; i < 6; i++) {
      for (const peer of [ana, ben, cleo]) {
        for (const packet of peer.inbox.splice(0)) {
          if (peer === ana && packet.message.type === 'want') continue
          peer.replica.handle({ type: 'message-arrived', ...packet })
        }
      }
      if (i === 2) expect(wants(cleo)).toEqual([ana.id])
      lab.tick()
    }
    expect(wants(cleo).slice(0, 2)).toContain(ben.id)
    lab.flush()
    expect(stars(cleo)).toBe(0)
  })

  it('Y12: what was asked of a peer that left is asked of another', () => {
    const { lab, peers } = open('ana', 'ben', 'cleo')
    const [ana, ben, cleo] = peers
    create(ana)
    lab.flush()
    bring(ben, ana.replica.sync.frames())
    lab.flush()
    lab.link(cleo, ana)
    for (const packet of cleo.inbox.splice(0)) cleo.replica.handle({ type: 'message-arrived', ...packet })
    expect(wants(cleo)).toEqual([ana.id])
    lab.unlink(cleo, ana)
    lab.link(cleo, ben)
    lab.flush()
    expect(wants(cleo)).toEqual([ana.id, ben.id])
    expectEqual(ben, cleo)
  })

  it('Y13: a disk whose tail was torn off is completed by the others', () => {
    const { lab, peers } = open('ana', 'ben')
    const [ana, ben] = peers
    lab.link(ana, ben)
    create(ana)
    for (let i = 1; i < 5; i++) {
      lab.flush()
      rate(i % 2 ? ben : ana, i)
    }
    lab.flush()
    for (let torn = 0; torn <= ben.kept.length; torn++) {
      const again = lab.open(`again ${torn}`, { restored: ben.kept.slice(0, ben.kept.length - torn) })
      expect(again.effects.filter(({ type }) => type === 'persist')).toEqual([])
      lab.link(again, ana)
      lab.flush()
      expectEqual(ana, again)
    }
    // In the middle, too: what hangs on a lost frame is fetched with it.
    const holed = lab.open('holed', { restored: ben.kept.toSpliced(1, 1) })
    lab.link(holed, ana)
    beat(lab)
    expectEqual(ana, holed)
  })

  it('Y14: a word about what there is costs nothing that lasts', () => {
    const { lab, peers } = open('ana')
    const [ana] = peers
    const dice = createDice(1)
    for (let i = 0; i < 20; i++) {
      const vector = Array.from({ length: 50 }, () => ({ author: dice.bytes(16), sequence: 5, base: 0 }))
      const message = { type: 'vector', scope: 0, vector } as const
      ana.replica.handle({ type: 'message-arrived', from: 'f'.repeat(32), message })
    }
    create(ana)
    lab.flush()
    expect(ana.replica.sync.vector().size).toBe(1)
    expect(lastSequence(framesOf(ana).at(-1) as Frame)).toBe(2)
  })
})
