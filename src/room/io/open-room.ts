/**
 * Opens rooms in a real page: the person's keys, the disk, WebRTC and the clock around a room.
 */
import { toHex } from '../../base/bytes.ts'
import { inWords, SupermeshError } from '../../base/error.ts'
import { patiently } from '../../base/io/patience.ts'
import { requireObject } from '../../base/require.ts'
import type { Transport } from '../../mesh/mesh.ts'
import {
  type Link,
  newLink,
  openDevice,
  openSession,
  parseLink,
  requireLink,
  type Session,
  secureContext,
  storeIdOf,
} from '../../rights/index.ts'
import type { Transaction } from '../../store/record.ts'
import type { Schema } from '../../store/schema.ts'
import { createIndexedDbKeeper } from '../../sync/io/indexeddb-keeper.ts'
import { createMemoryKeeper, type Keeper, type Kept } from '../../sync/keeper.ts'
import { createRoom, type Opening } from '../create-room.ts'
import { createKeeping } from '../keeping.ts'
import { createLiveRoom, type LiveRoom } from '../live-room.ts'
import { defaultIdentity } from '../people.ts'
import type { RoomPorts } from '../ports.ts'
import { PROBLEMS } from '../problems.ts'
import type { Room, TraceEvent } from '../room.ts'
import { requireSignaling } from '../signaling-address.ts'
import { isGenuine, isVouched, personIn, personOf } from './authenticity.ts'
import { askToPersist } from './persistence.ts'
import { recoveredProblem, takeFile } from './room-file.ts'
import { transportBy } from './transport.ts'

/** What an own transport needs to know. */
export interface TransportContext {
  /** The id of this page. */
  readonly self: string
  /** Names the room to those who hold its link, and says nothing of it to others. */
  readonly topic: string
  readonly trace: (event: TraceEvent) => void
}

/** @typeParam R - what `fill` gives: anything but a promise, for which it would be over too early */
export interface RoomOptions<S extends Schema, R = unknown> {
  readonly schema: S
  /** A link, or a text that holds one: a whole address, a fragment with or without `#`. */
  readonly link: Link | string
  /** Signaling servers, besides those that the link names: absolute `ws:` or `wss:` addresses. */
  readonly signaling?: readonly string[]
  /** Where edits are kept on this device: by the browser (the default), not at all, or by an own keeper. */
  readonly storage?: 'indexeddb' | 'memory' | Keeper
  /** How to reach other pages: WebRTC by signaling servers unless told otherwise. */
  readonly transport?: (context: TransportContext) => Transport
  /** The own name; a made-up one otherwise. */
  readonly name?: string
  /** STUN and TURN servers; none by default. */
  readonly iceServers?: readonly RTCIceServer[]
  /**
   * This room as `exportFile` wrote it. What it holds is added to what is here, and checked as if a stranger had brought it.
   * `ready()` rejects, and nothing has changed, with `file-unreadable`, `file-not-a-room`, `file-newer-version`,
   * `file-other-room` or `file-damaged`, whose details say the `offset` of the damage and how many of its pieces are
   * `recovered` and `lost` (`null` when nothing in the file tells): its frames, and the snapshot that they go on from.
   */
  readonly file?: Blob | Uint8Array
  /**
   * Takes what can be read of a damaged `file`; a problem says that not all is here. What goes on from a lost piece, as all does
   * that its author did later, waits for it as long as the page is open. The file stays as it is.
   */
  readonly recoverFile?: boolean
  /** Writes what a new room begins with: one whose link `newLink` has just made. */
  readonly fill?: (transaction: Transaction<S['tables']>) => R extends PromiseLike<unknown> ? never : R
}

type Fill<S extends Schema> = (transaction: Transaction<S['tables']>) => undefined

/** For callers without types: what a mistyped option would do is found late, and may be that a room is kept. */
const FIT = {
  name: (given: unknown) => typeof given === 'string',
  storage: (given: unknown) => given === 'indexeddb' || given === 'memory' || typeof Object(given).load === 'function',
  transport: (given: unknown) => typeof given === 'function',
  fill: (given: unknown) => typeof given === 'function',
  iceServers: Array.isArray,
}

const TICK_MS = 1000
/** Until a disk that does not answer counts as none. */
const OPENING_PATIENCE_MS = 5000
/** Until one that opened, but does not say what it holds, counts as none: a long history takes its time. */
const LOADING_PATIENCE_MS = 30_000

/**
 * Opens a room. Nothing is touched until `ready()` is called or somebody subscribes.
 *
 * A text that is no link makes a room that cannot be opened: its `status` says `failed`, with a problem whose code is
 * `link-empty`, `link-no-secret`, `link-damaged` or `link-newer-version`.
 * @throws SupermeshError `bad-signaling`; `option-invalid` for what is none of its options
 */
export function openRoom<S extends Schema, R = unknown>(options: RoomOptions<S, R>): Room<S> {
  requireObject(options, 'The options of a room')
  const { schema, name, signaling = [] } = options
  requireSignaling(signaling)
  for (const [option, isFit] of Object.entries(FIT)) {
    const given = options[option as keyof typeof FIT]
    if (given === undefined || isFit(given)) continue
    throw new SupermeshError('option-invalid', `${inWords(given)} is no ${option} of a room.`, { option })
  }
  if (typeof options.link !== 'string') requireLink(options.link)
  const parsed = typeof options.link === 'string' ? parseLink(options.link) : { ok: true as const, link: options.link }
  // A room needs a link to be one; this one leads nowhere.
  const link = parsed.ok ? parsed.link : newLink()
  return createRoom<S>({
    schema,
    link,
    signaling: [...new Set([...signaling, ...link.signaling])],
    ...(name !== undefined && { name }),
    page: () => (typeof location === 'undefined' ? '' : location.href),
    async open(opening) {
      if (parsed.ok) return open(options, link, opening)
      const code = `link-${parsed.problem}` as const
      opening.fail({ code, sentence: parsed.sentence, nextStep: 'Open the whole link, or start a new room.' })
      throw new SupermeshError(code, parsed.sentence)
    },
  })
}

