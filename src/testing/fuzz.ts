/**
 * Hostile peers against honest ones: what `npm run fuzz` does.
 *
 * In each round a few honest replicas edit and sync while strangers and seated authors throw frames at them that are
 * broken, lying, repeated or plainly malicious. Nothing may throw, stall or pollute, and in the end the honest ones have
 * to be equal. Each thrown frame ends in exactly one way, which is read off the effects of the replica that it was
 * thrown at: refused, a duplicate, or applied. One that still waits when its round ends, for a predecessor or a head
 * that never came, is counted as refused, under the code `left-waiting`.
 */
import { concatBytes, equalBytes, fromHex, toHex } from '../base/bytes.ts'
import { decodeSealed, type Frame } from '../protocol/frame.ts'
import { decodeMessage, encodeMessage, type FrameBytes, type Message } from '../protocol/message.ts'
import { encodeRedo, encodeUndo } from '../protocol/undo.ts'
import type { FrameName, SyncEffect } from '../sync/events.ts'
import { createDice, type Dice } from './dice.ts'
import { createSeat, edit, hostileUndo, introduction, mangle, type Seat } from './hostile.ts'
import { HOSTILE_PATCHES } from './hostile-patches.ts'
import { createLab, LAB_ROOM, type LabPeer, labStore } from './lab.ts'
import { act, type LifeTables, lifeSchema } from './life.ts'
import { adventurousPatch, harmlessPatch, type Pen } from './pen.ts'

export interface FuzzReport {
  /** Thrown at honest replicas; `refused + applied + duplicates` says how each ended. */
  frames: number
  refused: number
  applied: number
  duplicates: number
  /** Refusal code → count. */
  readonly codes: Record<string, number>
  /** Thrown out of a replica. */
  exceptions: number
  /** Frames that a replica took in and neither ended nor keeps waiting: there must be none. */
  vanished: number
  /** Properties that `Object.prototype` or its like gained. */
  pollution: number
  /** Events whose handling took more than 100 ms of processor time. */
  stallsOver100ms: number
  /** Whether all honest replicas were the same at the end of each round, internals included. */
  equal: boolean
}

export interface FuzzOptions {
  readonly frames: number
  readonly seed: number
  /** Frames in one round; each begins with new replicas. */
  readonly roundOf?: number
}

type Peer = LabPeer<LifeTables>

interface Villain {
  readonly seat: Seat
  readonly record: string
}

const STRANGER = 'f'.repeat(32)
const STALL_MICROSECONDS = 100_000
const VILLAINS = 4
const FLOOD = 40
const PROTOTYPES: readonly object[] = [Object.prototype, Array.prototype, Function.prototype, String.prototype]
const namesOfPrototypes = () => PROTOTYPES.reduce<number>((count, each) => count + Reflect.ownKeys(each).length, 0)

export function fuzz({ frames, seed, roundOf = 400 }: FuzzOptions): FuzzReport {
  const report: FuzzReport = {
    frames: 0,
    refused: 0,
    applied: 0,
    duplicates: 0,
    codes: {},
    exceptions: 0,
    vanished: 0,
    pollution: 0,
    stallsOver100ms: 0,
    equal: true,
  }
  const names = namesOfPrototypes()
  for (let round = 0; report.frames < frames; round++) {
    fuzzRound(createDice(seed * 1_000_003 + round), Math.min(frames, report.frames + roundOf), report)
    report.pollution += namesOfPrototypes() - names
  }
  return report
}

/** The frame that an effect says an end of, as far as it can be read. */
function frameIn(effect: SyncEffect | undefined): FrameName | null {
  return effect?.type === 'persist' || effect?.type === 'refused' ? effect.frame : null
}

const isSame = (a: FrameName, b: FrameName | null) =>
  b !== null && a.sequence === b.sequence && equalBytes(a.author, b.author)

