/**
 * A world of rooms with an invented network, clock, disk and dice. Everything in it follows from the seed.
 *
 * The rooms are the product's own; only what surrounds them is made up. Seals are hashes that any replica can check: they
 * stand for signatures, which the world does not test.
 */
import { type Bytes, fromHex, toHex } from '../base/bytes.ts'
import { SupermeshError } from '../base/error.ts'
import { messageType } from '../protocol/message.ts'
import type { Right } from '../protocol/right.ts'
import { linkFrom, weakenLink } from '../rights/index.ts'
import { createRoom } from '../room/create-room.ts'
import type { LiveRoom, LiveRoomOptions } from '../room/live-room.ts'
import type { Replica, ReplicaOptions } from '../room/replica.ts'
import type { Room } from '../room/room.ts'
import type { Schema, Tables } from '../store/schema.ts'
import type { KeptFrame, KeptSnapshot } from '../sync/keeper.ts'
import { createDice, type Dice } from './dice.ts'
import { createNetwork, type NetworkFaults, type NetworkOptions } from './network.ts'
import { openSimulatedRoom, type SimulatedTransport } from './simulated-room.ts'

export interface SimulatedPeer<S extends Schema = Schema> {
  /** Stays through crashes; the author does not. Pages of one person are called `ana`, `ana#2`, … */
  readonly name: string
  /** The author of this life, in hexadecimal. */
  readonly id: string
  readonly room: Room<S>
  readonly replica: Replica<S['tables']>
  readonly transport: SimulatedTransport
  readonly refusals: ReadonlyMap<string, number>
}

export interface JoinOptions {
  /** What the page's link allows; everything by default. */
  readonly right?: Right
}

export interface Simulation {
  readonly dice: Dice
  /** Virtual milliseconds since it began. */
  readonly time: number
  readonly faults: NetworkFaults & { partitions: number; joins: number; crashes: number; snapshots: number }
  /** Those that are alive. */
  readonly peers: readonly SimulatedPeer[]
  /** A page opens the room: a new one, or one that comes back to its disk as another author. */
  join<S extends Schema>(schema: S, name: string, options?: JoinOptions): SimulatedPeer<S>
  /** Ends a page between two instructions; what is being written to its disk is lost. */
  kill(name: string): void
  /** Splits the world: only names in one group hear each other. Who is in no group is alone. */
  partition(groups: readonly (readonly string[])[]): void
  heal(): void
  /** Lets virtual time pass. */
  pass(milliseconds: number): void
  /**
   * Heals, stops all faults and lets time pass, heartbeat by heartbeat, until nothing is under way and all agree, or
   * `patience` ms are over. Returns whether all agree.
   */
  settling(patience: number): Generator<void, boolean>
  /** All of {@link Simulation.settling} in one turn. */
  settle(patience?: number): boolean
}

export interface SimulationOptions extends Partial<NetworkOptions> {
  readonly seed: number
  // biome-ignore lint/suspicious/noExplicitAny: a world may hold rooms of several schemas
  readonly interpose?: ReplicaOptions<any>['interpose']
  /** Rewrites what reaches a peer; for worlds that break a rule on purpose. */
  readonly rewrite?: (message: Bytes, sender: Bytes) => Bytes
  /** Takes every seal for genuine. */
  readonly trusting?: boolean
  /** When snapshots are taken. */
  readonly snapshots?: LiveRoomOptions<Tables>['snapshots']
  /** Nobody has a disk. */
  readonly diskless?: boolean
}

interface Disk {
  snapshot: Bytes | null
  frames: KeptFrame[]
}

function write(disk: Disk, frames: readonly KeptFrame[], snapshot?: KeptSnapshot): void {
  const isCovered = ({ author, sequence }: KeptFrame) => sequence <= (snapshot?.reach.get(toHex(author)) ?? 0)
  if (snapshot) disk.snapshot = snapshot.bytes
  disk.frames = [...disk.frames.filter(frame => !isCovered(frame)), ...frames]
}

/** A page while it lives, whatever its schema. */
interface Life extends SimulatedPeer {
  readonly live: LiveRoom<Tables>
  nextTick: number
}

const HEARTBEAT = 1000
/** How long all have to agree before nothing more is thought to be under way; heartbeats. */
const CALM = 4
/** Virtual milliseconds until it is thought that they never will. */
export const PATIENCE = 120_000

