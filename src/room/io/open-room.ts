/**
 * The composition root: a room on real time, disk and network. Facts come in, orders go out; no decision is made here.
 */
import type { Bytes } from '../../base/bytes.ts'
import { fromHex, toHex, toUtf8 } from '../../base/bytes.ts'
import { SupermeshError } from '../../base/error.ts'
import { createScope } from '../../base/scope.ts'
import { createCell, createEmitter, type Emitter, type Observable } from '../../base/subscribe.ts'
import { openMesh } from '../../mesh/io/open-mesh.ts'
import type { Mesh, MeshEvent } from '../../mesh/mesh.ts'
import { newPresence, type PresenceEvent, stepPresence } from '../../presence/presence.ts'
import { ROOM_SCOPE } from '../../protocol/frame.ts'
import { decodeIntroduction } from '../../protocol/introduction.ts'
import { decodeMessage, encodeMessage, type Message } from '../../protocol/message.ts'
import type { JsonValue } from '../../protocol/patch.ts'
import {
  authorOf,
  credentialsOf,
  type Device,
  formatLink,
  type Link,
  openDevice,
  openEnvelope,
  openSession,
  parseLink,
  type Right,
  type Session,
  sealEnvelope,
  secureContext,
  storeIdOf,
  verifyIntroduction,
  verifySeal,
  weakenLink,
} from '../../rights/index.ts'
import type { Transaction } from '../../store/record.ts'
import type { Schema, Tables } from '../../store/schema.ts'
import type { StoreChange } from '../../store/store.ts'
import { openIndexedDbKeeper } from '../../sync/io/indexeddb-keeper.ts'
import { createMemoryKeeper, type Keeper, type KeptFrame } from '../../sync/keeper.ts'
import type { SyncEffect } from '../../sync/sync.ts'
import { createDeferredTables } from '../deferred-tables.ts'
import { greet, hello } from '../greeting.ts'
import { defaultIdentity, peopleOf } from '../people.ts'
import { createReplica, type Replica } from '../replica.ts'
import type { Channel, Me, Participant, Problem, Room, RoomStatus, TraceEvent } from '../room.ts'
import { PROBLEMS, type RoomFacts, statusOf } from '../status.ts'

export interface RoomOptions<T extends Tables> {
  readonly schema: Schema<T>
  /** A link, or a text that holds one: a whole address, a fragment with or without `#`. */
  readonly link: Link | string
  /** Signaling servers, besides those that the link names: absolute `ws:` or `wss:` addresses. */
  readonly signaling?: readonly string[]
  /** Where edits and keys are kept on this device. */
  readonly storage?: 'indexeddb' | 'memory'
  /** The own name; a made-up one otherwise. */
  readonly name?: string
  /** STUN and TURN servers; none by default. */
  readonly iceServers?: readonly RTCIceServer[]
  /**
   * Writes what a new room begins with. To be given by the page that has just made the link, and by no other: a room
   * that is filled twice has everything twice.
   */
  readonly fill?: (transaction: Transaction<T>) => void
}

const TICK_MS = 1000

/**
 * Opens a room. Nothing is touched until `ready()` is called or somebody subscribes.
 * @throws SupermeshError `link-empty`, `link-no-secret`, `link-damaged`, `link-newer-version` for a text that is no link
 */