function fuzzRound(dice: Dice, upTo: number, report: FuzzReport): void {
  const lab = createLab(lifeSchema)
  const peers = ['ana', 'ben', 'cleo'].map(name => lab.open(name))
  /** Frames that were taken in and have not ended yet, by peer and author. */
  const open = new Map<string, { readonly sequence: number; readonly thrown: boolean }[]>()
  const villains: Villain[] = []
  const thrown: FrameBytes[] = []
  let seats = 0

  function refused(code: string): void {
    report.refused++
    report.codes[code] = (report.codes[code] ?? 0) + 1
  }

  function guard(run: () => void): void {
    const start = process.cpuUsage()
    try {
      run()
    } catch {
      report.exceptions++
    }
    const { user, system } = process.cpuUsage(start)
    if (user + system > STALL_MICROSECONDS) report.stallsOver100ms++
  }

  /** Books how frames that had been taken in ended. */
  function settle(peer: Peer, effects: readonly SyncEffect[]): void {
    const ends = effects.filter(effect => effect.type === 'persist' || (effect.type === 'refused' && !effect.from))
    for (const [i, end] of ends.entries()) {
      const name = frameIn(end)
      // The last frame of a log that ends is kept, and then refused.
      if (name === null || (end.type === 'persist' && isSame(name, frameIn(ends[i + 1])))) continue
      const taken = open.get(`${peer.id}/${toHex(name.author)}`)
      const index = taken?.findIndex(({ sequence }) => sequence === name.sequence) ?? -1
      if (!taken || index < 0) continue
      const [frame] = taken.splice(index, 1)
      if (!frame?.thrown) continue
      if (end.type === 'persist') report.applied++
      else if (end.type === 'refused') refused(end.code)
    }
  }

  /** Hands one frame to a peer and books what comes of it at once. */
  function bring(peer: Peer, from: string, framed: FrameBytes, isThrown: boolean): void {
    peer.effects.length = 0
    const message: Message = { type: 'frames', scope: 0, frames: [framed] }
    guard(() => peer.replica.handle({ type: 'message-arrived', from, message }))
    const effects = peer.effects.splice(0)
    const ended = effects.find(
      effect => (effect.type === 'refused' || effect.type === 'duplicate') && effect.from === from,
    )
    if (isThrown && ended?.type === 'refused') refused(ended.code)
    if (isThrown && ended?.type === 'duplicate') report.duplicates++
    const frame = ended ? null : decodeSealed(framed.author, framed.bytes)
    if (frame?.ok) {
      const key = `${peer.id}/${toHex(framed.author)}`
      const taken = open.get(key) ?? []
      taken.push({ sequence: frame.value.sequence, thrown: isThrown })
      open.set(key, taken)
    }
    settle(peer, effects)
  }

  /** One thing that is under way to or in `peer`; false when there is nothing. */
  function step(peer: Peer): boolean {
    peer.effects.length = 0
    const seal = peer.seals.shift()
    const packet = peer.inbox.shift()
    if (seal) {
      guard(seal)
      settle(peer, peer.effects.splice(0))
    }
    if (packet?.message.type === 'frames') {
      for (const framed of packet.message.frames) bring(peer, packet.from, framed, false)
    } else if (packet) guard(() => peer.replica.handle({ type: 'message-arrived', ...packet }))
    return seal !== undefined || packet !== undefined
  }

  function calm(): void {
    for (let busy = true; busy; ) busy = peers.map(step).includes(true)
  }

  function throwBytes(peer: Peer, bytes: ReturnType<typeof encodeMessage>): void {
    const message = decodeMessage(bytes, fromHex(STRANGER))
    if (!message.ok) {
      report.frames++
      refused(message.code)
    } else if (message.value.type !== 'frames') {
      guard(() => peer.replica.handle({ type: 'message-arrived', from: STRANGER, message: message.value }))
    } else if (message.value.scope !== 0) {
      report.frames++
      refused('scope-not-followed')
    } else {
      for (const framed of message.value.frames) {
        report.frames++
        bring(peer, STRANGER, framed, true)
      }
    }
  }

  function throwAt(peer: Peer, framed: FrameBytes): void {
    thrown.push(framed)
    report.frames++
    bring(peer, STRANGER, framed, true)
  }

  /** A seat that everybody has been introduced to, more or less. */
  function villain(): Villain {
    while (villains.length < VILLAINS) {
      const seat = createSeat(LAB_ROOM, `villain ${dice.roll(2 ** 30)} ${++seats}`)
      villains.push({ seat, record: `seat-${seats}` })
      throwAt(dice.pick(peers), seat.say([introduction('villain')]))
    }
    return dice.pick(villains)
  }

  function retire({ seat }: Villain): void {
    if (dice.chance(0.5)) return
    villains.splice(villains.findIndex(each => each.seat === seat) >>> 0, 1)
  }

  /** An honest author's last entry, as somebody who has seen it would name it. */
  function headOf(peer: Peer) {
    const sequence = peer.replica.sync.vector().get(peer.id)
    return sequence === undefined ? [] : [{ author: peer.author, sequence }]
  }

  const good = ({ seat, record }: Villain, pen: Pen = seat.pen()) => edit(harmlessPatch(dice, pen, record))
  const several = (each: Villain, count: number) => {
    const pen = each.seat.pen()
    return Array.from({ length: count }, () => good(each, pen))
  }
  const outrage = ({ seat }: Villain) =>
    seat.say([edit(dice.pick(Object.values(HOSTILE_PATCHES))(dice, seat.pen(), labStore(dice.pick(peers).author)))])

  /** Undoes its last edit, and maybe takes that back. */
  function regret(peer: Peer, { seat }: Villain): void {
    const store = labStore(seat.author)
    const undo = { store, sequence: seat.next }
    const ranges = [{ store, first: seat.next - 1, count: 1 }]
    throwAt(peer, seat.say([{ kind: 'undo', payload: encodeUndo(ranges, store) }]))
    if (dice.chance(0.5)) throwAt(peer, seat.say([{ kind: 'redo', payload: encodeRedo([{ undo, ranges }], store) }]))
  }

  const honest = () => {
    const frames = dice.pick(peers).replica.sync.frames()
    return frames.length > 0 ? dice.pick(frames) : villain().seat.whisper([introduction('nobody')])
  }
  const anything = () => (thrown.length > 0 && dice.chance(0.6) ? dice.pick(thrown) : honest())

  /** Only a frame that can be read has its place in a message. */
  const whole = (framed: FrameBytes) => (decodeSealed(framed.author, framed.bytes).ok ? framed : honest())

  /** Genuine frames that say what nobody may say; the author's log ends with them. */
  const outrages: readonly ((each: Villain) => FrameBytes)[] = [
    outrage,
    outrage,
    outrage,
    each => each.seat.say([good(each), introduction('again'), good(each)]),
    each => each.seat.say([good(each), { kind: dice.pick(['undo', 'redo', 'checkpoint']), payload: dice.bytes(3) }]),
    each =>
      each.seat.say([hostileUndo(dice, labStore(dice.pick(peers).author))], {
        heads: headOf(dice.pick(peers)),
      }),
    each => each.seat.say([good(each)], { heads: [{ author: dice.bytes(16), sequence: 1 + dice.roll(9) }] }),
    each =>
      each.seat.say([good(each)], { heads: headOf(dice.pick(peers)).map(head => ({ ...head, sequence: 2 ** 50 })) }),
    ({ seat }) => {
      const known = dice.pick(peers)
      const patch = adventurousPatch(dice, seat.pen(), labStore(known.author), dice.roll(30))
      return seat.say([edit(patch)], { heads: headOf(known) })
    },
  ]

  /** Frames that are wrong in themselves, or lie about where they belong. */
  const lies: readonly ((each: Villain) => FrameBytes)[] = [
    each => each.seat.whisper([good(each)], { seal: dice.bytes(64) }),
    each => each.seat.whisper([good(each)], { seal: dice.bytes(dice.roll(63)) }),
    each => each.seat.whisper([good(each)], { sequence: each.seat.next + 1 + dice.roll(5) }),
    each => each.seat.whisper([good(each)], { sequence: dice.pick([0, 2 ** 40, Number.MAX_SAFE_INTEGER]) }),
    each => each.seat.whisper([good(each)], { heads: [{ author: each.seat.author, sequence: 1 }] }),
    each => each.seat.whisper([good(each)], { heads: twoHeads(dice).toReversed() }),
    ({ seat }) => seat.whisper([]),
    ({ seat }) => seat.whisper(Array.from({ length: 4097 }, () => edit(new Uint8Array(0)))),
    () => createSeat(LAB_ROOM, `nobody ${dice.roll(2 ** 30)}`).say([edit(dice.bytes(9))]),
    () => createSeat(dice.bytes(16), `elsewhere ${dice.roll(2 ** 30)}`).say([introduction('lost')]),
  ]

  /** Authors who were never seen before, each with a frame that waits for the last of them. */
  function flood(peer: Peer): void {
    const crowd = Array.from({ length: FLOOD }, () => createSeat(LAB_ROOM, `crowd ${dice.roll(2 ** 30)} ${++seats}`))
    const last = crowd.at(-1) as Seat
    const heads = [{ author: last.author, sequence: 1 }]
    for (const seat of crowd) throwAt(peer, seat.say([introduction('crowd')], seat === last ? {} : { heads }))
  }

  function attack(): void {
    const peer = dice.pick(peers)
    const roll = dice.roll(100)
    const each = villain()
    const { seat } = each
    if (dice.chance(0.01) && report.frames + FLOOD <= upTo) flood(peer)
    else if (roll < 35) {
      const entries = several(each, 1 + dice.roll(3))
      throwAt(peer, seat.say(entries, dice.chance(0.3) ? { heads: headOf(dice.pick(peers)) } : {}))
      if (dice.chance(0.2) && report.frames + 2 <= upTo) regret(peer, each)
    } else if (roll < 55) {
      throwAt(peer, dice.pick(outrages)(each))
      retire(each)
    } else if (roll < 70) throwAt(peer, dice.pick(lies)(each))
    else if (roll < 80) throwAt(peer, anything())
    else if (roll < 92) {
      const { author, bytes } = anything()
      throwAt(peer, { author, bytes: mangle(bytes, dice) })
    } else if (roll < 96) {
      const scope = dice.chance(0.1) ? 1 + dice.roll(9) : 0
      const bytes = encodeMessage({ type: 'frames', scope, frames: [whole(anything())] }, dice.pick(peers).author)
      throwBytes(peer, scope > 0 ? bytes : mangle(bytes, dice))
    } else if (roll < 98 && (peer.replica.sync.vector().get(seat.id) ?? 0) >= seat.next - 1) {
      // Only at somebody who has the rest: two truths of one author, told to two peers, are another matter (PROTOCOL).
      throwAt(peer, seat.whisper(several(each, 2), { sequence: seat.next - 1 }))
    } else {
      const message = junkMessage(dice)
      guard(() => peer.replica.handle({ type: 'message-arrived', from: STRANGER, message }))
    }
  }

  for (const [i, peer] of peers.entries()) {
    peer.replica.handle({ type: 'peer-joined', peer: STRANGER })
    for (const other of peers.slice(i + 1)) lab.link(peer, other)
  }
  peers[0]?.replica.store.transact(tx => void tx.notes.create({ title: 'what we share' }, { id: 'shared' }))
  calm()
  for (let turn = 0; report.frames < upTo; turn++) {
    attack()
    if (dice.chance(0.3)) guard(() => void act(dice.pick(peers), dice))
    for (let i = dice.roll(8); i > 0; i--) step(dice.pick(peers))
    if (turn % 50 === 49) {
      guard(() => lab.tick())
      calm()
    }
  }
  for (let i = 0; i < 5; i++) {
    calm()
    lab.tick()
  }
  calm()
  for (const taken of open.values()) for (const frame of taken) if (frame.thrown) refused('left-waiting')
  for (const { id, replica } of peers) {
    const left = [...open].reduce((count, [key, taken]) => count + (key.startsWith(`${id}/`) ? taken.length : 0), 0)
    report.vanished += Math.max(0, left - replica.sync.waiting)
  }
  const pictures = peers.map(({ replica: { store, sync } }) => [store.fingerprint(), [...sync.vector()].sort()])
  if (new Set(pictures.map(picture => JSON.stringify(picture))).size > 1) report.equal = false
}

