/**
 * A room that has its keys: replica, transport, presence and disk, wired together. Facts come in, orders go out; the rules
 * decide. Real pages and simulated ones run this same code; what surrounds them comes in as ports.
 */
import { type Bytes, fromHex, toHex } from '../base/bytes.ts'
import type { Scope } from '../base/scope.ts'
import { createEmitter, type Subscribable } from '../base/subscribe.ts'
import { isPeerId, type MeshEvent, type Transport } from '../mesh/mesh.ts'
import type { PresenceFields } from '../presence/presence.ts'
import { ROOM_SCOPE } from '../protocol/frame.ts'
import { decodeMessage, encodeMessage, type Message } from '../protocol/message.ts'
import { includesRight, type Right } from '../protocol/right.ts'
import type { Rule, Schema, Tables } from '../store/schema.ts'
import type { SyncEffect } from '../sync/events.ts'
import type { KeptFrame } from '../sync/keeper.ts'
import { inBatches, ROOM_FILE_TYPE, writeRoomFile } from '../sync/room-file.ts'
import { createAuthors } from './authors.ts'
import { roomDisposed } from './disposed.ts'
import type { Keeping, KeepingListener } from './keeping.ts'
import type { People } from './people.ts'
import { PROBLEMS, type Problem } from './problems.ts'
import { createReplica, type Replica, type ReplicaOptions } from './replica.ts'
import type { Refusal, TraceEvent } from './room.ts'
import { createRoster } from './roster.ts'
import { createSafekeeping } from './safekeeping.ts'
import type { RoomFacts } from './status.ts'
import type { Ledger } from './transacting.ts'
import { until } from './until.ts'

/** What a room cannot do by itself. An answer may come at once or later; after the room has ended it is not heard. */
export interface RoomPorts {
  readonly transport: Transport
  openKeeping(listener: KeepingListener): Keeping
  /** Signs a frame's hash with the session's key. */
  seal(hash: Bytes, done: (seal: Bytes) => void): void
  isGenuine(sealed: Extract<SyncEffect, { type: 'open-seal' }>, done: (genuine: boolean) => void): void
  /** The person whose keys vouch for the session of `peer`; `null` when nobody's do. */
  vouch(peer: string, introduction: Bytes, done: (person: string | null) => void): void
  /** The person whom a genuine introduction names; `null` when it cannot be read. */
  personIn(introduction: Bytes): string | null
  mintId(): string
  /** Milliseconds since the Unix epoch. */
  now(): number
}

/** Who this page is. */
export interface Self {
  readonly author: Bytes
  readonly introduction: Bytes
  readonly person: string
  readonly right: Right
}

export interface DirectMessage {
  readonly from: string
  readonly person: string | null
  readonly channel: string
  readonly body: Bytes
}

export interface LiveRoom<T extends Tables> {
  readonly replica: Replica<T>
  readonly ledger: Ledger<T>
  readonly transport: Transport
  readonly direct: Subscribable<DirectMessage>
  /** @param to - a person or a page; everybody without it. Returns to how many pages it is on its way. */
  tell(channel: string, body: Bytes, to?: string): number
  /** Says something of this page; false when it is more than the others would take. */
  present(fields: PresenceFields): boolean
  /** About once a second. */
  tick(): void
  /** Resolves when all own edits so far are sealed and kept. */
  flushed(): Promise<void>
  /** Takes frames from a file as if a stranger had brought them. Resolves when their seals are opened. */
  take(frames: readonly KeptFrame[]): Promise<void>
  exportFile(): Promise<Blob>
}

export interface LiveRoomOptions<T extends Tables> {
  readonly schema: Schema<T>
  readonly room: Bytes
  readonly self: Self
  readonly storeOf: (author: Bytes) => number
  /** Whether a new room of this kind begins with an edit of the page's own. */
  readonly filled?: boolean
  readonly ports: RoomPorts
  readonly interpose?: ReplicaOptions<T>['interpose']
  /** Ends with the room. */
  readonly scope: Scope
  learn(change: Partial<RoomFacts>): void
  report(problem: Problem): void
  /** They are no more. */
  withdraw(...problems: readonly Problem[]): void
  refused(refusal: Refusal): void
  trace(event: TraceEvent): void
  showPeople(people: People): void
}

