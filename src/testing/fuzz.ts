/**
 * Hostile peers against honest ones: what `npm run fuzz` does.
 *
 * In each round a few honest replicas edit and sync while others throw frames at them (`villains.ts`). Nothing may throw, stall or
 * pollute, and in the end the honest ones have to be equal. Each thrown frame ends in exactly one way (`booking.ts`). One
 * that still waits when its round ends, for a predecessor or a head that never came, is counted as refused, under the code
 * `left-waiting`.
 */
import { fromHex } from '../base/bytes.ts'
import { decodeMessage, type encodeMessage, type FrameBytes, type Message } from '../protocol/message.ts'
import { createBooking, type Peer } from './booking.ts'
import { createDice, type Dice } from './dice.ts'
import { createLab } from './lab.ts'
import { act, lifeSchema } from './life.ts'
import { createVillains } from './villains.ts'

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

const STRANGER = 'f'.repeat(32)
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

function fuzzRound(dice: Dice, upTo: number, report: FuzzReport): void {
  const lab = createLab(lifeSchema)
  const peers = ['ana', 'ben', 'cleo'].map(name => lab.open(name))
  const { guard, refused, bring, step, close } = createBooking(report)

  function calm(): void {
    for (let busy = true; busy; ) busy = peers.map(step).includes(true)
  }

  function throwMessage(peer: Peer, message: Message): void {
    guard(() => peer.replica.handle({ type: 'message-arrived', from: STRANGER, message }))
  }

  function throwFrame(peer: Peer, framed: FrameBytes): void {
    report.frames++
    bring(peer, STRANGER, framed, true)
  }

  function throwBytes(peer: Peer, bytes: ReturnType<typeof encodeMessage>): void {
    const message = decodeMessage(bytes, fromHex(STRANGER))
    if (!message.ok) {
      report.frames++
      refused(message.code)
    } else if (message.value.type !== 'frames') {
      throwMessage(peer, message.value)
    } else if (message.value.scope !== 0) {
      report.frames++
      refused('scope-not-followed')
    } else {
      for (const framed of message.value.frames) throwFrame(peer, framed)
    }
  }

  const attack = createVillains({ dice, peers, throwFrame, throwBytes, throwMessage, left: () => upTo - report.frames })
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
  close(peers)
  const pictures = peers.map(({ replica: { store, sync } }) => [store.fingerprint(), [...sync.vector()].sort()])
  if (new Set(pictures.map(picture => JSON.stringify(picture))).size > 1) report.equal = false
}
