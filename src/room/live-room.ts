/**
 * A room that has its keys: replica, transport, presence and disk, wired together. Facts come in, orders go out; the rules
 * decide. Real pages and simulated ones run this same code; what surrounds them comes in as ports.
 */
import { type Bytes, toHex } from '../base/bytes.ts'
import type { Scope } from '../base/scope.ts'
import { createEmitter, type Subscribable } from '../base/subscribe.ts'
import type { Transport } from '../mesh/mesh.ts'
import type { PresenceFields } from '../presence/presence.ts'
import { ROOM_SCOPE } from '../protocol/frame.ts'
import { includesRight, type Right } from '../protocol/right.ts'
import type { Rule, Schema, Tables } from '../store/schema.ts'
import type { SnapshotPolicy, SyncEffect } from '../sync/events.ts'
import type { Kept } from '../sync/keeper.ts'
import { inBatches, ROOM_FILE_TYPE, writeRoomFile } from '../sync/room-file.ts'
import { createAuthors } from './authors.ts'
import { createConversation, type DirectMessage } from './conversation.ts'
import { roomDisposed } from './disposed.ts'
import { createEarlierPages } from './earlier-pages.ts'
import type { People } from './people.ts'
import type { RoomPorts, Self } from './ports.ts'
import { PROBLEMS, type Problem } from './problems.ts'
import { createReplica, type Replica, type ReplicaOptions } from './replica.ts'
import type { Refusal, TraceEvent } from './room.ts'
import { createSafekeeping } from './safekeeping.ts'
import type { RoomFacts } from './status.ts'
import type { Ledger } from './transacting.ts'
import { until } from './until.ts'

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
  /** Takes what a file holds as if a stranger had brought it. Resolves when its seals are opened. */
  take(kept: Kept): Promise<void>
  exportFile(): Promise<Blob>
}

export interface LiveRoomOptions<T extends Tables> {
  readonly schema: Schema<T>
  readonly room: Bytes
  readonly self: Self
  readonly storeOf: (author: Bytes) => number
  /** Whether a new room of this kind begins with an edit of the page's own. */
  readonly filled?: boolean
  /** Whether what was kept of it here is gone. */
  readonly lost?: boolean
  readonly ports: RoomPorts
  readonly interpose?: ReplicaOptions<T>['interpose']
  readonly snapshots?: Partial<SnapshotPolicy>
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
  const agreeing = new Set<string>()
  const authors = createAuthors(ports.personIn)
  /** Seals that are being opened. */
  let opening = 0
  let lost = options.lost ?? false
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
      return { last, sealed: last - replica.sync.unsealed, snapshot: replica.sync.base, frames: replica.sync.frames }
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
    snapshots: { ...options.snapshots, vouches: includesRight(self.right, 'edit') },
    requireOpen() {
      if (scope.disposed) throw roomDisposed()
    },
    heard: entry => earlier.heard(entry),
    ...(options.interpose && { interpose: options.interpose }),
  })
  scope.add(replica.introduced.subscribe(authors.introduce))
  scope.add(replica.store.changed.subscribe(({ local }) => local && safekeeping.grown()))
  const author = { store: storeOf(self.author), person: self.person }
  const { entries } = replica.sync
  const earlier = createEarlierPages({ entries, self: { ...author, opened: ports.now() }, personOf: authors.personOf })

  const conversation = createConversation({
    ...{ room, storeOf, transport, report, refused, trace },
    author: self.author,
    self: { peer: selfId, person: self.person },
    introduction: self.introduction,
    vouch: (peer, introduction, done) => ports.vouch(peer, introduction, alive(done)),
    show: options.showPeople,
    sync: replica.handle,
    left(peer) {
      agreeing.delete(peer)
      learn({ agreeing: agreeing.size })
      replica.handle({ type: 'peer-left', peer })
    },
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
        conversation.send(effect.to, effect.message)
        break
      case 'persist':
        learn({ hasContent: true })
        safekeeping.keep(effect.frame)
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
      case 'open-snapshot':
        opening++
        ports.isVouched(
          effect,
          alive(genuine => {
            opening--
            replica.handle({ type: 'snapshot-opened', genuine })
            if (opening === 0) sealsOpened.emit()
          }),
        )
        break
      case 'replaced':
        learn({ hasContent: true })
        earlier.replaced()
        safekeeping.replace(effect.snapshot)
        break
      case 'apart':
        if (effect.apart) report(PROBLEMS.apart)
        else withdraw(PROBLEMS.apart)
        break
      case 'agreed':
        if (effect.agreed) agreeing.add(effect.peer)
        else agreeing.delete(effect.peer)
        if (effect.agreed) {
          safekeeping.agreed()
          withdraw(PROBLEMS.fileRecovered)
          if (lost && earlier.any()) {
            lost = false
            withdraw(PROBLEMS.keptLost)
          }
        }
        learn({ agreeing: agreeing.size })
        break
      case 'refused':
        refused({ code: effect.code, from: effect.from })
    }
  }

  scope.add(transport.events.subscribe(conversation.heard))
  scope.add(transport.status.subscribe(status => learn({ mesh: status })))
  scope.add(() => sealsOpened.emit())
  learn({ mesh: transport.status.getSnapshot() })
  if (lost) report(PROBLEMS.keptLost)

  return {
    replica,
    ledger: {
      store: replica.store,
      entries,
      self: { ...author, filled: options.filled ?? false },
      editId: authors.editId,
      editOf: authors.editOf,
      personOf: authors.personOf,
      earlierPages: earlier.take,
      saved: safekeeping.saved,
    },
    transport,
    direct: conversation.direct,
    tell: conversation.tell,
    present: conversation.say,
    tick() {
      safekeeping.ticked()
      replica.handle({ type: 'ticked' })
    },
    flushed: safekeeping.flushed,
    async take({ snapshot, frames }) {
      if (snapshot) {
        replica.handle({ type: 'snapshot-imported', snapshot, frames })
        await until(sealsOpened, () => opening === 0, scope)
      }
      for (const batch of inBatches(frames)) {
        replica.handle({ type: 'imported', frames: batch })
        await until(sealsOpened, () => opening === 0, scope)
      }
    },
    async exportFile() {
      await safekeeping.sealed()
      const { base, frames } = replica.sync
      const file = writeRoomFile({ room, scope: ROOM_SCOPE, snapshot: base?.bytes ?? null, frames: frames() })
      return new Blob([file], { type: ROOM_FILE_TYPE })
    },
  }
}
