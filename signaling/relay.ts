/**
 * The relay's rule: who follows which topic, and who therefore receives what.
 *
 * It behaves as y-webrtc's server does towards clients that keep the protocol: a publish goes to every follower of its
 * topic, the sender included if it follows it, with `clients` set to their number. Towards the others it is stricter:
 * what it cannot read it refuses with an answer, and who asks too much of it is closed with a reason. It stores no
 * message. It must not know sockets: a connection is a token that the adapter chose.
 *
 * Invariants:
 *  1. A frame reaches exactly the connections that follow its topic at that moment.
 *  2. `topics` holds no topic without followers, and a follower's own `topics` mirror it.
 *  3. A connection that was closed or has gone is forgotten at once: no effect names it again.
 *  4. No frame, however made, throws.
 */
import type { Step } from '../src/base/step.ts'
import {
  encodeSignaling,
  type PublishMessage,
  parseSignaling,
  SIGNALING_MAX_TOPICS,
  type SignalingRefusal,
} from '../src/protocol/signaling.ts'

/** Work is counted in units: a frame costs one, and one more for each receiver or topic in it. */
export interface RelayLimits {
  readonly connections: number
  readonly connectionsPerAddress: number
  readonly topicsPerConnection: number
  /** Units that a connection which was quiet may use at once. */
  readonly burst: number
  /** Units per second that a connection may use for ever. */
  readonly sustained: number
}

export const defaultRelayLimits: RelayLimits = {
  connections: 50_000,
  connectionsPerAddress: 1_000,
  topicsPerConnection: SIGNALING_MAX_TOPICS,
  burst: 100_000,
  sustained: 20_000,
}

/** What a refused frame costs in units, so that whoever sends only such frames is soon closed. */
export const REFUSAL_COST = 100

interface Connection {
  /** Whom the connection counts for; `null` when its address says nothing, as behind a proxy. */
  readonly address: string | null
  readonly topics: Set<string>
  /** Units left, as of `countedAt`. */
  units: number
  countedAt: number
  /** Whether anything was heard since the last sweep. */
  heard: boolean
}

/** Belongs to the rule, which changes it in place: a copy of every table for every frame would be the relay's main work. */
export interface RelayState<Id> {
  readonly limits: RelayLimits
  readonly connections: Map<Id, Connection>
  readonly topics: Map<string, Set<Id>>
  readonly addresses: Map<string, number>
}

/** `at` is a monotonic time in milliseconds. */
export type RelayEvent<Id> =
  | { readonly type: 'connected'; readonly id: Id; readonly address: string | null; readonly at: number }
  | { readonly type: 'frame-arrived'; readonly id: Id; readonly text: string; readonly at: number }
  /** A WebSocket ping or pong. */
  | { readonly type: 'heard'; readonly id: Id; readonly at: number }
  /** More is waiting to be sent to it than the adapter is willing to hold. */
  | { readonly type: 'overflowed'; readonly id: Id }
  | { readonly type: 'disconnected'; readonly id: Id }
  /** Time to look who is still there; a connection silent from one sweep to the next is closed. */
  | { readonly type: 'swept' }

export type CloseReason = 'relay-full' | 'too-many-connections' | 'rate-exceeded' | 'receiver-too-slow' | 'silent'

export type RelayEffect<Id> =
  | { readonly type: 'send'; readonly to: readonly Id[]; readonly text: string }
  | { readonly type: 'ping'; readonly to: readonly Id[] }
  | { readonly type: 'close'; readonly id: Id; readonly reason: CloseReason }

export type RelayRefusal = SignalingRefusal | 'not-for-the-relay'

type Stepped<Id> = ReturnType<Step<RelayState<Id>, RelayEvent<Id>, RelayEffect<Id>>>

export function initialRelay<Id>(limits: RelayLimits = defaultRelayLimits): RelayState<Id> {
  return { limits, connections: new Map(), topics: new Map(), addresses: new Map() }
}

export function stepRelay<Id>(state: RelayState<Id>, event: RelayEvent<Id>): Stepped<Id> {
  switch (event.type) {
    case 'connected':
      return connect(state, event.id, event.address, event.at)
    case 'frame-arrived':
      return receive(state, event.id, event.text, event.at)
    case 'heard':
      return hear(state, event.id, event.at)
    case 'overflowed':
      return state.connections.has(event.id) ? close(state, event.id, 'receiver-too-slow') : [state, []]
    case 'disconnected':
      forget(state, event.id)
      return [state, []]
    case 'swept':
      return sweep(state)
  }
}

function connect<Id>(state: RelayState<Id>, id: Id, address: string | null, at: number): Stepped<Id> {
  const { limits, connections, addresses } = state
  if (connections.size >= limits.connections) return [state, [{ type: 'close', id, reason: 'relay-full' }]]
  if (address !== null) {
    const others = addresses.get(address) ?? 0
    if (others >= limits.connectionsPerAddress) {
      return [state, [{ type: 'close', id, reason: 'too-many-connections' }]]
    }
    addresses.set(address, others + 1)
  }
  connections.set(id, { address, topics: new Set(), units: limits.burst, countedAt: at, heard: true })
  return [state, []]
}

