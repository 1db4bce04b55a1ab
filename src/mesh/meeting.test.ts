import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ANNOUNCE_MS, stepMeeting, UNANSWERED_MS } from './meeting.ts'
import { CONNECT_TIMEOUT_MS, PAIRS_MAX } from './meeting-draft.ts'
import { type MeetingEffect, type MeetingEvent, newMeeting, openPeers, unreachableCount } from './meeting-state.ts'
import type { MeshEvent, PeerId } from './mesh.ts'
import { type Attempt, decodeNote, encodeNote, type Note } from './note.ts'
import type { Signal } from './signal.ts'

const sdp = 'v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=fingerprint:sha-256 00\r\n'
const offer: Signal = { type: 'offer', sdp }
const answer: Signal = { type: 'answer', sdp }
const candidate: Signal = {
  type: 'candidate',
  candidate: 'candidate:1 1 udp 2113937151 192.0.2.1 5000 typ host',
  sdpMid: '0',
  sdpMLineIndex: 0,
}

function peerId(n: number): PeerId {
  return n.toString(16).padStart(32, '0')
}

interface Weather {
  /** From 0 to 1. */
  readonly loss: number
  readonly duplication: number
  readonly delayMs: number
  /** Pairs that signal well and have no path to each other. */
  readonly pathless?: (a: PeerId, b: PeerId) => boolean
}

/** Peers on a bad bus, with links that behave as WebRTC's: they open late, on each side at its own time, and end late. */
function createTown(seed: number, weather: Weather) {
  let random = seed >>> 0 || 1
  const dice = () => {
    random = (Math.imul(random, 1664525) + 1013904223) >>> 0
    return random / 2 ** 32
  }
  let now = 1000
  const agenda: { at: number; order: number; run: () => void }[] = []
  let orders = 0
  const later = (ms: number, run: () => void) => {
    orders += 1
    agenda.push({ at: now + ms, order: orders, run })
  }

  interface Resident {
    readonly id: PeerId
    meeting: ReturnType<typeof newMeeting>
    alive: boolean
    /** What the hands hold: one link per attempt. */
    readonly links: Map<PeerId, { attempt: Attempt; offered: number; answered: number; open: boolean }>
    readonly told: MeshEvent[]
  }
  const residents = new Map<PeerId, Resident>()

  function take(resident: Resident, event: MeetingEvent): void {
    if (!resident.alive) return
    const [meeting, effects] = stepMeeting(resident.meeting, event)
    resident.meeting = meeting
    for (const effect of effects) carryOut(resident, effect)
  }

  function publish(note: Note): void {
    for (const resident of residents.values()) {
      const copies = dice() < weather.loss ? 0 : dice() < weather.duplication ? 2 : 1
      for (let i = 0; i < copies; i++) {
        const received = decodeNote(encodeNote(note))
        if (received === null) throw new Error('an own note was not understood')
        later(dice() * weather.delayMs, () => take(resident, { type: 'note-arrived', now, note: received }))
      }
    }
  }

  function linkOf(id: PeerId, peer: PeerId, attempt: Attempt) {
    const link = residents.get(id)?.alive ? residents.get(id)?.links.get(peer) : undefined
    return link?.attempt.instance === attempt.instance && link.attempt.number === attempt.number ? link : undefined
  }

  function close(resident: Resident, peer: PeerId, attempt: Attempt): void {
    if (!linkOf(resident.id, peer, attempt)) return
    resident.links.delete(peer)
    take(resident, { type: 'link-closed', now, peer, attempt, reason: 'failed' })
  }

  function carryOut(resident: Resident, effect: MeetingEffect): void {
    const { id } = resident
    switch (effect.type) {
      case 'publish':
        publish(effect.note)
        break
      case 'start-link': {
        const { peer, attempt, initiator } = effect
        if (resident.links.has(peer)) throw new Error('a second link to the same peer')
        const link = { attempt, offered: initiator ? 1 : 0, answered: 0, open: false }
        resident.links.set(peer, link)
        if (initiator) {
          for (const signal of [offer, candidate]) {
            later(5, () => take(resident, { type: 'link-signaled', now, peer, attempt, signal }))
          }
        }
        break
      }
      case 'pass-signal': {
        const { peer, attempt, signal } = effect
        const link = linkOf(id, peer, attempt)
        if (link === undefined) throw new Error('a signal for a link that is not there')
        if (signal.type === 'offer') {
          if (link.offered > 0) throw new Error('a second offer')
          link.offered = 1
          for (const reply of [answer, candidate]) {
            later(5, () => take(resident, { type: 'link-signaled', now, peer, attempt, signal: reply }))
          }
        } else if (link.offered === 0) throw new Error('a signal before its offer')
        else if (signal.type === 'answer') {
          link.answered += 1
          if (link.answered > 1) throw new Error('a second answer')
          connect(id, peer, attempt)
        }
        break
      }
      case 'end-link': {
        if (!linkOf(id, effect.peer, effect.attempt)) throw new Error('the end of a link that is not there')
        resident.links.delete(effect.peer)
        const other = residents.get(effect.peer)
        if (other) later(dice() * 3500, () => close(other, id, effect.attempt))
        break
      }
      case 'tell':
        resident.told.push(effect.event)
    }
  }

  /** Both sides open, each when it notices; one that notices after the other has given up sees the link close. */
  function connect(a: PeerId, b: PeerId, attempt: Attempt): void {
    if (weather.pathless?.(a, b)) return
    for (const [id, peer] of [
      [a, b],
      [b, a],
    ] as const) {
      later(dice() * 300, () => {
        const link = linkOf(id, peer, attempt)
        const resident = residents.get(id)
        if (link === undefined || resident === undefined) return
        if (linkOf(peer, id, attempt) === undefined) return
        link.open = true
        take(resident, { type: 'link-opened', now, peer, attempt })
      })
    }
  }

  return {
    get now() {
      return now
    },
    residents,
    take,
    move(id: PeerId) {
      residents.set(id, { id, meeting: newMeeting(id), alive: true, links: new Map(), told: [] })
      this.open(id)
    },
    open(id: PeerId) {
      const resident = this.get(id)
      take(resident, { type: 'opened', now, instance: now })
    },
    get(id: PeerId): Resident {
      const resident = residents.get(id)
      if (resident === undefined) throw new Error(`nobody called ${id}`)
      return resident
    },
    /** Vanishes without a word; the others notice by their heartbeats. */
    kill(id: PeerId) {
      this.get(id).alive = false
      for (const other of residents.values()) {
        const link = other.links.get(id)
        if (link) later(3500, () => close(other, id, link.attempt))
      }
    },
    run(ms: number) {
      for (const end = now + ms; now < end; now += 50) {
        for (;;) {
          const due = agenda.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at || a.order - b.order)
          if (due.length === 0) break
          for (const item of due) agenda.splice(agenda.indexOf(item), 1)
          for (const item of due) item.run()
        }
        if (now % 500 === 0) for (const resident of residents.values()) take(resident, { type: 'ticked', now })
      }
    },
  }
}

