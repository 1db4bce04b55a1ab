/**
 * What surrounds one room of the simulated world: an invented transport, disk, signatures and identity.
 */
import { sha256, sha512 } from '@noble/hashes/sha2.js'
import { type Bytes, concatBytes, equalBytes, toHex, toUtf8 } from '../base/bytes.ts'
import { createCell, createEmitter } from '../base/subscribe.ts'
import type { MeshEvent, MeshStatus, Transport } from '../mesh/mesh.ts'
import type { Right } from '../protocol/right.ts'
import type { Link } from '../rights/index.ts'
import type { Opening } from '../room/create-room.ts'
import { createLiveRoom, type LiveRoom, type LiveRoomOptions } from '../room/live-room.ts'
import { defaultIdentity } from '../room/people.ts'
import type { RoomPorts } from '../room/ports.ts'
import type { ReplicaOptions } from '../room/replica.ts'
import type { Schema, Tables } from '../store/schema.ts'
import type { SyncEffect } from '../sync/events.ts'
import type { Kept, KeptFrame, KeptSnapshot } from '../sync/keeper.ts'
import type { Dice } from './dice.ts'

export interface SimulatedTransport extends Transport {
  /** Ids of the pages with which a link is open. */
  linked(): readonly string[]
  link(peer: string): void
  unlink(peer: string): void
  deliver(from: string, message: Bytes): void
}

export interface SimulatedRoomOptions<S extends Schema> {
  readonly schema: S
  readonly name: string
  readonly author: Bytes
  readonly right: Right
  readonly link: Link
  readonly dice: Dice
  readonly opening: Opening<S>
  readonly restored: Kept
  readonly snapshots: LiveRoomOptions<Tables>['snapshots']
  readonly trusting: boolean
  readonly durable: boolean
  readonly interpose: ReplicaOptions<S['tables']>['interpose']
  readonly now: () => number
  /** Runs something so many virtual milliseconds later. */
  readonly later: (delay: number, run: () => void) => void
  /** Whether the page has not been killed. */
  readonly alive: () => boolean
  readonly carry: (to: string, message: Bytes) => void
  readonly persist: (frames: readonly KeptFrame[], snapshot?: KeptSnapshot) => void
  /** The room was disposed of. */
  readonly leave: () => void
  readonly refused: (code: string) => void
}

export function worldSeal(author: Bytes, hash: Bytes): Bytes {
  return sha512(concatBytes(toUtf8('world'), author, hash)) as Bytes
}

/** Whether a snapshot is what somebody has sealed. */
export function isWorldSnapshot(sealed: Extract<SyncEffect, { type: 'open-snapshot' }>): boolean {
  const { bytes, digest, author, hash, seal } = sealed
  return equalBytes(sha256(bytes), digest) && equalBytes(worldSeal(author, hash), seal)
}

/** Virtual milliseconds, at most. */
const SEALING = 3
const WRITING = 4

const storeOf = (author: Bytes) => Number.parseInt(toHex(author).slice(0, 13), 16) + 1

/** The person that a page's name belongs to: `ana` for `ana#2`. */
const personOf = (introduction: Bytes) => {
  const [person = ''] = new TextDecoder().decode(introduction).split('#')
  return toHex(sha256(toUtf8(person)))
}

export function openSimulatedRoom<S extends Schema>(
  options: SimulatedRoomOptions<S>,
): {
  readonly live: LiveRoom<S['tables']>
  readonly transport: SimulatedTransport
} {
  const { schema, name, author, right, link, opening, interpose } = options
  const introduction = toUtf8(name)
  const transport = createSimulatedTransport(options)
  opening.scope.add(() => transport.dispose())
  const live = createLiveRoom<S['tables']>({
    ...opening,
    schema,
    room: link.room,
    self: { author, introduction, person: personOf(introduction), right },
    storeOf,
    ports: portsOf(options, transport),
    ...(interpose && { interpose }),
    ...(options.snapshots && { snapshots: options.snapshots }),
    refused(refusal) {
      options.refused(refusal.code)
      opening.refused(refusal)
    },
  })
  if (options.restored.snapshot || options.restored.frames.length > 0) {
    live.replica.restore(options.restored)
    opening.learn({ hasContent: true })
  }
  const person = personOf(introduction)
  const me = { ...defaultIdentity(person), peer: toHex(author), person, right, name: name.split('#')[0] ?? name }
  opening.opened(live, me, link)
  return { live, transport }
}

function portsOf<S extends Schema>(
  { author, dice, trusting, durable, later, alive, now, persist }: SimulatedRoomOptions<S>,
  transport: Transport,
): RoomPorts {
  const answerLater = (limit: number, answer: () => void) => later(dice.roll(limit), () => alive() && answer())
  return {
    transport,
    openKeeping(listener) {
      let writing = 0
      let upTo = 0
      const write = (reach: number, persisted: () => void) => {
        writing++
        upTo = reach
        answerLater(WRITING, () => {
          if (durable) persisted()
          if (--writing === 0) listener.kept(upTo)
        })
      }
      return {
        durable,
        damaged: 0,
        get idle() {
          return writing === 0
        },
        add: (frames, reach) => write(reach, () => persist(frames)),
        replace: (snapshot, reach) => write(reach, () => persist([], snapshot)),
        ticked() {},
      }
    },
    seal: (hash, done) => answerLater(SEALING, () => done(worldSeal(author, hash))),
    isGenuine: (sealed, done) =>
      answerLater(SEALING, () => done(trusting || equalBytes(worldSeal(sealed.author, sealed.hash), sealed.seal))),
    isVouched: (sealed, done) => answerLater(SEALING, () => done(isWorldSnapshot(sealed))),
    vouch: (_peer, introduction, done) => done(personOf(introduction)),
    personIn: personOf,
    mintId: () => toHex(dice.bytes(6)),
    now,
  }
}

const NOBODY: MeshStatus = { signaling: [], connecting: 0, connected: 0, problem: null }

function createSimulatedTransport({
  carry,
  leave,
}: Pick<SimulatedRoomOptions<Schema>, 'carry' | 'leave'>): SimulatedTransport {
  const links = new Set<string>()
  const status = createCell(NOBODY)
  const events = createEmitter<MeshEvent>()
  const count = () => status.set({ ...NOBODY, connected: links.size })
  const transport: SimulatedTransport = {
    status,
    events,
    send(to, message) {
      if (!links.has(to)) return { failed: 'not-connected' }
      carry(to, message)
      return 'queued'
    },
    open() {},
    expel: peer => transport.unlink(peer),
    setSignaling() {},
    dispose() {
      links.clear()
      leave()
    },
    linked: () => [...links],
    link(peer) {
      links.add(peer)
      count()
      events.emit({ type: 'peer-opened', peer })
    },
    unlink(peer) {
      if (!links.delete(peer)) return
      count()
      events.emit({ type: 'peer-closed', peer, reason: 'failed' })
    },
    deliver(from, message) {
      if (links.has(from)) events.emit({ type: 'message-arrived', from, message })
    },
  }
  return transport
}
