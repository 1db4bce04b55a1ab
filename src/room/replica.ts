/**
 * One copy of the document: a store and the rule that keeps it in step with the others, wired together.
 *
 * No decision is made here. Rooms drive it with real links, keys and disks, the simulated world with invented ones, so
 * that both run the same code.
 */
import type { Bytes } from '../base/bytes.ts'
import { createEmitter, type Subscribable } from '../base/subscribe.ts'
import { HASH_BYTES } from '../protocol/frame.ts'
import type { RefusalCode } from '../protocol/refusal.ts'
import { createStore } from '../store/create-store.ts'
import type { Permits } from '../store/permission.ts'
import { type RestoredStore, readStore } from '../store/saved-store.ts'
import type { Schema, Tables } from '../store/schema.ts'
import type { Store } from '../store/store.ts'
import type { DeliveredEntry, SnapshotPolicy, SyncEffect, SyncEvent } from '../sync/events.ts'
import type { Kept } from '../sync/keeper.ts'
import type { DocumentPort } from '../sync/snapshot.ts'
import { createSync, type Sync } from '../sync/sync.ts'

export interface IntroducedAuthor {
  readonly author: Bytes
  readonly store: number
  readonly introduction: Bytes
}

export interface Replica<T extends Tables> {
  readonly store: Store<T>
  readonly sync: Pick<
    Sync,
    'vector' | 'nextPlace' | 'unsealed' | 'waiting' | 'frames' | 'entries' | 'snapshot' | 'base'
  >
  /** Authors as their introductions come in, the own one included. */
  readonly introduced: Subscribable<IntroducedAuthor>
  handle(event: SyncEvent): void
  /** Takes what the own disk has. */
  restore(kept: Kept): void
}

export interface ReplicaOptions<T extends Tables> {
  readonly schema: Schema<T>
  readonly room: Bytes
  readonly scope: number
  readonly author: Bytes
  /** The own first entry. It is written before the own first edit, or the first word for a snapshot: who only reads, and gives none, leaves no trace. */
  readonly introduction: Bytes
  readonly storeOf: (author: Bytes) => number
  readonly mintId: () => string
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  readonly perform: (effect: SyncEffect) => void
  /** Whether the person here may do what a table's rule says; anything, without it. */
  readonly permits?: Permits
  readonly snapshots?: Partial<SnapshotPolicy>
  /** Told of each edit, undo or redo of others, before anybody else hears of it. */
  readonly heard?: (entry: DeliveredEntry) => void
  /** Throws when the room has ended. */
  readonly requireOpen?: () => void
  /** For worlds that break a rule on purpose. */
  readonly interpose?: {
    readonly place?: (place: ReturnType<Sync['nextPlace']>) => ReturnType<Sync['nextPlace']>
    readonly deliver?: (deliver: Store<T>['deliver']) => Store<T>['deliver']
  }
}

export function createReplica<T extends Tables>(options: ReplicaOptions<T>): Replica<T> {
  const { author, introduction, now, interpose } = options
  const introduced = createEmitter<IntroducedAuthor>()
  const newcomers: IntroducedAuthor[] = []

  const perform = (effects: readonly SyncEffect[]) => {
    for (const effect of effects) {
      if (effect.type === 'introduce') introduce()
      else options.perform(effect)
    }
  }

  /** The own log begins with who writes it. */
  function introduce(): void {
    if (place().sequence > 1) return
    perform(submit('introduction', introduction, now()))
    introduced.emit({ author, store: options.storeOf(author), introduction })
  }

  function deliver(entry: DeliveredEntry): RefusalCode | null {
    switch (entry.kind) {
      case 'introduction':
        newcomers.push({ author: entry.author, store: entry.store, introduction: entry.payload })
        return null
      case 'checkpoint':
        return entry.payload.length === HASH_BYTES ? null : 'checkpoint-malformed'
      default:
        return hear(entry, deliverEdit(entry as DeliveredEntry & { readonly kind: 'edit' | 'undo' | 'redo' }))
    }
  }

  function hear(entry: DeliveredEntry, refused: RefusalCode | null): RefusalCode | null {
    if (!refused) options.heard?.(entry)
    return refused
  }

  const document: DocumentPort = {
    save: (writer, stores, tail) => store.save(writer, stores, tail),
    read: readStore,
    restore: (read, further) => store.restore(read as RestoredStore, further),
  }
  const sync = createSync({ ...options, deliver, document })
  const { nextPlace, submit } = sync
  const place = () => (interpose?.place ? interpose.place(nextPlace()) : nextPlace())
  const store = createStore<T>({
    schema: options.schema,
    storeId: options.storeOf(author),
    mintId: options.mintId,
    ...(options.permits && { permits: options.permits }),
    ...(options.requireOpen && { requireOpen: options.requireOpen }),
    nextPlace() {
      introduce()
      return place()
    },
    submit: (kind, payload) => perform(submit(kind, payload, now())),
    entryAt: sync.entries.at,
    isForgotten: ({ store, sequence }) => sequence < sync.entries.first(store),
  })
  const deliverEdit = interpose?.deliver ? interpose.deliver(store.deliver) : store.deliver

  return {
    store,
    sync,
    introduced,
    handle,
    restore({ snapshot, frames }) {
      if (snapshot) handle({ type: 'snapshot-restored', snapshot })
      handle({ type: 'restored', frames })
    },
  }

  function handle(event: SyncEvent): void {
    perform(sync.handle(event))
    while (newcomers.length > 0) introduced.emit(newcomers.shift() as IntroducedAuthor)
    store.announceDelivered()
  }
}