function hear<Id>(state: RelayState<Id>, id: Id, at: number): Stepped<Id> {
  const connection = state.connections.get(id)
  if (connection === undefined) return [state, []] // 3
  connection.heard = true
  return spend(state, connection, 1, at) ? [state, []] : close(state, id, 'rate-exceeded')
}

function receive<Id>(state: RelayState<Id>, id: Id, text: string, at: number): Stepped<Id> {
  const connection = state.connections.get(id)
  if (connection === undefined) return [state, []] // 3
  connection.heard = true
  // Paid before it is read, so that an empty purse costs the relay nothing more.
  if (!spend(state, connection, 1, at)) return close(state, id, 'rate-exceeded')
  const parsed = parseSignaling(text)
  if (!parsed.ok) return refuse(state, id, connection, parsed.code, at)
  const message = parsed.value
  switch (message.type) {
    case 'publish':
      return publish(state, id, connection, message, at)
    case 'subscribe':
    case 'unsubscribe':
      if (!spend(state, connection, message.topics.length, at)) return close(state, id, 'rate-exceeded')
      if (message.type === 'subscribe') return subscribe(state, id, connection, message.topics, at)
      for (const topic of message.topics) unfollow(state, id, connection, topic)
      return [state, []]
    case 'ping':
      return [state, [{ type: 'send', to: [id], text: PONG }]]
    case 'pong':
      return [state, []]
    case 'refused':
      return refuse(state, id, connection, 'not-for-the-relay', at)
  }
}

const PONG = encodeSignaling({ type: 'pong' })

function publish<Id>(
  state: RelayState<Id>,
  id: Id,
  connection: Connection,
  message: PublishMessage,
  at: number,
): Stepped<Id> {
  const followers = state.topics.get(message.topic)
  if (followers === undefined) return [state, []]
  if (!spend(state, connection, followers.size, at)) return close(state, id, 'rate-exceeded')
  // A copy, because carrying the effect out may close connections and so change the set. (1)
  const to = [...followers]
  return [state, [{ type: 'send', to, text: encodeSignaling({ ...message, clients: to.length }) }]]
}

function subscribe<Id>(
  state: RelayState<Id>,
  id: Id,
  connection: Connection,
  topics: readonly string[],
  at: number,
): Stepped<Id> {
  const wanted = new Set([...connection.topics, ...topics])
  if (wanted.size > state.limits.topicsPerConnection) return refuse(state, id, connection, 'too-many-topics', at)
  for (const topic of topics) {
    connection.topics.add(topic)
    const followers = state.topics.get(topic)
    if (followers === undefined) state.topics.set(topic, new Set([id]))
    else followers.add(id)
  }
  return [state, []]
}

function refuse<Id>(
  state: RelayState<Id>,
  id: Id,
  connection: Connection,
  code: RelayRefusal,
  at: number,
): Stepped<Id> {
  if (!spend(state, connection, REFUSAL_COST, at)) return close(state, id, 'rate-exceeded')
  return [state, [{ type: 'send', to: [id], text: encodeSignaling({ type: 'refused', code }) }]]
}

function sweep<Id>(state: RelayState<Id>): Stepped<Id> {
  const silent: Id[] = []
  const there: Id[] = []
  for (const [id, connection] of state.connections) {
    ;(connection.heard ? there : silent).push(id)
    connection.heard = false
  }
  const closings = silent.flatMap(id => close(state, id, 'silent')[1])
  return [state, [...closings, { type: 'ping', to: there }]]
}

/** A token bucket: takes `cost` units if they are there. */
function spend<Id>({ limits }: RelayState<Id>, connection: Connection, cost: number, at: number): boolean {
  const earned = (Math.max(0, at - connection.countedAt) / 1000) * limits.sustained
  connection.units = Math.min(limits.burst, connection.units + earned)
  connection.countedAt = at
  if (connection.units < cost) return false
  connection.units -= cost
  return true
}

function close<Id>(state: RelayState<Id>, id: Id, reason: CloseReason): Stepped<Id> {
  forget(state, id) // 3
  return [state, [{ type: 'close', id, reason }]]
}

function forget<Id>(state: RelayState<Id>, id: Id): void {
  const connection = state.connections.get(id)
  if (connection === undefined) return
  for (const topic of connection.topics) unfollow(state, id, connection, topic)
  state.connections.delete(id)
  const { address } = connection
  if (address === null) return
  const others = (state.addresses.get(address) ?? 1) - 1
  if (others > 0) state.addresses.set(address, others)
  else state.addresses.delete(address)
}

function unfollow<Id>(state: RelayState<Id>, id: Id, connection: Connection, topic: string): void {
  if (!connection.topics.delete(topic)) return
  const followers = state.topics.get(topic)
  followers?.delete(id)
  if (followers?.size === 0) state.topics.delete(topic) // 2
}
