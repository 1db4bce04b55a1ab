/**
 * A room that has its keys: replica, mesh, presence and disk, wired together. Facts come in, orders go out; the rules
 * decide.
 */
import { type Bytes, fromHex, toHex, toUtf8 } from '../../base/bytes.ts'
import type { Scope } from '../../base/scope.ts'
import { createEmitter, type Subscribable } from '../../base/subscribe.ts'
import { openMesh } from '../../mesh/io/open-mesh.ts'
import type { Mesh, MeshEvent } from '../../mesh/mesh.ts'
import { newPresence, type PresenceEvent, type PresenceState, stepPresence } from '../../presence/presence.ts'
import { ROOM_SCOPE } from '../../protocol/frame.ts'
import { decodeMessage, encodeMessage, type Message } from '../../protocol/message.ts'
import type { JsonValue } from '../../protocol/patch.ts'
import { credentialsOf, type Link, openEnvelope, type Session, sealEnvelope, storeIdOf } from '../../rights/index.ts'
import type { Schema, Tables } from '../../store/schema.ts'
import type { SyncEffect } from '../../sync/events.ts'
import type { Keeper } from '../../sync/keeper.ts'
import { greet, hello } from '../greeting.ts'
import { type KnownPeer, peopleOf } from '../people.ts'
import { createReplica, type Replica } from '../replica.ts'
import type { Participant, Problem, TraceEvent } from '../room.ts'
import { PROBLEMS, type RoomFacts } from '../status.ts'
import { isGenuine, personOf } from './authenticity.ts'
import { createKeeping } from './keeping.ts'

export interface DirectMessage {
  readonly from: string
  readonly channel: string
  readonly body: JsonValue
}

export interface LiveRoom<T extends Tables> {
  readonly replica: Replica<T>
  readonly mesh: Mesh
  readonly direct: Subscribable<DirectMessage>
  send(peer: string, message: Message): 'queued' | 'failed'
  present(event: PresenceEvent): void
  readonly presence: PresenceState
  /** Resolves when all own edits so far are sealed and kept. */
  flushed(): Promise<void>
}

export interface LiveRoomOptions<T extends Tables> {
  readonly schema: Schema<T>
  readonly link: Link
  readonly session: Session
  /** Whom the session is of. */
  readonly personId: string
  readonly keeper: Keeper
  readonly signaling: readonly string[]
  readonly iceServers?: readonly RTCIceServer[]
  /** Ends with the room. */
  readonly scope: Scope
  learn(change: Partial<RoomFacts>): void
  report(problem: Problem): void
  /** They are no more. */
  withdraw(...problems: readonly Problem[]): void
  trace(event: TraceEvent): void
  showPeople(people: readonly Participant[]): void
}

const TICK_MS = 1000