/** Lossless and in order unless told otherwise. */
export function createSimulation(options: SimulationOptions): Simulation {
  const { seed } = options
  const dice = createDice(seed)
  const link = linkFrom({ random: dice.bytes(16) })
  const network = createNetwork<Bytes>(dice, {
    loss: options.loss ?? 0,
    duplication: options.duplication ?? 0,
    reordering: options.reordering ?? 0,
    delay: options.delay ?? 20,
  })
  const faults = Object.assign(network.faults, { partitions: 0, joins: 0, crashes: 0, snapshots: 0 })
  const lives = new Map<string, Life>()
  const disks = new Map<string, Disk>()
  const errands: { due: number; run: () => void }[] = []
  let groupOf: ReadonlyMap<string, number> | null = null
  let time = 0
  /** The first words on links that are being opened. */
  let greetings: (() => void)[] | null = null

  function connected(a: string, b: string): boolean {
    if (a === b) return false
    return !groupOf || (groupOf.has(a) && groupOf.get(a) === groupOf.get(b))
  }

  const later = (delay: number, run: () => void) => void errands.push({ due: time + delay, run })
  const ofAuthor = (id: string) => [...lives.values()].find(life => life.id === id)
  const isAlive = (life: Life) => lives.get(life.name) === life

  /** Opens and closes links as groups and lives have it. */
  function relink(): void {
    for (const life of lives.values()) {
      for (const other of life.transport.linked()) {
        const peer = ofAuthor(other)
        if (!peer || !connected(life.name, peer.name)) life.transport.unlink(other)
      }
    }
    const all = [...lives.values()]
    for (const [i, a] of all.entries()) {
      for (const b of all.slice(i + 1)) if (connected(a.name, b.name)) open(a, b)
    }
  }

  /** A link is open when both sides have said their first words, which are not lost on it. */
  function open(a: Life, b: Life): void {
    if (a.transport.linked().includes(b.id)) return
    const said: (() => void)[] = []
    greetings = said
    a.transport.link(b.id)
    b.transport.link(a.id)
    greetings = null
    for (const deliver of said) deliver()
  }

  function carry(from: Life, to: string, message: Bytes): void {
    const receiver = ofAuthor(to)
    if (!receiver || !isAlive(from)) return
    if (greetings) greetings.push(() => receiver.transport.deliver(from.id, message))
    // What sync says heals when it is lost. The rest goes over links that lose nothing: a loss would be a broken link.
    else network.send(from.name, receiver.name, message, !HEALED.has(messageType(message) ?? ''))
  }

  function live<S extends Schema>(schema: S, name: string, right: Right): Life {
    const author = dice.bytes(16)
    const disk = disks.get(name) ?? { snapshot: null, frames: [] }
    disks.set(name, disk)
    const refusals = new Map<string, number>()
    const own = weakenLink(link, right)
    let opened: ReturnType<typeof openSimulatedRoom<S>> | null = null
    const room = createRoom<S>({
      schema,
      link: own,
      signaling: [],
      page: () => 'https://world.example/',
      open(opening) {
        opened = openSimulatedRoom<S>({
          ...{ schema, name, author, right, dice, opening, link: own, later },
          trusting: options.trusting === true,
          durable: options.diskless !== true,
          interpose: options.interpose,
          now: () => time,
          restored: { ...disk },
          snapshots: options.snapshots,
          alive: () => lives.get(name) === life,
          carry: (to, message) => carry(life, to, message),
          persist(frames, snapshot) {
            if (snapshot) faults.snapshots++
            write(disk, frames, snapshot)
          },
          leave: () => lives.get(name) === life && leave(name),
          refused: code => void refusals.set(code, (refusals.get(code) ?? 0) + 1),
        })
      },
    })
    room.ready().catch(() => undefined)
    if (opened === null) throw new SupermeshError('simulation-broken', `${name} could not open its room.`)
    const { live, transport } = opened as ReturnType<typeof openSimulatedRoom<S>>
    const parts = { name, id: toHex(author), room, replica: live.replica, live, transport, refusals }
    // A world holds rooms of several schemas.
    const life = { ...parts, nextTick: time + dice.roll(HEARTBEAT) } as unknown as Life
    lives.set(name, life)
    relink()
    return life
  }

  function leave(name: string): void {
    network.cut(name)
    lives.delete(name)
    relink()
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
        const sender = lives.get(from)
        if (!sender) return
        const message = options.rewrite ? options.rewrite(packet, fromHex(sender.id)) : packet
        lives.get(to)?.transport.deliver(sender.id, message)
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
        life.live.tick()
      }
    }
    time = target
    network.advance(time, () => {})
  }

  // A frame may wait for ever: when its author crashed before the one before it was kept anywhere. Nobody has what it waits
  // for then, so all agree without it. Agreement has to last, for what is still under way.
  function agreed(): boolean {
    const vectors = simulation.peers.map(peer => JSON.stringify([...peer.replica.sync.vector()].sort()))
    return new Set(vectors).size <= 1 && simulation.peers.every(peer => peer.replica.sync.unsealed === 0)
  }

  const simulation: Simulation = {
    dice,
    faults,
    get time() {
      return time
    },
    get peers() {
      return [...lives.values()]
    },
    join(schema, name, { right = 'own' } = {}) {
      if (!disks.has(name)) faults.joins++
      return live(schema, name, right) as unknown as SimulatedPeer<typeof schema>
    },
    kill(name) {
      const life = lives.get(name)
      if (!life) return
      faults.crashes++
      leave(name)
      life.room.dispose()
    },
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
    *settling(patience) {
      simulation.heal()
      network.quiet = true
      const end = time + patience
      let calm = 0
      while (time < end && calm < CALM) {
        advanceTo(time + HEARTBEAT)
        calm = agreed() ? calm + 1 : 0
        yield
      }
      network.quiet = false
      return calm >= CALM
    },
    settle(patience = PATIENCE) {
      const steps = simulation.settling(patience)
      for (let step = steps.next(); ; step = steps.next()) if (step.done) return step.value
    },
  }
  return simulation
}

const HEALED: ReadonlySet<string> = new Set(['frames', 'digest', 'vector', 'want', 'want-snapshot', 'snapshot'])
