/**
 * A room as an object: there at once, opened when somebody asks or looks, the same whatever opens it. Who it is, where it
 * keeps things and whom it reaches is the business of the `open` that it is given.
 */
import { SupermeshError } from '../base/error.ts'
import { requireOptions, requireText } from '../base/require.ts'
import { createScope, type Scope } from '../base/scope.ts'
import { createCell, createEmitter, type Observable, type Subscribable, type Unsubscribe } from '../base/subscribe.ts'
import { type PresenceFields, presenceFits } from '../presence/presence.ts'
import { includesRight } from '../protocol/right.ts'
import { type Link, weakenLink } from '../rights/index.ts'
import type { PresenceOf, Schema } from '../store/schema.ts'
import { requireSchema } from '../store/schema-rules.ts'
import { createChannels } from './channels.ts'
import { createDeferredTables } from './deferred-tables.ts'
import { roomDisposed } from './disposed.ts'
import { invite } from './invitation.ts'
import type { LiveRoom } from './live-room.ts'
import { blobsNotYet, jobsNotYet } from './not-yet.ts'
import { createOwnPresence } from './own-presence.ts'
import { defaultIdentity, fitPersonName, PERSON_NAME_MAX_LENGTH, type People, readPeople } from './people.ts'
import { PROBLEMS, type Problem } from './problems.ts'
import type { Channel, Me, Participant, Refusal, Room, RoomChange, RoomStatus, TraceEvent } from './room.ts'
import { requireSignaling } from './signaling-address.ts'
import { type RoomFacts, statusOf } from './status.ts'
import { toRoomJson } from './to-json.ts'
import { createTransacting, toRoomChange } from './transacting.ts'
import { createUndoManagers, type UndoOptions } from './undo.ts'
import { unlessAborted } from './unless-aborted.ts'

/** What a room lends to whoever opens it. */
export interface Opening<S extends Schema> {
  readonly scope: Scope
  /** Signaling servers, as they are named now. */
  readonly signaling: readonly string[]
  /** The name that the person has chosen here. */
  readonly name: string | undefined
  /** Hears of each new one; empty for the made-up one. */
  readonly renamed: Subscribable<string>
  learn(change: Partial<RoomFacts>): void
  report(problem: Problem): void
  /** Why the room cannot be opened; the caller throws then. */
  fail(problem: Problem): void
  withdraw(...problems: readonly Problem[]): void
  refused(refusal: Refusal): void
  trace(event: TraceEvent): void
  showPeople(people: People): void
  /** The local copy is read, and the room is open. */
  opened(live: LiveRoom<S['tables']>, me: Me, link: Link): void
}

export interface CreateRoomOptions<S extends Schema> {
  readonly schema: S
  readonly link: Link
  readonly signaling: readonly string[]
  readonly name?: string
  /** The address of the page, for invitations. */
  readonly page: () => string
  /** Opens the room, now or later. What it throws is the room's failure. */
  open(opening: Opening<S>): void | Promise<void>
}