export function openLiveRoom<T extends Tables>(options: LiveRoomOptions<T>): LiveRoom<T> {
  const { link, session, keeper, scope, learn, report, withdraw, trace } = options
  const { room } = link
  const greeted = new Set<string>()
  const agreeing = new Set<string>()
  /** Presence client → page and person. */
  const known = new Map<number, KnownPeer>()
  const direct = createEmitter<DirectMessage>()
  let presence = newPresence(session.storeId)

  const keeping = createKeeping(keeper, {
    kept() {
      if (keeper.durable) withdraw(PROBLEMS.quota, PROBLEMS.notKept)
      learn({ durable: keeper.durable, ...(replica.sync.unsealed === 0 && { unsaved: 0 }) })
    },
    failed(code) {
      report(code === 'quota' ? PROBLEMS.quota : PROBLEMS.notKept)
      learn({ durable: false, unsaved: 0 })
    },
  })

  const { topic, signalingKey } = credentialsOf(link)
  const mesh: Mesh = openMesh({
    self: session.authorId,
    topic,
    signaling: options.signaling,
    seal: plain => sealEnvelope(signalingKey, plain, toUtf8(topic)),
    open: sealed => openEnvelope(signalingKey, sealed, toUtf8(topic)),
    ...(options.iceServers && { iceServers: options.iceServers }),
    trace: entry => trace({ ...entry, type: `mesh-${entry.type}` }),
  })
  scope.add(() => mesh.dispose())

  const replica = createReplica<T>({
    schema: options.schema,
    room,
    scope: ROOM_SCOPE,
    author: session.author,
    introduction: session.introduction,
    storeOf: storeIdOf,
    mintId: () => toHex(crypto.getRandomValues(new Uint8Array(8))),
    now: Date.now,
    perform,
  })

  function perform(effect: SyncEffect): void {
    trace({ ...effect, type: `sync-${effect.type}` })
    switch (effect.type) {
      case 'send':
        send(effect.to, effect.message)
        break
      case 'persist':
        learn({ hasContent: true })
        keeping.add(effect.frames)
        break
      case 'seal':
        learn({ unsaved: 1 })
        void session.seal(effect.hash).then(seal => {
          if (!scope.disposed) replica.handle({ type: 'sealed', seal })
        })
        break
      case 'open-seal':
        void isGenuine(room, effect).then(genuine => {
          const { author, sequence } = effect
          if (!scope.disposed) replica.handle({ type: 'seal-opened', author, sequence, genuine })
        })
        break
      case 'agreed':
        if (effect.agreed) agreeing.add(effect.peer)
        else agreeing.delete(effect.peer)
        learn({ agreeing: agreeing.size })
    }
  }

  function send(peer: string, message: Message, urgent = false): 'queued' | 'failed' {
    const outcome = mesh.send(peer, encodeMessage(message), { urgent })
    if (outcome === 'queued') return outcome
    trace({ type: 'send-failed', to: peer, reason: outcome.failed })
    return 'failed'
  }

  function present(event: PresenceEvent): void {
    const [next, effects] = stepPresence(presence, event)
    presence = next
    for (const effect of effects) {
      if (effect.type === 'changed') {
        showPeople()
      } else if (effect.type === 'refused') {
        trace({ ...effect, type: 'presence-refused' })
      } else {
        const receivers = effect.to === 'everybody' ? [...greeted] : [known.get(effect.to)?.peer ?? '']
        for (const peer of receivers) send(peer, { type: 'presence', update: effect.update }, true)
      }
    }
  }

  const clientOf = (peer: string) => storeIdOf(fromHex(peer))

  function showPeople(): void {
    const self = { peer: session.authorId, person: options.personId }
    options.showPeople(peopleOf(presence, self, client => known.get(client) ?? null))
  }

  /** Until its introduction is checked, and without one, a page stands for itself alone. */
  async function vouch(peer: string, introduction: Bytes): Promise<void> {
    const person = await personOf(room, peer, introduction)
    if (person === null) return trace({ type: 'introduction-refused', from: peer })
    if (!greeted.has(peer)) return
    known.set(clientOf(peer), { peer, person })
    showPeople()
  }

  /** The first message of a link: nothing else is read before it. */
  function greeting(from: string, bytes: Bytes): void {
    const answer = greet(room, decodeMessage(bytes), bytes)
    if (answer.type === 'turned-away') {
      trace({ ...answer, from, type: 'turned-away' })
      if (answer.why === 'newer') report(PROBLEMS.tooOld)
      else if (answer.why === 'older') report(PROBLEMS.otherProtocol)
      mesh.expel(from)
      return
    }
    greeted.add(from)
    known.set(clientOf(from), { peer: from, person: from })
    void vouch(from, answer.introduction)
    replica.handle({ type: 'peer-joined', peer: from })
    present({ type: 'peer-joined', client: clientOf(from) })
  }

  function received(from: string, bytes: Bytes): void {
    const decoded = decodeMessage(bytes)
    if (!decoded.ok) return trace({ type: 'message-refused', code: decoded.code, from })
    const message = decoded.value
    if (message.type === 'presence') {
      present({ type: 'update-arrived', from: clientOf(from), update: message.update })
    } else if (message.type === 'direct') {
      const body = parseBody(message.body)
      if (body === undefined) trace({ type: 'message-refused', code: 'value-not-json', from })
      else direct.emit({ from, channel: message.channel, body })
    } else {
      replica.handle({ type: 'message-arrived', from, message })
    }
  }

  function left(peer: string): void {
    greeted.delete(peer)
    agreeing.delete(peer)
    learn({ agreeing: agreeing.size })
    replica.handle({ type: 'peer-left', peer })
    present({ type: 'peer-left', client: clientOf(peer) })
    known.delete(clientOf(peer))
  }

  function met(event: MeshEvent): void {
    switch (event.type) {
      case 'peer-opened':
        send(event.peer, hello(room, session.introduction))
        break
      case 'peer-closed':
        left(event.peer)
        break
      case 'message-arrived':
        if (greeted.has(event.from)) received(event.from, event.message)
        else greeting(event.from, event.message)
        return
    }
    trace({ ...event, type: `mesh-${event.type}` })
  }

  scope.add(mesh.events.subscribe(met))
  scope.add(mesh.status.subscribe(status => learn({ mesh: status })))
  learn({ mesh: mesh.status.getSnapshot(), durable: keeper.durable })
  const ticking = setInterval(() => replica.handle({ type: 'ticked' }), TICK_MS)
  scope.add(() => clearInterval(ticking))

  return {
    replica,
    mesh,
    direct,
    send,
    present,
    get presence() {
      return presence
    },
    async flushed() {
      // Sealing is asynchronous, and what is sealed is on its way to the keeper at once.
      while (replica.sync.unsealed > 0) await new Promise(resolve => setTimeout(resolve, 0))
      await keeping.settled()
    },
  }
}

function parseBody(body: Bytes): JsonValue | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as JsonValue
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