const calm: Weather = { loss: 0, duplication: 0, delayMs: 20 }

describe('peers on a signaling bus', () => {
  it('come to exactly one link per pair, whatever the bus loses, repeats and reorders', () => {
    const weather = fc.record({
      loss: fc.double({ min: 0, max: 0.4, noNaN: true }),
      duplication: fc.double({ min: 0, max: 1, noNaN: true }),
      delayMs: fc.integer({ min: 0, max: 800 }),
    })
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 5 }), weather, (seed, size, bad) => {
        const town = createTown(seed, bad)
        const ids = Array.from({ length: size }, (_, n) => peerId(n + 1))
        for (const id of ids) {
          town.move(id)
          town.run((seed % 7) * 100)
        }
        // The town itself throws on a second link or on a signal that simple-peer would not survive.
        const complete = () => ids.every(id => openPeers(town.get(id).meeting).length === size - 1)
        while (town.now < 20 * 60_000 && !complete()) town.run(5000)
        town.run(60_000)
        for (const id of ids) {
          const { meeting, links } = town.get(id)
          expect(openPeers(meeting)).toEqual(ids.filter(other => other !== id))
          for (const [peer, link] of links) expect(town.get(peer).links.get(id)?.attempt).toEqual(link.attempt)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('find each other again after one was killed and came back, or left and returned', () => {
    const town = createTown(3, { ...calm, loss: 0.2, duplication: 0.5, delayMs: 300 })
    const [ana, ben, cleo] = [peerId(1), peerId(2), peerId(3)]
    for (const id of [ana, ben, cleo]) town.move(id)
    town.run(60_000)
    town.kill(ben)
    town.run(60_000)
    expect(openPeers(town.get(ana).meeting)).toEqual([cleo])
    expect(town.get(ana).meeting.pairs.has(ben)).toBe(false)

    town.move(ben)
    town.take(town.get(cleo), { type: 'left', now: town.now })
    town.run(60_000)
    expect(openPeers(town.get(ana).meeting)).toEqual([ben])
    town.open(cleo)
    town.run(60_000)
    expect(openPeers(town.get(ana).meeting)).toEqual([ben, cleo])
    expect(openPeers(town.get(cleo).meeting)).toEqual([ana, ben])
  })

  it('are reported once when they open and once when they close', () => {
    const town = createTown(1, calm)
    town.move(peerId(1))
    town.move(peerId(2))
    town.run(2000)
    town.kill(peerId(2))
    town.run(60_000)
    expect(town.get(peerId(1)).told).toEqual([
      { type: 'peer-opened', peer: peerId(2) },
      { type: 'peer-closed', peer: peerId(2), reason: 'failed' },
    ])
  })

  it('that answer and have no path to each other count as unreachable, and others do not', () => {
    const town = createTown(5, { ...calm, pathless: (a, b) => a !== peerId(2) && b !== peerId(2) })
    for (const n of [1, 2, 3]) town.move(peerId(n))
    town.run(2 * CONNECT_TIMEOUT_MS + 5000)
    expect([1, 2, 3].map(n => unreachableCount(town.get(peerId(n)).meeting))).toEqual([1, 0, 1])
    town.kill(peerId(3))
    town.run(120_000)
    expect(unreachableCount(town.get(peerId(1)).meeting)).toBe(0)
  })
})

describe('notes of a member who means harm', () => {
  const [low, self, high] = [peerId(1), peerId(2), peerId(3)]

  function opened(...notes: Note[]) {
    let [meeting] = stepMeeting(newMeeting(self), { type: 'opened', now: 0, instance: 10 })
    let effects: readonly MeetingEffect[] = []
    for (const note of notes) [meeting, effects] = stepMeeting(meeting, { type: 'note-arrived', now: 100, note })
    return { meeting, effects }
  }

  function signal(from: PeerId, attempt: Attempt, sequence: number, body: Signal): Note {
    return { type: 'signal', from, instance: 7, to: self, attempt, sequence, signal: body }
  }

  it('do not end an open link: an offer waits for the end that the link itself shows, and is then taken', () => {
    const first = { instance: 7, number: 1 }
    const second = { instance: 7, number: 2 }
    let { meeting } = opened(signal(low, first, 0, offer))
    ;[meeting] = stepMeeting(meeting, { type: 'link-opened', now: 200, peer: low, attempt: first })
    let effects: readonly MeetingEffect[]
    for (const note of [
      { type: 'bye', from: low, instance: 7 } as const,
      { type: 'announce', from: low, instance: 7, to: null } as const,
      signal(low, second, 0, offer),
      signal(low, second, 1, candidate),
    ]) {
      ;[meeting, effects] = stepMeeting(meeting, { type: 'note-arrived', now: 300, note })
      expect(effects).toEqual([])
    }
    expect(openPeers(meeting)).toEqual([low])
    ;[, effects] = stepMeeting(meeting, {
      type: 'link-closed',
      now: 4000,
      peer: low,
      attempt: first,
      reason: 'missed-heartbeats',
    })
    expect(effects).toEqual([
      { type: 'tell', event: { type: 'peer-closed', peer: low, reason: 'missed-heartbeats' } },
      { type: 'start-link', peer: low, attempt: second, initiator: false },
      { type: 'pass-signal', peer: low, attempt: second, signal: offer },
      { type: 'pass-signal', peer: low, attempt: second, signal: candidate },
    ])
  })

  it('start nothing from the wrong side, in another name, or out of an old attempt', () => {
    const codes = (note: Note, ...before: Note[]) =>
      opened(...before, note).effects.flatMap(effect => (effect.type === 'refuse' ? [effect.code] : [effect.type]))
    const attempt = { instance: 7, number: 4 }
    expect(codes(signal(high, attempt, 0, offer))).toEqual(['signal-outdated'])
    expect(codes(signal(self, attempt, 0, offer))).toEqual([])
    expect(codes({ ...signal(low, attempt, 0, offer), instance: 8 } as Note)).toEqual(['signal-outdated'])
    expect(codes(signal(low, attempt, 0, answer))).toEqual(['signal-unexpected'])
    const started = signal(low, attempt, 0, offer)
    expect(codes(signal(low, { instance: 7, number: 3 }, 0, offer), started)).toEqual(['signal-outdated'])
    expect(codes(started, started)).toEqual(['signal-repeated'])
    expect(codes(signal(low, attempt, 1, answer), started)).toEqual(['signal-unexpected'])
    expect(codes({ type: 'announce', from: low, instance: 6, to: null }, started)).toEqual(['note-outdated'])
  })

  it('cannot make us remember more than a bounded number of peers, nor for long', () => {
    let { meeting } = opened()
    for (let n = 0; n < 2 * PAIRS_MAX; n++) {
      const note: Note = { type: 'announce', from: peerId(1000 + n), instance: 1, to: null }
      ;[meeting] = stepMeeting(meeting, { type: 'note-arrived', now: 100, note })
    }
    expect(meeting.pairs.size).toBe(PAIRS_MAX)
    for (let now = 500; now < UNANSWERED_MS + 3 * ANNOUNCE_MS; now += 500)
      [meeting] = stepMeeting(meeting, { type: 'ticked', now })
    expect(meeting.pairs.size).toBe(0)
  })

  it('of one that was expelled are refused', () => {
    let { meeting } = opened({ type: 'announce', from: high, instance: 7, to: null })
    let effects: readonly MeetingEffect[]
    ;[meeting, effects] = stepMeeting(meeting, { type: 'peer-expelled', now: 200, peer: high })
    expect(effects.map(({ type }) => type)).toEqual(['end-link'])
    const again: Note = { type: 'announce', from: high, instance: 8, to: null }
    ;[, effects] = stepMeeting(meeting, { type: 'note-arrived', now: 300, note: again })
    expect(effects).toEqual([{ type: 'refuse', from: high, code: 'peer-expelled' }])
  })
})