export function createLiveRoom<T extends Tables>(options: LiveRoomOptions<T>): LiveRoom<T> {
  const { room, self, ports, storeOf, scope, learn, report, withdraw, refused, trace } = options
  const { transport } = ports
  const selfId = toHex(self.author)
  const opened = ports.now()
  const agreeing = new Set<string>()
  const direct = createEmitter<DirectMessage>()
  const authors = createAuthors(ports.personIn)
  /** Seals that are being opened. */
  let opening = 0
  const sealsOpened = createEmitter<void>()

  /** Answers of ports come here, so that none is heard after the end. */
  const alive =
    <A extends readonly unknown[]>(hear: (...answer: A) => void) =>
    (...answer: A) => {
      if (!scope.disposed) hear(...answer)
    }

  const safekeeping = createSafekeeping({
    ...{ scope, learn, report, withdraw, openKeeping: ports.openKeeping },
    own() {
      const last = replica.sync.nextPlace().sequence - 1
      return { last, sealed: last - replica.sync.unsealed, frames: replica.sync.frames }
    },
  })

  const replica = createReplica<T>({
    schema: options.schema,
    room,
    scope: ROOM_SCOPE,
    author: self.author,
    introduction: self.introduction,
    storeOf,
    mintId: ports.mintId,
    now: ports.now,
    perform,
    permits,
    requireOpen() {
      if (scope.disposed) throw roomDisposed()
    },
    ...(options.interpose && { interpose: options.interpose }),
  })
  scope.add(replica.introduced.subscribe(authors.introduce))
  scope.add(replica.store.changed.subscribe(({ local }) => local && safekeeping.grown()))

  const roster = createRoster({
    ...{ room, storeOf, send, trace, refused },
    self: { peer: selfId, person: self.person },
    introduction: self.introduction,
    vouch: (peer, introduction, done) => ports.vouch(peer, introduction, alive(done)),
    show: options.showPeople,
  })

  function permits(rule: Rule, creator: number | null): boolean {
    const [right, author] = rule.split(' or ') as [Right, 'author'?]
    if (includesRight(self.right, right)) return true
    return author !== undefined && creator !== null && authors.personOf(creator) === self.person
  }

  function perform(effect: SyncEffect): void {
    trace({ ...effect, type: `sync-${effect.type}` })
    switch (effect.type) {
      case 'send':
        send(effect.to, effect.message)
        break
      case 'persist':
        learn({ hasContent: true })
        safekeeping.keep(effect.frames)
        break
      case 'seal':
        ports.seal(
          effect.hash,
          alive(seal => replica.handle({ type: 'sealed', seal })),
        )
        break
      case 'open-seal': {
        const { author, sequence } = effect
        opening++
        const opened = alive((genuine: boolean) => {
          opening--
          replica.handle({ type: 'seal-opened', author, sequence, genuine })
          if (opening === 0) sealsOpened.emit()
        })
        ports.isGenuine(effect, opened)
        break
      }
      case 'agreed':
        if (effect.agreed) agreeing.add(effect.peer)
        else agreeing.delete(effect.peer)
        if (effect.agreed) safekeeping.agreed()
        learn({ agreeing: agreeing.size })
        break
      case 'refused':
        refused({ code: effect.code, from: effect.from })
    }
  }

  function send(peer: string, message: Message, urgent = false): boolean {
    const outcome = transport.send(peer, encodeMessage(message, self.author), { urgent })
    if (outcome === 'queued') return true
    trace({ type: 'send-failed', to: peer, reason: outcome.failed })
    return false
  }

  /** The first message of a link: nothing else is read before it. */
  function greeting(from: string, bytes: Bytes): void {
    const answer = roster.greeting(from, bytes)
    if (answer.type === 'welcome') {
      replica.handle({ type: 'peer-joined', peer: from })
      roster.tell(from)
      return
    }
    if (answer.why === 'newer') report(PROBLEMS.tooOld)
    else if (answer.why === 'older') report(PROBLEMS.otherProtocol)
    refused({ code: answer.code ?? answer.why, from })
    transport.expel(from)
  }

  function received(from: string, bytes: Bytes): void {
    const decoded = decodeMessage(bytes, fromHex(from))
    if (!decoded.ok) {
      trace({ type: 'message-refused', code: decoded.code, from })
      return refused({ code: decoded.code, from })
    }
    const message = decoded.value
    if (message.type === 'presence') {
      if (!roster.hear(from, message.update)) refused({ code: 'presence-refused', from })
    } else if (message.type === 'direct') {
      direct.emit({ from, person: roster.personOf(from), channel: message.channel, body: message.body })
    } else {
      replica.handle({ type: 'message-arrived', from, message })
    }
  }

  function left(peer: string): void {
    agreeing.delete(peer)
    learn({ agreeing: agreeing.size })
    replica.handle({ type: 'peer-left', peer })
    roster.left(peer)
  }

  function met(event: MeshEvent): void {
    const peer = event.type === 'message-arrived' ? event.from : event.type === 'send-failed' ? event.to : event.peer
    if (!isPeerId(peer)) return refused({ code: 'peer-id-invalid', from: null })
    switch (event.type) {
      case 'peer-opened':
        roster.greet(event.peer)
        break
      case 'peer-closed':
        left(event.peer)
        break
      case 'message-arrived':
        if (roster.greeted.has(event.from)) received(event.from, event.message)
        else greeting(event.from, event.message)
        return
    }
    trace({ ...event, type: `mesh-${event.type}` })
  }

  scope.add(transport.events.subscribe(met))
  scope.add(transport.status.subscribe(status => learn({ mesh: status })))
  scope.add(() => sealsOpened.emit())
  learn({ mesh: transport.status.getSnapshot() })

  return {
    replica,
    ledger: {
      store: replica.store,
      entries: replica.sync.entries,
      self: { store: storeOf(self.author), person: self.person, opened, filled: options.filled ?? false },
      editId: authors.editId,
      editOf: authors.editOf,
      personOf: authors.personOf,
      saved: safekeeping.saved,
    },
    transport,
    direct,
    tell(channel, body, to) {
      const isMeant = (peer: string) => to === undefined || peer === to || roster.personOf(peer) === to
      return [...roster.greeted].filter(isMeant).filter(peer => send(peer, { type: 'direct', channel, body })).length
    },
    present: roster.say,
    tick() {
      safekeeping.ticked()
      replica.handle({ type: 'ticked' })
    },
    flushed: safekeeping.flushed,
    async take(frames) {
      for (const batch of inBatches(frames)) {
        replica.handle({ type: 'imported', frames: batch })
        await until(sealsOpened, () => opening === 0, scope)
      }
    },
    async exportFile() {
      await safekeeping.sealed()
      const file = writeRoomFile({ room, scope: ROOM_SCOPE, frames: replica.sync.frames() })
      return new Blob([file], { type: ROOM_FILE_TYPE })
    },
  }
}