function twoHeads(dice: Dice): Frame['heads'] {
  const first = dice.bytes(16)
  const second = concatBytes(Uint8Array.of(((first[0] ?? 0) + 1) % 256), first.subarray(1))
  const heads = [first, second].map(author => ({ author, sequence: 1 }))
  return equalBytes(first, second) ? heads : heads.sort((a, b) => (a.author[0] ?? 0) - (b.author[0] ?? 0))
}

/** Well formed, and absurd. */
function junkMessage(dice: Dice): Message {
  const many = <T>(make: () => T) => Array.from({ length: dice.roll(20) }, make)
  const number = () => dice.pick([0, 1, 5, 2 ** 31, Number.MAX_SAFE_INTEGER])
  const author = () => dice.bytes(16)
  return dice.pick<Message>([
    { type: 'hello', protocol: 1, roomTag: dice.bytes(8), introduction: dice.bytes(9), scopes: [dice.roll(3)] },
    { type: 'digest', scope: dice.roll(2), digest: dice.bytes(8), neighbours: many(author) },
    {
      type: 'vector',
      scope: dice.roll(2),
      vector: many(() => ({ author: author(), sequence: number(), base: number() })),
    },
    { type: 'want', scope: 0, ranges: many(() => ({ author: author(), after: number(), upTo: number() })) },
    { type: 'presence', update: dice.bytes(dice.roll(40)) },
    { type: 'direct', channel: 'x', body: dice.bytes(dice.roll(40)) },
    { type: 'frames', scope: 0, frames: [] },
    { type: 'want-snapshot', scope: 0, covering: many(() => ({ author: author(), sequence: number() })) },
    { type: 'snapshot', scope: 0, vouched: null },
    {
      type: 'snapshot',
      scope: 0,
      vouched: { checkpoint: { author: author(), bytes: dice.bytes(90) }, bytes: dice.bytes(dice.roll(200)) },
    },
  ])
}
