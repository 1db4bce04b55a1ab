/**
 * A world of replicas with an invented network, clock, disk and dice. Everything in it follows from the seed.
 *
 * The replicas are the product's own; only what surrounds them is made up. Seals are hashes that any replica can check:
 * they stand for signatures, which the world does not test.
 */
import { sha512 } from '@noble/hashes/sha2.js'
import { type Bytes, concatBytes, equalBytes, toHex, toUtf8 } from '../base/bytes.ts'
import { decodeMessage, encodeMessage } from '../protocol/message.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import { createReplica, type Replica, type ReplicaOptions } from '../room/replica.ts'
import type { Schema, Tables } from '../store/schema.ts'
import type { SyncEffect } from '../sync/events.ts'
import type { KeptFrame } from '../sync/keeper.ts'
import { createDice, type Dice } from './dice.ts'
import { createNetwork, type NetworkFaults, type NetworkOptions } from './network.ts'

export interface WorldPeer<T extends Tables> {
  /** Stays through crashes; the author does not. */
  readonly name: string
  /** The author of this life, in hexadecimal. */
  readonly id: string
  readonly replica: Replica<T>
  readonly refusals: ReadonlyMap<RefusalCode, number>
}

export interface World<T extends Tables> {
  readonly dice: Dice
  readonly time: number
  readonly faults: NetworkFaults & { partitions: number; joins: number; crashes: number }
  /** Those that are alive. */
  readonly peers: readonly WorldPeer<T>[]
  join(name: string): WorldPeer<T>
  /** Ends a peer between two instructions; of its disk, a part of the last writes may be missing. */
  crash(name: string): void
  /** Comes back from its disk, as another author. */
  restart(name: string): WorldPeer<T>
  /** Splits the world: only names in one group hear each other. */
  partition(groups: readonly (readonly string[])[]): void
  heal(): void
  /** Lets virtual time pass. */
  pass(milliseconds: number): void
  /** Heals, stops all faults and lets time pass until nothing is under way and all agree, or `patience` ms are over. */
  settle(patience?: number): boolean
}

export interface WorldOptions<T extends Tables> extends Partial<NetworkOptions> {
  readonly seed: number
  readonly schema: Schema<T>
  readonly interpose?: ReplicaOptions<T>['interpose']
  /** Rewrites what reaches a peer; for worlds that break a rule on purpose. */
  readonly rewrite?: (message: Bytes) => Bytes
  /** Takes every seal for genuine. */
  readonly trusting?: boolean
}

interface Life<T extends Tables> extends WorldPeer<T> {
  readonly refusals: Map<RefusalCode, number>
  readonly links: Set<string>
  nextTick: number
}

const HEARTBEAT = 1000
const SEALING = 3

export function worldSeal(author: Bytes, hash: Bytes): Bytes {
  return sha512(concatBytes(toUtf8('world'), author, hash)) as Bytes
}