export function openRoom<T extends Tables>(options: RoomOptions<T>): Room<T> {
  const given = linkOf(options.link)
  const scope = createScope()
  const deferred = createDeferredTables(options.schema)
  const changed = createEmitter<StoreChange>()
  const trace = createEmitter<TraceEvent>()
  const me = createCell<Me | null>(null)
  const people = createCell<readonly Participant[]>([])
  let facts: RoomFacts = {
    phase: 'opening',
    mesh: null,
    hasContent: false,
    durable: false,
    unsaved: 0,
    agreeing: 0,
    problems: [],
  }
  const status = createCell<RoomStatus>(statusOf(facts))
  const channels = new Map<string, Emitter<{ from: string; body: JsonValue }>>()
  let link = given
  let signaling = [...new Set([...(options.signaling ?? []), ...given.signaling])]
  let opening: Promise<void> | null = null
  let live: Live<T> | null = null
  let pendingName = options.name

  function learn(change: Partial<RoomFacts>): void {
    facts = { ...facts, ...change }
    const next = statusOf(facts)
    if (JSON.stringify(next) !== JSON.stringify(status.getSnapshot())) status.set(next)
  }

  const report = (problem: Problem) => {
    if (!facts.problems.some(({ code }) => code === problem.code)) learn({ problems: [...facts.problems, problem] })
  }

  async function start(): Promise<void> {
    const secure = secureContext()
    if (!secure.ok) {
      learn({ phase: 'failed', problems: [PROBLEMS.insecure] })
      throw new SupermeshError(PROBLEMS.insecure.code, secure.sentence)
    }
    const storage = options.storage ?? 'indexeddb'
    const device = await openDevice({ storage })
    scope.add(() => device.dispose())
    const { session, personId } = await introduce(device)
    const keeper = await openKeeper(storage)
    scope.add(() => keeper.dispose())
    const kept = await keeper.load()
    if (scope.disposed) return
    live = wire(session, personId, keeper)
    live.replica.handle({ type: 'restored', frames: kept })
    if (kept.length === 0 && options.fill) live.replica.store.transact(options.fill as never)
    deferred.resolve(live.replica.store.tables)
    learn({
      phase: 'open',
      durable: keeper.durable,
      hasContent: live.replica.sync.frames().length > 0 || !!options.fill,
    })
    live.mesh.open()
  }

  async function introduce(device: Device): Promise<{ session: Session; personId: string }> {
    link = (await device.strongestLink(given.room, given)) ?? given
    await device.rememberLink(link)
    const person = await device.person(link.room)
    const identity = { ...defaultIdentity(person.personId), ...(pendingName && { name: pendingName }) }
    const session = await openSession({ link, person, name: identity.name, now: Date.now() })
    me.set({ peer: session.authorId, person: person.personId, right: link.right, ...identity })
    return { session, personId: person.personId }
  }

  async function openKeeper(storage: 'indexeddb' | 'memory'): Promise<Keeper> {
    if (storage === 'memory') return createMemoryKeeper()
    try {
      return await openIndexedDbKeeper(link.room)
    } catch (error) {
      if (!(error instanceof SupermeshError)) throw error
      report(PROBLEMS.notKept)
      return createMemoryKeeper()
    }
  }

  function wire(session: Session, personId: string, keeper: Keeper): Live<T> {
    const { room } = link
    const greeted = new Set<string>()
    const agreeing = new Set<string>()
    const peerOfClient = new Map<number, string>()
    const idle = createEmitter<void>()
    let toKeep: KeptFrame[] = []
    let keeping = false
    let presence = newPresence(session.storeId)

    const mesh: Mesh = openMesh({
      self: session.authorId,
      topic: credentialsOf(link).topic,
      signaling,
      ...sealing(link),
      ...(options.iceServers && { iceServers: options.iceServers }),
      trace: entry => trace.emit({ ...entry, type: `mesh-${entry.type}` }),
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
    scope.add(replica.store.changed.subscribe(changed.emit))

    function perform(effect: SyncEffect): void {
      trace.emit({ ...effect, type: `sync-${effect.type}` })
      switch (effect.type) {
        case 'send':
          sendTo(effect.to, effect.message)
          break
        case 'persist':
          toKeep.push(...effect.frames)
          if (!facts.hasContent) learn({ hasContent: true })
          void keep()
          break
        case 'seal':
          learn({ unsaved: 1 })
          void session.seal(effect.hash).then(seal => replica.handle({ type: 'sealed', seal }))
          break
        case 'open-seal':
          void isGenuine(room, effect).then(genuine =>
            replica.handle({ type: 'seal-opened', author: effect.author, sequence: effect.sequence, genuine }),
          )
          break
        case 'agreed':
          if (effect.agreed) agreeing.add(effect.peer)
          else agreeing.delete(effect.peer)
          learn({ agreeing: agreeing.size })
      }
    }

    /** One append at a time: what comes meanwhile goes with the next. */
    async function keep(): Promise<void> {
      if (keeping) return
      keeping = true
      while (toKeep.length > 0) {
        const frames = toKeep
        toKeep = []
        try {
          await keeper.append(frames)
        } catch (error) {
          report(error instanceof SupermeshError && error.code === 'quota' ? PROBLEMS.quota : PROBLEMS.notKept)
          learn({ durable: false })
        }
      }
      keeping = false
      if (replica.sync.unsealed === 0) {
        learn({ unsaved: 0 })
        idle.emit()
      }
    }

    function sendTo(peer: string, message: Message, urgent = false): 'queued' | 'failed' {
      const outcome = mesh.send(peer, encodeMessage(message), { urgent })
      if (outcome === 'queued') return outcome
      trace.emit({ type: 'send-failed', to: peer, reason: outcome.failed })
      return 'failed'
    }

    function present(event: PresenceEvent): void {
      const [next, effects] = stepPresence(presence, event)
      presence = next
      for (const effect of effects) {
        if (effect.type === 'changed')
          people.set(peopleOf(presence, session.authorId, client => peerOfClient.get(client) ?? null))
        else if (effect.type === 'refused') trace.emit({ ...effect, type: 'presence-refused' })
        else {
          const { to, update } = effect
          const receivers = to === 'everybody' ? [...greeted] : [peerOfClient.get(to) ?? '']
          for (const peer of receivers) sendTo(peer, { type: 'presence', update }, true)
        }
      }
    }

    const clientOf = (peer: string) => storeIdOf(fromHex(peer))

    function received(from: string, bytes: Bytes): void {
      const decoded = decodeMessage(bytes)
      if (!greeted.has(from)) {
        const greeting = greet(room, decoded, bytes)
        if (greeting.type === 'turned-away') {
          trace.emit({ ...greeting, from, type: 'turned-away' })
          if (greeting.why === 'newer') report(PROBLEMS.tooOld)
          else if (greeting.why === 'older') report(PROBLEMS.otherProtocol)
          mesh.expel(from)
          return
        }
        greeted.add(from)
        peerOfClient.set(clientOf(from), from)
        replica.handle({ type: 'peer-joined', peer: from })
        present({ type: 'peer-joined', client: clientOf(from) })
        return
      }
      if (!decoded.ok) {
        trace.emit({ type: 'message-refused', code: decoded.code, from })
        return
      }
      const message = decoded.value
      if (message.type === 'presence') present({ type: 'update-arrived', from: clientOf(from), update: message.update })
      else if (message.type === 'direct') receivedDirect(from, message.channel, message.body)
      else replica.handle({ type: 'message-arrived', from, message })
    }

    function receivedDirect(from: string, channel: string, body: Bytes): void {
      try {
        channels.get(channel)?.emit({ from, body: JSON.parse(new TextDecoder().decode(body)) as JsonValue })
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        trace.emit({ type: 'message-refused', code: 'value-not-json', from })
      }
    }

    function met(event: MeshEvent): void {
      if (event.type === 'peer-opened') sendTo(event.peer, hello(room))
      else if (event.type === 'message-arrived') received(event.from, event.message)
      else if (event.type === 'peer-closed') {
        greeted.delete(event.peer)
        agreeing.delete(event.peer)
        learn({ agreeing: agreeing.size })
        replica.handle({ type: 'peer-left', peer: event.peer })
        present({ type: 'peer-left', client: clientOf(event.peer) })
        peerOfClient.delete(clientOf(event.peer))
      }
      if (event.type !== 'message-arrived') trace.emit({ ...event, type: `mesh-${event.type}` })
    }

    scope.add(mesh.events.subscribe(met))
    scope.add(mesh.status.subscribe(meshStatus => learn({ mesh: meshStatus })))
    learn({ mesh: mesh.status.getSnapshot() })
    const ticking = setInterval(() => replica.handle({ type: 'ticked' }), TICK_MS)
    scope.add(() => clearInterval(ticking))

    const { name, colour } = me.getSnapshot() as Me
    present({ type: 'own-fields-set', fields: { person: personId, name, colour, app: {} } })

    return {
      replica,
      mesh,
      sendTo,
      present,
      appFields: () => (presence.own.app ?? {}) as Record<string, JsonValue>,
      async flushed() {
        while (replica.sync.unsealed > 0 || toKeep.length > 0 || keeping) {
          await new Promise<void>(resolve => {
            const end = idle.subscribe(() => {
              end()
              resolve()
            })
          })
        }
      },
    }
  }

  const opened = () => {
    if (!live) throw new SupermeshError('room-not-open', 'Wait for ready() before you write.')
    return live
  }

  /** Watching opens the room. A failure is told by `status`. */
  const waking = <V>(observable: Observable<V>): Observable<V> => ({
    getSnapshot: observable.getSnapshot,
    subscribe(listener) {
      void room.ready().catch(() => undefined)
      return observable.subscribe(listener)
    },
  })

  const room: Room<T> = {
    schema: options.schema,
    tables: deferred.tables,
    get link() {
      return link
    },
    transact: write => opened().replica.store.transact(write),
    changed,
    status: waking(status),
    me: waking(me),
    people: waking(people),
    rename(name) {
      pendingName = name
      const known = me.getSnapshot()
      if (known) me.set({ ...known, name })
      live?.present({ type: 'own-fields-set', fields: { name } })
    },
    setPresence(fields) {
      const { present, appFields } = opened()
      const app = Object.fromEntries(
        Object.entries({ ...appFields(), ...fields }).filter(([, value]) => value !== null),
      )
      present({ type: 'own-fields-set', fields: { app } })
    },
    channel<Body extends JsonValue>(name: string): Channel<Body> {
      const emitter = channels.get(name) ?? createEmitter<{ from: string; body: JsonValue }>()
      channels.set(name, emitter)
      return {
        send: (to, body) => opened().sendTo(to, { type: 'direct', channel: name, body: toUtf8(JSON.stringify(body)) }),
        subscribe: listener => emitter.subscribe(message => listener(message as { from: string; body: Body })),
      }
    },
    ready({ signal } = {}) {
      if (scope.disposed) return Promise.reject(new SupermeshError('room-disposed', 'This room has been closed.'))
      opening ??= start()
      if (!signal) return opening
      return Promise.race([
        opening,
        new Promise<never>((_, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
        ),
      ])
    },
    flushed: async () => live?.flushed(),
    setSignaling(urls) {
      signaling = [...urls]
      live?.mesh.setSignaling(signaling)
    },
    invite: (right: Right) => formatLink({ ...weakenLink(link, right), signaling: given.signaling }),
    trace,
    fingerprint: () => opened().replica.store.fingerprint(),
    dispose: () => scope.dispose(),
  }
  return room
}

interface Live<T extends Tables> {
  readonly replica: Replica<T>
  readonly mesh: Mesh
  sendTo(peer: string, message: Message): 'queued' | 'failed'
  present(event: PresenceEvent): void
  appFields(): Record<string, JsonValue>
  flushed(): Promise<void>
}

function linkOf(link: Link | string): Link {
  if (typeof link !== 'string') return link
  const parsed = parseLink(link)
  if (!parsed.ok) throw new SupermeshError(`link-${parsed.problem}`, parsed.sentence)
  return parsed.link
}

function sealing(link: Link) {
  const { topic, signalingKey } = credentialsOf(link)
  const context = toUtf8(topic)
  return {
    seal: (plain: Bytes) => sealEnvelope(signalingKey, plain, context),
    open: (sealed: Bytes) => openEnvelope(signalingKey, sealed, context),
  }
}

/** Whether a frame was sealed by the author that it names: the introduction's session key is the author's. */
async function isGenuine(room: Bytes, effect: Extract<SyncEffect, { type: 'open-seal' }>): Promise<boolean> {
  const introduction = decodeIntroduction(effect.introduction)
  if (!introduction.ok) return false
  const { sessionKey } = introduction.value
  if (toHex(authorOf(sessionKey)) !== toHex(effect.author)) return false
  if (effect.sequence === 1 && !(await verifyIntroduction(room, introduction.value))) return false
  return verifySeal({ room, sessionKey, hash: effect.hash, seal: effect.seal })
}
