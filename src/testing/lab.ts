/**
 * A few replicas on a bench: nothing happens unless it is asked for, and everything that happened can be looked at.
 *
 * Where the simulated world rolls dice, a test of one rule wants to say itself which message comes when. Seals are the
 * world's.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { type Bytes, equalBytes, toHex, toUtf8 } from '../base/bytes.ts'
import { ROOM_SCOPE } from '../protocol/frame.ts'
import type { Message } from '../protocol/message.ts'
import { createReplica, type Replica } from '../room/replica.ts'
import type { Schema, Tables } from '../store/schema.ts'
import type { SnapshotPolicy, SyncEffect } from '../sync/events.ts'
import type { KeptFrame } from '../sync/keeper.ts'
import { isWorldSnapshot, worldSeal } from './simulated-room.ts'

export interface LabPeer<T extends Tables> {
  readonly name: string
  readonly author: Bytes
  /** The author in hexadecimal. */
  readonly id: string
  readonly replica: Replica<T>
  /** Everything it ever ordered, in order. */
  readonly effects: SyncEffect[]
  /** What its disk holds. */
  readonly kept: KeptFrame[]
  /** Messages that are on their way to it. */
  inbox: { readonly from: string; readonly message: Message }[]
  /** Seals that it waits for, to make or to open. */
  seals: (() => void)[]
}

export interface LabPeerOptions {
  /** What its disk brings. */
  readonly snapshot?: Bytes | null
  readonly restored?: readonly KeptFrame[]
  readonly scope?: number
  readonly snapshots?: Partial<SnapshotPolicy>
}

export interface Lab<T extends Tables> {
  readonly peers: readonly LabPeer<T>[]
  /** @param options - `scope`: the document of the room that it is a replica of, the room itself by default */
  open(name: string, options?: LabPeerOptions): LabPeer<T>
  link(a: LabPeer<T>, b: LabPeer<T>): void
  unlink(a: LabPeer<T>, b: LabPeer<T>): void
  /** A heartbeat of every peer. */
  tick(): void
  /** Answers seals and delivers messages, first come first served, until nothing is left. */
  flush(): void
}

export const LAB_ROOM: Bytes = new Uint8Array(16).fill(7)

export function labStore(author: Bytes): number {
  return Number.parseInt(toHex(author).slice(0, 13), 16) + 1
}

/** @param rewrite - what becomes of a message on its way */
export function createLab<T extends Tables>(
  schema: Schema<T>,
  rewrite = (message: Message): Message => message,
): Lab<T> {
  const peers: LabPeer<T>[] = []
  const byId = (id: string) => peers.find(peer => peer.id === id)

  function perform(peer: LabPeer<T>, effect: SyncEffect): void {
    peer.effects.push(effect)
    if (effect.type === 'send') byId(effect.to)?.inbox.push({ from: peer.id, message: rewrite(effect.message) })
    else if (effect.type === 'persist') peer.kept.push(effect.frame)
    else if (effect.type === 'seal') {
      const seal = worldSeal(peer.author, effect.hash)
      peer.seals.push(() => peer.replica.handle({ type: 'sealed', seal }))
    } else if (effect.type === 'open-seal') {
      const { author, sequence } = effect
      const genuine = equalBytes(worldSeal(author, effect.hash), effect.seal)
      peer.seals.push(() => peer.replica.handle({ type: 'seal-opened', author, sequence, genuine }))
    } else if (effect.type === 'open-snapshot') {
      const introduced = effect.introductions.every(({ introduction }) => introduction.length > 0)
      const genuine = introduced && isWorldSnapshot(effect)
      peer.seals.push(() => peer.replica.handle({ type: 'snapshot-opened', genuine }))
    }
  }

  return {
    peers,
    open(name, { snapshot, restored, scope = ROOM_SCOPE, snapshots } = {}) {
      const author = sha256(toUtf8(name)).slice(0, 16) as Bytes
      let minted = 0
      const replica = createReplica<T>({
        schema,
        room: LAB_ROOM,
        scope,
        author,
        introduction: toUtf8(name),
        storeOf: labStore,
        mintId: () => `${name}-${++minted}`,
        now: () => 1_700_000_000_000,
        perform: effect => perform(peer, effect),
        ...(snapshots && { snapshots }),
      })
      const peer: LabPeer<T> = { name, author, id: toHex(author), replica, effects: [], kept: [], inbox: [], seals: [] }
      peers.push(peer)
      if (restored) peer.kept.push(...restored)
      replica.restore({ snapshot: snapshot ?? null, frames: restored ?? [] })
      return peer
    },
    link(a, b) {
      a.replica.handle({ type: 'peer-joined', peer: b.id })
      b.replica.handle({ type: 'peer-joined', peer: a.id })
    },
    unlink(a, b) {
      a.inbox = a.inbox.filter(({ from }) => from !== b.id)
      b.inbox = b.inbox.filter(({ from }) => from !== a.id)
      a.replica.handle({ type: 'peer-left', peer: b.id })
      b.replica.handle({ type: 'peer-left', peer: a.id })
    },
    tick() {
      for (const peer of peers) peer.replica.handle({ type: 'ticked' })
    },
    flush() {
      for (let busy = true; busy; ) {
        busy = false
        for (const peer of peers) {
          const seal = peer.seals.shift()
          seal?.()
          const next = peer.inbox.shift()
          if (next) peer.replica.handle({ type: 'message-arrived', ...next })
          busy ||= seal !== undefined || next !== undefined
        }
      }
    },
  }
}
