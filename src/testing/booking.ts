/**
 * How each frame that was thrown at a replica has ended, read off the effects of that replica: refused, a duplicate, or applied.
 */
import { equalBytes, toHex } from '../base/bytes.ts'
import { decodeSealed } from '../protocol/frame.ts'
import type { FrameBytes, Message } from '../protocol/message.ts'
import type { FrameName, SyncEffect } from '../sync/events.ts'
import type { FuzzReport } from './fuzz.ts'
import type { LabPeer } from './lab.ts'
import type { LifeTables } from './life.ts'

export type Peer = LabPeer<LifeTables>

export interface Booking {
  /** Runs what may not throw, nor take long. */
  guard(run: () => void): void
  /** Books a thrown frame that no replica has seen. */
  refused(code: string): void
  /** Hands one frame to a peer and books what comes of it at once. */
  bring(peer: Peer, from: string, framed: FrameBytes, isThrown: boolean): void
  /** One thing that is under way to or in `peer`; false when there is nothing. */
  step(peer: Peer): boolean
  /** Books what is still waiting, and what is nowhere. */
  close(peers: readonly Peer[]): void
}

const STALL_MICROSECONDS = 100_000

/** The frame that an effect says an end of, as far as it can be read. */
function frameIn(effect: SyncEffect | undefined): FrameName | null {
  return effect?.type === 'persist' || effect?.type === 'refused' ? effect.frame : null
}

const isSame = (a: FrameName, b: FrameName | null) =>
  b !== null && a.sequence === b.sequence && equalBytes(a.author, b.author)

/** @param report - counts up */
export function createBooking(report: FuzzReport): Booking {
  /** Frames that were taken in and have not ended yet, by peer and author. */
  const open = new Map<string, { readonly sequence: number; readonly thrown: boolean }[]>()

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

  function close(peers: readonly Peer[]): void {
    for (const taken of open.values()) for (const frame of taken) if (frame.thrown) refused('left-waiting')
    for (const { id, replica } of peers) {
      const left = [...open].reduce((count, [key, taken]) => count + (key.startsWith(`${id}/`) ? taken.length : 0), 0)
      report.vanished += Math.max(0, left - replica.sync.waiting)
    }
  }

  return { guard, refused, bring, step, close }
}
