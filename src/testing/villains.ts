/**
 * Who throws frames at honest replicas: strangers, and seated authors whose every frame is genuine, until they say what nobody may
 * say. What they throw is broken, lying, repeated or plainly malicious.
 */
import { concatBytes, equalBytes } from '../base/bytes.ts'
import { decodeSealed, type Frame } from '../protocol/frame.ts'
import { encodeMessage, type FrameBytes, type Message } from '../protocol/message.ts'
import { encodeRedo, encodeUndo } from '../protocol/undo.ts'
import type { Peer } from './booking.ts'
import type { Dice } from './dice.ts'
import { createSeat, edit, hostileUndo, introduction, mangle, type Seat } from './hostile.ts'
import { HOSTILE_PATCHES } from './hostile-patches.ts'
import { LAB_ROOM, labStore } from './lab.ts'
import { adventurousPatch, harmlessPatch, type Pen } from './pen.ts'

interface Villain {
  readonly seat: Seat
  readonly record: string
}

export interface VillainOptions {
  readonly dice: Dice
  /** The honest ones. */
  readonly peers: readonly Peer[]
  /** Throws one frame, as a stranger. */
  readonly throwFrame: (peer: Peer, framed: FrameBytes) => void
  /** Throws what may be a message. */
  readonly throwBytes: (peer: Peer, bytes: ReturnType<typeof encodeMessage>) => void
  /** Throws a message without frames. */
  readonly throwMessage: (peer: Peer, message: Message) => void
  /** How many more frames may be thrown. */
  readonly left: () => number
}

const SEATS = 4
const FLOOD = 40

/** @returns what throws one thing at one of the honest, or a few that belong together */
export function createVillains(options: VillainOptions): () => void {
  const { dice, peers, throwFrame, throwBytes, throwMessage, left } = options
  const villains: Villain[] = []
  const thrown: FrameBytes[] = []
  let seats = 0

  function throwAt(peer: Peer, framed: FrameBytes): void {
    thrown.push(framed)
    throwFrame(peer, framed)
  }

  /** A seat that everybody has been introduced to, more or less. */
  function villain(): Villain {
    while (villains.length < SEATS) {
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
    if (dice.chance(0.01) && FLOOD <= left()) flood(peer)
    else if (roll < 35) {
      const entries = several(each, 1 + dice.roll(3))
      throwAt(peer, seat.say(entries, dice.chance(0.3) ? { heads: headOf(dice.pick(peers)) } : {}))
      if (dice.chance(0.2) && left() >= 2) regret(peer, each)
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
      throwMessage(peer, junkMessage(dice))
    }
  }

  return attack
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