/** Lossless and in order unless told otherwise. */
export function createWorld<T extends Tables>(options: WorldOptions<T>): World<T> {
  const { seed, schema } = options
  const dice = createDice(seed)
  const room = dice.bytes(16)
  const network = createNetwork<Bytes>(dice, {
    loss: options.loss ?? 0,
    duplication: options.duplication ?? 0,
    reordering: options.reordering ?? 0,
    delay: options.delay ?? 20,
  })
  const faults = Object.assign(network.faults, { partitions: 0, joins: 0, crashes: 0 })
  const lives = new Map<string, Life<T>>()
  const disks = new Map<string, KeptFrame[]>()
  const errands: { due: number; run: () => void }[] = []
  let groupOf: ReadonlyMap<string, number> | null = null
  let time = 0

  const connected = (a: string, b: string) => a !== b && (!groupOf || groupOf.get(a) === groupOf.get(b))
  const later = (delay: number, run: () => void) => void errands.push({ due: time + delay, run })
  const ofAuthor = (id: string) => [...lives.values()].find(life => life.id === id)

  /** Opens and closes links as groups and lives have it. */
  function relink(): void {
    for (const life of lives.values()) {
      for (const other of [...life.links]) {
        const peer = ofAuthor(other)
        if (peer && connected(life.name, peer.name)) continue
        life.links.delete(other)
        life.replica.handle({ type: 'peer-left', peer: other })
      }
      for (const peer of lives.values()) {
        if (!connected(life.name, peer.name) || life.links.has(peer.id)) continue
        life.links.add(peer.id)
        life.replica.handle({ type: 'peer-joined', peer: peer.id })
      }
    }
  }

  function perform(life: () => Life<T>, author: Bytes, effect: SyncEffect): void {
    const { name } = life()
    const alive = () => lives.get(name) === life()
    switch (effect.type) {
      case 'send': {
        const to = ofAuthor(effect.to)
        if (to && life().links.has(effect.to)) network.send(name, to.name, encodeMessage(effect.message))
        break
      }
      case 'seal':
        later(dice.roll(SEALING), () => {
          if (alive()) life().replica.handle({ type: 'sealed', seal: worldSeal(author, effect.hash) })
        })
        break
      case 'open-seal': {
        const genuine = options.trusting === true || equalBytes(worldSeal(effect.author, effect.hash), effect.seal)
        later(dice.roll(SEALING), () => {
          if (!alive()) return
          life().replica.handle({ type: 'seal-opened', author: effect.author, sequence: effect.sequence, genuine })
        })
        break
      }
      case 'persist':
        disks.get(name)?.push(...effect.frames)
        break
      case 'refused':
        life().refusals.set(effect.code, (life().refusals.get(effect.code) ?? 0) + 1)
    }
  }

  function live(name: string): Life<T> {
    const author = dice.bytes(16)
    const id = toHex(author)
    const life: Life<T> = {
      name,
      id,
      refusals: new Map(),
      links: new Set(),
      nextTick: time + dice.roll(HEARTBEAT),
      replica: createReplica<T>({
        schema,
        room,
        scope: 0,
        author,
        introduction: toUtf8(name),
        storeOf: bytes => Number.parseInt(toHex(bytes).slice(0, 13), 16) + 1,
        mintId: () => toHex(dice.bytes(6)),
        now: () => time,
        perform: effect => perform(() => life, author, effect),
        ...(options.interpose && { interpose: options.interpose }),
      }),
    }
    const disk = disks.get(name) ?? []
    disks.set(name, disk)
    if (disk.length > 0) life.replica.handle({ type: 'restored', frames: [...disk] })
    lives.set(name, life)
    relink()
    return life
  }

  /** Jumps from event to event. */
  function advanceTo(target: number): void {
    for (;;) {
      let next = network.nextDue
      for (const errand of errands) next = Math.min(next, errand.due)
      for (const life of lives.values()) next = Math.min(next, life.nextTick)
      if (next > target) break
      time = Math.max(time, next)
      network.advance(time, (from, to, packet) => {
        const [sender, receiver] = [lives.get(from), lives.get(to)]
        if (!sender || !receiver?.links.has(sender.id)) return
        const message = decodeMessage(options.rewrite ? options.rewrite(packet) : packet)
        if (message.ok) receiver.replica.handle({ type: 'message-arrived', from: sender.id, message: message.value })
      })
      for (let i = errands.length - 1; i >= 0; i--) {
        const errand = errands[i]
        if (!errand || errand.due > time) continue
        errands.splice(i, 1)
        errand.run()
      }
      for (const life of lives.values()) {
        if (life.nextTick > time) continue
        life.nextTick = time + HEARTBEAT
        life.replica.handle({ type: 'ticked' })
      }
    }
    time = target
    network.advance(time, () => {})
  }

  const world: World<T> = {
    dice,
    faults,
    get time() {
      return time
    },
    get peers() {
      return [...lives.values()]
    },
    join(name) {
      faults.joins++
      return live(name)
    },
    crash(name) {
      faults.crashes++
      network.cut(name)
      lives.delete(name)
      const disk = disks.get(name)
      if (disk) disk.length -= dice.roll(Math.min(3, disk.length + 1))
      relink()
    },
    restart: live,
    partition(groups) {
      faults.partitions++
      groupOf = new Map(groups.flatMap((names, i) => names.map(name => [name, i] as const)))
      relink()
    },
    heal() {
      groupOf = null
      relink()
    },
    pass: milliseconds => advanceTo(time + milliseconds),
    settle(patience = 120_000) {
      world.heal()
      network.quiet = true
      const end = time + patience
      // A frame may wait for ever: when its author crashed before the one before it was kept anywhere. Nobody has what
      // it waits for then, so all agree without it. Agreement has to last, for what is still under way.
      const agreed = () => {
        const vectors = world.peers.map(peer => JSON.stringify([...peer.replica.sync.vector()].sort()))
        return new Set(vectors).size <= 1 && world.peers.every(peer => peer.replica.sync.unsealed === 0)
      }
      let calm = 0
      while (time < end && calm < 4) {
        advanceTo(time + HEARTBEAT)
        calm = agreed() ? calm + 1 : 0
      }
      network.quiet = false
      return calm >= 4
    },
  }
  return world
}