export function createRoom<S extends Schema>(options: CreateRoomOptions<S>): Room<S> {
  type Presence = PresenceOf<S['presence']>
  const { schema } = options
  requireSchema(schema)
  const scope = createScope()
  const deferred = createDeferredTables(schema, () => wake())
  const changed = createEmitter<RoomChange>()
  /** There is something to undo in. */
  const begun = createEmitter<null>()
  const trace = createEmitter<TraceEvent>()
  const refusals = createEmitter<Refusal>()
  const me = createCell<Me | null>(null)
  const people = createCell<readonly Participant<Presence>[]>([])
  let facts: RoomFacts = {
    ...{ phase: 'opening', mesh: null, hasContent: false, durable: false, writing: false, unsaved: 0, agreeing: 0 },
    problems: [],
  }
  const status = createCell<RoomStatus>(statusOf(facts))
  const renamed = createEmitter<string>()
  let { link, signaling } = options
  let name = options.name === undefined ? undefined : fitPersonName(options.name) || undefined
  let opening: Promise<void> | null = null
  let failure: Problem | null = null
  let live: LiveRoom<S['tables']> | null = null
  const presence = createOwnPresence<S['presence']>(schema.presence, fields =>
    live ? live.present(fields) : presenceFits({ ...LONGEST_IDENTITY, ...fields }),
  )
  const channels = createChannels((channel, body, to) => opened().tell(channel, body, to), refusals.emit)
  const { transact, undo, redo, history } = createTransacting<S['tables']>(() => opened().ledger)

  function learn(change: Partial<RoomFacts>): void {
    // What comes after the end changes nothing any more.
    if (facts.phase === 'closed') return
    facts = { ...facts, ...change }
    const next = statusOf(facts)
    if (JSON.stringify(next) !== JSON.stringify(status.getSnapshot())) status.set(next)
  }

  const nameOf = (person: string) => name || defaultIdentity(person).name

  function opened(): LiveRoom<S['tables']> {
    if (live && !scope.disposed) return live
    throw scope.disposed ? roomDisposed() : new SupermeshError('room-not-open', 'Wait for ready() before you write.')
  }

  const lent: Opening<S> = {
    scope,
    get signaling() {
      return signaling
    },
    get name() {
      return name
    },
    renamed,
    learn,
    report(problem) {
      if (!facts.problems.some(({ code }) => code === problem.code)) learn({ problems: [...facts.problems, problem] })
    },
    fail(problem) {
      failure = problem
    },
    withdraw(...solved) {
      const problems = facts.problems.filter(({ code }) => !solved.some(each => each.code === code))
      if (problems.length < facts.problems.length) learn({ problems })
    },
    refused: refusals.emit,
    trace: trace.emit,
    showPeople: everybody => people.set(readPeople<S['presence']>(schema.presence, everybody, people.getSnapshot())),
    opened(room, given, strongest) {
      // Who was renamed meanwhile is called so.
      const identity = { ...given, name: name === undefined ? given.name : nameOf(given.person) }
      live = room
      // It is as good as read from now on: nobody fills the room a second time.
      link = weakenLink(strongest, strongest.right)
      scope.add(room.direct.subscribe(channels.heard))
      scope.add(room.replica.store.changed.subscribe(change => changed.emit(toRoomChange(room.ledger, change))))
      const { name: shown, colour } = identity
      const steps = [
        () => me.set(identity),
        () => room.present({ name: shown, colour, app: presence.getSnapshot() as PresenceFields }),
        () => deferred.resolve(room.replica.store.tables),
        () => learn({ phase: 'open' }),
        () => begun.emit(null),
        () => room.transport.open(),
      ]
      // Each is heard of outside, where somebody may end the room.
      for (const step of steps) if (!scope.disposed) step()
    },
  }

  async function start(): Promise<void> {
    try {
      const pending = options.open(lent)
      if (pending) await pending
    } catch (error) {
      trace.emit({ type: 'opening-failed', error: String(error) })
      const why = failure ?? (facts.problems.includes(PROBLEMS.notFilled) ? null : PROBLEMS.notOpened)
      learn({ phase: 'failed', problems: [...facts.problems, ...(why ? [why] : [])] })
      throw error
    }
    if (scope.disposed) throw roomDisposed()
  }

  /** Watching opens the room. A failure is told by `status`; a developer's mistake goes on to where developers look. */
  function wake(): void {
    if (opening || scope.disposed) return
    room.ready().catch(error => {
      if (failure || scope.disposed) return
      queueMicrotask(() => {
        throw error
      })
    })
  }

  const woken = (end: Unsubscribe): Unsubscribe => {
    wake()
    return end
  }
  const waking = <V>(observable: Observable<V>): Observable<V> => ({
    getSnapshot: observable.getSnapshot,
    subscribe: listener => woken(observable.subscribe(listener)),
  })

  const undoManager = createUndoManagers<S['tables']>(schema, () => (live && !scope.disposed ? live.ledger : null), {
    subscribe(listener) {
      const ends = [begun.subscribe(listener), room.changed.subscribe(listener)]
      return () => {
        for (const end of ends) end()
      }
    },
  })
  const room: Room<S> = {
    schema,
    tables: deferred.tables as Room<S>['tables'],
    get link() {
      return link
    },
    transact,
    changed: { subscribe: listener => woken(changed.subscribe(listener)) },
    undo,
    redo,
    history,
    undoManager: options => undoManager(options as UndoOptions),
    status: waking(status),
    me: { ...waking(me), can: right => includesRight(link.right, right) },
    people: waking(people),
    rename(chosen) {
      if (scope.disposed) throw roomDisposed()
      requireText(chosen, 'name')
      name = fitPersonName(chosen)
      const known = me.getSnapshot()
      if (known) me.set({ ...known, name: nameOf(known.person) })
      live?.present({ name: me.getSnapshot()?.name ?? name })
      renamed.emit(name)
    },
    presence: {
      getSnapshot: presence.getSnapshot,
      subscribe: listener => woken(presence.subscribe(listener)),
      set(fields) {
        if (scope.disposed) throw roomDisposed()
        presence.set(fields)
      },
    },
    channel<Body>(channelName: string): Channel<Body> {
      const channel = channels.open<Body>(channelName)
      return { ...channel, subscribe: listener => woken(channel.subscribe(listener)) }
    },
    blobs: blobsNotYet,
    jobs: jobsNotYet,
    refusals,
    ready({ signal } = {}) {
      if (scope.disposed) return Promise.reject(roomDisposed())
      opening ??= start()
      return signal ? unlessAborted(opening, signal) : opening
    },
    flushed: async () => (scope.disposed ? Promise.reject(roomDisposed()) : live?.flushed()),
    setSignaling(urls) {
      requireSignaling(urls)
      signaling = [...urls]
      live?.transport.setSignaling(signaling)
    },
    async invite(right, way = {}) {
      requireOptions(way, 'The options of an invitation', ['page'])
      return invite({ ...link, signaling: options.link.signaling }, right, way.page ?? options.page())
    },
    toJSON: () => toRoomJson(schema, room.tables),
    exportFile: async () => opened().exportFile(),
    trace,
    fingerprint: () => opened().replica.store.fingerprint(),
    dispose() {
      if (scope.disposed) return
      try {
        scope.dispose()
      } finally {
        learn({ phase: 'closed' })
      }
    },
  }
  return room
}

/** As much as a person can be called. */
const LONGEST_IDENTITY = { name: 'x'.repeat(PERSON_NAME_MAX_LENGTH), colour: '#000000' }
