/**
 * How replicas come to hold the same: short digests at each heartbeat, vectors when they differ, and pulls of what lacks
 * from one neighbour at a time.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, equalBytes, fromHex, toHex } from '../base/bytes.ts'
import { createWriter } from '../protocol/codec.ts'
import { DIGEST_BYTES, type FrameBytes, type Message, type Range, type Reach } from '../protocol/message.ts'
import type { PeerId, SyncEffect } from './events.ts'
import type { History } from './history.ts'
import { type AuthorLog, reachOf, tailOf } from './log.ts'

/** What was asked of a peer for one author, and how many heartbeats ago. */
interface Request {
  readonly peer: PeerId
  readonly upTo: number
  age: number
}

/** Heartbeats without progress before another peer is asked. */
const PATIENCE = 3
/** Bytes of frames in one answer message. */
const BATCH_BYTES = 256 * 1024

export interface Healing {
  joined(peer: PeerId): void
  left(peer: PeerId): void
  isAlone(): boolean
  ticked(): void
  heardDigest(from: PeerId, digest: Bytes, neighbours: readonly Bytes[]): void
  heardVector(from: PeerId, vector: readonly Reach[]): void
  asked(from: PeerId, ranges: readonly Range[]): void
  /** Something of `author` up to `last` became history. */
  progressed(author: string, last: number): void
  /** Sends a frame to every peer that does not have it from its author: an own one to all. */
  spread(frame: FrameBytes, author: string): void
}

export function createHealing(
  scope: number,
  own: AuthorLog,
  history: History,
  emit: (effect: SyncEffect) => void,
): Healing {
  /** Each peer, and who it is linked to, as it last said. */
  const peers = new Map<PeerId, ReadonlySet<PeerId>>()
  /** By author id. */
  const requests = new Map<string, Request>()

  /** Of the first so many frames: history only grows, or a snapshot has more of it. */
  let digested = { frames: -1, digest: new Uint8Array(0) as Bytes }

  const send = (to: PeerId, message: Message) => emit({ type: 'send', to, message })

  function vector(): Message {
    const reached = history.begun().map(log => ({ author: log.author, sequence: reachOf(log), base: log.frames.base }))
    return { type: 'vector', scope, vector: reached }
  }

  function digest(): Bytes {
    if (digested.frames === history.applied) return digested.digest
    const writer = createWriter()
    for (const log of history.begun().sort((a, b) => (a.id < b.id ? -1 : 1))) {
      writer.bytes(log.author)
      writer.bytes(log.hash)
    }
    digested = { frames: history.applied, digest: sha256(writer.finish()).slice(0, DIGEST_BYTES) as Bytes }
    return digested.digest
  }

  return {
    joined(peer) {
      peers.set(peer, new Set())
      send(peer, vector())
    },
    left(peer) {
      peers.delete(peer)
      for (const [author, request] of requests) if (request.peer === peer) requests.delete(author)
    },
    isAlone: () => peers.size === 0,
    ticked() {
      for (const [author, request] of requests) if (++request.age >= 2 * PATIENCE) requests.delete(author)
      const neighbours = [...peers.keys()].map(fromHex)
      const heartbeat: Message = { type: 'digest', scope, digest: digest(), neighbours }
      for (const peer of peers.keys()) send(peer, heartbeat)
    },
    heardDigest(from, theirs, neighbours) {
      if (peers.has(from)) peers.set(from, new Set(neighbours.map(toHex)))
      const agreed = equalBytes(theirs, digest())
      emit({ type: 'agreed', peer: from, agreed })
      if (!agreed) send(from, vector())
    },
    heardVector(from, theirs) {
      const ranges: Range[] = []
      for (const { author, sequence, base } of theirs) {
        // A vector is only somebody's word: no log is opened for it.
        const id = toHex(author)
        const log = history.logs.get(id)
        const tail = log ? tailOf(log) : 0
        if (log?.ended || log === own || tail >= sequence || tail < base) continue
        const request = requests.get(id)
        // Who does not answer is passed over for a while, if there is anybody else.
        const patient = request && (request.age < PATIENCE || (request.peer === from && peers.size > 1))
        if (request && patient && request.upTo >= sequence && peers.has(request.peer)) continue
        requests.set(id, { peer: from, upTo: sequence, age: 0 })
        ranges.push({ author, after: tail, upTo: sequence })
      }
      if (ranges.length > 0) send(from, { type: 'want', scope, ranges })
    },
    /** In the order in which they were applied here, so that the other side need not hold them back. */
    asked(from, ranges) {
      const wanted = new Map(ranges.map(range => [toHex(range.author), range]))
      let batch: FrameBytes[] = []
      let size = 0
      const flush = () => {
        if (batch.length > 0) send(from, { type: 'frames', scope, frames: batch })
        batch = []
        size = 0
      }
      for (const { log, from: first, to } of history.order) {
        const range = wanted.get(log.id)
        if (!range) continue
        for (let i = first; i < to; i++) {
          const last = log.frames.lastAt(i)
          if (last <= range.after || last > range.upTo) continue
          const framed = log.frames.at(i)
          if (size + framed.bytes.length > BATCH_BYTES) flush()
          batch.push(framed)
          size += framed.bytes.length
        }
      }
      flush()
    },
    progressed(author, last) {
      const request = requests.get(author)
      if (!request) return
      if (request.upTo <= last) requests.delete(author)
      else request.age = 0
    },
    spread({ author, bytes }, id) {
      peers.forEach((neighbours, peer) => {
        if (peer === id || (id !== own.id && neighbours.has(id))) return
        send(peer, { type: 'frames', scope, frames: [{ author, bytes }] })
      })
    },
  }
}
