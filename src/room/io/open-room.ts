/**
 * Opens rooms: the composition root. A room is there at once; its keys, its disk and the others come later.
 */
import { toUtf8 } from '../../base/bytes.ts'
import { SupermeshError } from '../../base/error.ts'
import { createScope } from '../../base/scope.ts'
import { createCell, createEmitter, type Emitter, type Observable } from '../../base/subscribe.ts'
import type { JsonValue } from '../../protocol/patch.ts'
import {
  formatLink,
  type Link,
  openDevice,
  openSession,
  type Person,
  parseLink,
  type Right,
  secureContext,
  weakenLink,
} from '../../rights/index.ts'
import type { Transaction } from '../../store/record.ts'
import type { Schema, Tables } from '../../store/schema.ts'
import type { StoreChange } from '../../store/store.ts'
import { openIndexedDbKeeper } from '../../sync/io/indexeddb-keeper.ts'
import { createMemoryKeeper, type Keeper, type KeptFrame } from '../../sync/keeper.ts'
import { createDeferredTables } from '../deferred-tables.ts'
import { defaultIdentity } from '../people.ts'
import type { Channel, Me, Participant, Presence, Problem, Room, RoomStatus, TraceEvent } from '../room.ts'
import { PROBLEMS, type RoomFacts, statusOf } from '../status.ts'
import { type LiveRoom, openLiveRoom } from './live-room.ts'
import { patiently } from './patience.ts'

type Storage = 'indexeddb' | 'memory'

/** Until a disk that does not answer counts as none. */
const OPENING_PATIENCE_MS = 5000
/** Until one that opened, but does not say what it holds, counts as none: a long history takes its time. */
const LOADING_PATIENCE_MS = 30_000

export interface RoomOptions<T extends Tables> {
  readonly schema: Schema<T>
  /** A link, or a text that holds one: a whole address, a fragment with or without `#`. */
  readonly link: Link | string
  /** Signaling servers, besides those that the link names: absolute `ws:` or `wss:` addresses. */
  readonly signaling?: readonly string[]
  /** Where edits and keys are kept on this device. */
  readonly storage?: Storage
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
  let live: LiveRoom<T> | null = null
  let pendingName = options.name
  let storage = options.storage ?? 'indexeddb'

  function learn(change: Partial<RoomFacts>): void {
    facts = { ...facts, ...change }
    const next = statusOf(facts)
    if (JSON.stringify(next) !== JSON.stringify(status.getSnapshot())) status.set(next)
  }

  const report = (problem: Problem) => {
    if (!facts.problems.some(({ code }) => code === problem.code)) learn({ problems: [...facts.problems, problem] })
  }

  const withdraw = (...solved: readonly Problem[]) => {
    const problems = facts.problems.filter(({ code }) => !solved.some(each => each.code === code))
    if (problems.length < facts.problems.length) learn({ problems })
  }

  async function start(): Promise<void> {
    const secure = secureContext()
    if (!secure.ok) {
      learn({ phase: 'failed', problems: [PROBLEMS.insecure] })
      throw new SupermeshError(PROBLEMS.insecure.code, secure.sentence)
    }
    try {
      await openAll()
    } catch (error) {
      trace.emit({ type: 'opening-failed', error: String(error) })
      learn({ phase: 'failed', problems: [...facts.problems, PROBLEMS.notOpened] })
      throw error
    }
  }

  async function openAll(): Promise<void> {
    const { session, personId, identity } = await introduce(await onDisk(openPerson))
    const { keeper, kept } = await onDisk(openKeeper)
    scope.add(() => keeper.dispose())
    if (scope.disposed) return
    const { iceServers, schema } = options
    live = openLiveRoom({
      ...{ schema, link, session, personId, keeper, signaling, scope, learn, report, withdraw },
      ...(iceServers && { iceServers }),
      trace: trace.emit,
      showPeople: people.set,
    })
    scope.add(live.replica.store.changed.subscribe(changed.emit))
    scope.add(live.direct.subscribe(({ from, channel, body }) => channels.get(channel)?.emit({ from, body })))
    live.replica.handle({ type: 'restored', frames: kept })
    if (kept.length > 0) learn({ hasContent: true })
    else if (options.fill) live.replica.store.transact(options.fill as Parameters<Room<T>['transact']>[0])
    live.present({ type: 'own-fields-set', fields: { ...identity, app: {} } })
    deferred.resolve(live.replica.store.tables)
    learn({ phase: 'open' })
    live.mesh.open()
  }

  /** Where the browser offers no disk, or one that does not answer, the room lives in memory, and says so. */
  async function onDisk<V>(use: (storage: Storage) => Promise<V>): Promise<V> {
    if (storage === 'indexeddb') {
      try {
        return await use(storage)
      } catch (error) {
        storage = 'memory'
        trace.emit({ type: 'keeper-failed', error: String(error) })
        report(PROBLEMS.notKept)
      }
    }
    return use(storage)
  }

  function openPerson(storage: Storage): Promise<{ readonly strongest: Link; readonly person: Person }> {
    const reading = async () => {
      const device = await openDevice({ storage })
      scope.add(() => device.dispose())
      const strongest = (await device.strongestLink(given.room, given)) ?? given
      await device.rememberLink(strongest)
      return { strongest, person: await device.person(given.room) }
    }
    return patiently(reading(), OPENING_PATIENCE_MS)
  }

  async function introduce({ strongest, person }: { readonly strongest: Link; readonly person: Person }) {
    link = strongest
    const identity = { ...defaultIdentity(person.personId), ...(pendingName && { name: pendingName }) }
    const session = await openSession({ link, person, name: identity.name, now: Date.now() })
    me.set({ peer: session.authorId, person: person.personId, right: link.right, ...identity })
    return { session, personId: person.personId, identity }
  }

  async function openKeeper(storage: Storage): Promise<{ keeper: Keeper; kept: readonly KeptFrame[] }> {
    if (storage === 'memory') return { keeper: createMemoryKeeper(), kept: [] }
    const keeper = await patiently(openIndexedDbKeeper(link.room), OPENING_PATIENCE_MS, late => late.dispose())
    try {
      return { keeper, kept: await patiently(keeper.load(), LOADING_PATIENCE_MS) }
    } catch (error) {
      keeper.dispose()
      throw error
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
      const { present, presence } = opened()
      const merged = Object.entries({ ...(presence.own.app as Presence), ...fields })
      const app = Object.fromEntries(merged.filter(([, value]) => value !== null))
      present({ type: 'own-fields-set', fields: { app } })
    },
    channel<Body extends JsonValue>(name: string): Channel<Body> {
      const emitter = channels.get(name) ?? createEmitter<{ from: string; body: JsonValue }>()
      channels.set(name, emitter)
      return {
        send: (to, body) => opened().send(to, { type: 'direct', channel: name, body: toUtf8(JSON.stringify(body)) }),
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

function linkOf(link: Link | string): Link {
  if (typeof link !== 'string') return link
  const parsed = parseLink(link)
  if (!parsed.ok) throw new SupermeshError(`link-${parsed.problem}`, parsed.sentence)
  return parsed.link
}