async function open<S extends Schema, R>(options: RoomOptions<S, R>, given: Link, opening: Opening<S>): Promise<void> {
  const { scope, trace, report } = opening
  const { schema, fill, storage = 'indexeddb' } = options
  const keeper = keeperOf(storage, given)
  scope.add(() => keeper.dispose())
  const meet = transportBy(options)
  let hasDisk = storage !== 'memory'

  /** What the disk says; where there is none, or one that does not answer, the room lives in memory, and says so. */
  async function onDisk<V>(read: () => Promise<V>, otherwise: () => V | Promise<V>): Promise<V> {
    try {
      if (hasDisk) return await read()
    } catch (error) {
      hasDisk = false
      trace({ type: 'keeper-failed', error: String(error) })
      report(isOutdated(error) ? PROBLEMS.keptByNewer : PROBLEMS.notKept)
    }
    return otherwise()
  }

  async function openPerson(storage: 'indexeddb' | 'memory') {
    const device = await openDevice({ storage })
    scope.add(() => device.dispose())
    const strongest = (await device.strongestLink(given.room, given)) ?? given
    await device.rememberLink(strongest)
    const remember = (name: string) => void device.rememberName(given.room, name).catch(() => undefined)
    scope.add(opening.renamed.subscribe(remember))
    return { strongest, person: await device.person(given.room), name: await device.nameIn(given.room) }
  }

  const secure = secureContext()
  if (!secure.ok) {
    opening.fail(PROBLEMS.insecure)
    throw new SupermeshError(PROBLEMS.insecure.code, secure.sentence)
  }
  const file = await takeFile(options, given, opening.fail)
  const { strongest, person, name } = await onDisk(
    () => patiently(openPerson('indexeddb'), OPENING_PATIENCE_MS),
    () => openPerson('memory'),
  )
  const made = defaultIdentity(person.personId)
  const identity = { ...made, name: opening.name || name || made.name }
  const session = await openSession({ link: strongest, person, name: identity.name, now: Date.now() })
  // An own keeper knows nothing of the browser's database.
  if (typeof storage === 'object') hasDisk = true
  const kept = await onDisk(
    () => patiently(keeper.load(), LOADING_PATIENCE_MS),
    () => NOTHING_KEPT,
  )
  if (hasDisk && storage === 'indexeddb') void askToPersist()
  if (keeper.damaged) report(PROBLEMS.keptDamaged)
  const openKeeping: RoomPorts['openKeeping'] = listener =>
    createKeeping(keeper, listener, { failing: keeper.durable && !hasDisk })
  const transport = await meet(strongest, session, opening)
  if (scope.disposed) return transport.dispose()
  scope.add(() => transport.dispose())
  const live = createLiveRoom<S['tables']>({
    ...opening,
    schema,
    room: strongest.room,
    self: { ...session, person: person.personId, right: strongest.right },
    storeOf: storeIdOf,
    filled: fill !== undefined,
    lost: kept.thrownAway === true && file === null,
    ports: portsOf(strongest, session, openKeeping, transport),
  })
  live.replica.restore(kept)
  if (file) await live.take(file)
  if (file?.damage) {
    const { waiting } = live.replica.sync
    report(recoveredProblem(file.damage, waiting))
    trace({ type: 'file-recovered', ...file.damage, waiting })
  }
  if (scope.disposed) return
  // Of a room that has just been made everything is known, though it be nothing.
  const isEmpty = !kept.snapshot && kept.frames.length === 0
  if (!isEmpty || given.fresh) opening.learn({ hasContent: true })
  if (fill && given.fresh && isEmpty) begin(live, fill as Fill<S>, opening)
  const ticking = setInterval(live.tick, TICK_MS)
  scope.add(() => clearInterval(ticking))
  opening.opened(
    live,
    { peer: session.authorId, person: person.personId, right: strongest.right, ...identity },
    strongest,
  )
}

/** @throws what `fill` throws: the room is not opened then, since it would never be filled later */
function begin<S extends Schema>(live: LiveRoom<S['tables']>, fill: Fill<S>, { report }: Opening<S>): void {
  try {
    live.replica.store.transact(fill)
  } catch (error) {
    // A mistake of the page: it goes on to where developers look, too.
    report(PROBLEMS.notFilled)
    throw error
  }
}

const NOTHING_KEPT: Kept = { snapshot: null, frames: [] }

const isOutdated = (error: unknown) => error instanceof SupermeshError && error.code === 'keeper-outdated'

function keeperOf(storage: 'indexeddb' | 'memory' | Keeper, { room }: Link): Keeper {
  if (typeof storage === 'object') return storage
  return storage === 'memory' ? createMemoryKeeper() : createIndexedDbKeeper(room)
}

function portsOf(
  { room }: Link,
  session: Session,
  openKeeping: RoomPorts['openKeeping'],
  transport: Transport,
): RoomPorts {
  return {
    transport,
    openKeeping,
    seal: (hash, done) => void session.seal(hash).then(done),
    isGenuine: (sealed, done) => void isGenuine(room, sealed).then(done),
    isVouched: (sealed, done) => void isVouched(room, sealed).then(done),
    vouch: (peer, introduction, done) => void personOf(room, peer, introduction).then(done),
    personIn,
    mintId: () => toHex(crypto.getRandomValues(new Uint8Array(8))),
    now: Date.now,
  }
}
