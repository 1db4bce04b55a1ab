/**
 * What a transaction has written so far, kept aside until it ends. One at a time: a transaction inside another joins it.
 */
import { SupermeshError } from '../base/error.ts'

export interface StagedField {
  readonly table: string
  readonly record: string
  readonly key: string
  /** In the form of the field's kind; not changed in place, but for a map that is fresh. */
  readonly update: unknown
}

export interface Staging {
  readonly active: boolean
  begin(): void
  /** What is staged for a field; `undefined` for nothing. */
  get(table: string, record: string, key: string): unknown
  /** Whether nothing can bring back a map that is staged as it is now: it may be added to in place. */
  isFresh(update: ReadonlyMap<string, unknown>): boolean
  /** @throws SupermeshError `transaction-over` when there is no transaction */
  set(table: string, record: string, key: string, update: unknown): void
  /** What is created in a transaction may be changed in it by whoever may create. */
  readonly created: Set<string>
  /** @returns what brings back what is staged now */
  savepoint(): () => void
  /** All of it, as the wire has it: by table, record and key, in UTF-16 units. */
  fields(): readonly StagedField[]
  /** After this nothing is staged, and every further write throws. */
  end(): void
}

type Slot = { -readonly [K in keyof StagedField]: StagedField[K] }

/** Beyond so many fields they are looked up by name. */
const FEW = 8
const nameOf = (table: string, record: string, key: string) => `${table}/${record}/${key}`

export function createStaging(): Staging {
  let slots: Slot[] = []
  let byName: Map<string, Slot> | null = null
  /** Each write in order: where, and what was there before; `undefined` for a new slot. */
  let written: Slot[] = []
  let before: unknown[] = []
  const created = new Set<string>()
  /** Maps that were staged since there was last something to come back to. */
  const fresh = new Set<unknown>()

  function find(table: string, record: string, key: string): Slot | undefined {
    if (byName) return byName.get(nameOf(table, record, key))
    for (const slot of slots) if (slot.key === key && slot.record === record && slot.table === table) return slot
    return undefined
  }

  function add(slot: Slot): void {
    slots.push(slot)
    if (slots.length <= FEW) return
    byName ??= new Map(slots.map(each => [nameOf(each.table, each.record, each.key), each]))
    byName.set(nameOf(slot.table, slot.record, slot.key), slot)
  }

  function revertTo(writes: number): void {
    while (written.length > writes) {
      const slot = written.pop() as Slot
      const update = before.pop()
      if (update !== undefined) slot.update = update
      else {
        slots.pop()
        byName?.delete(nameOf(slot.table, slot.record, slot.key))
      }
    }
  }

  const staging: Staging & { active: boolean } = {
    active: false,
    created,
    begin() {
      staging.active = true
    },
    get: (table, record, key) => find(table, record, key)?.update,
    isFresh: update => fresh.has(update),
    set(table, record, key, update) {
      if (!staging.active)
        throw new SupermeshError('transaction-over', 'The transaction has ended: write inside its callback.')
      const slot = find(table, record, key)
      before.push(slot?.update)
      if (slot) slot.update = update
      else add({ table, record, key, update })
      written.push(slot ?? (slots.at(-1) as Slot))
      if (update instanceof Map) fresh.add(update)
    },
    savepoint() {
      const writes = written.length
      fresh.clear()
      return () => revertTo(writes)
    },
    fields: () => (slots.length < 2 ? slots : slots.toSorted(inWireOrder)),
    end() {
      staging.active = false
      if (slots.length > 0) slots = []
      if (written.length > 0) written = []
      if (before.length > 0) before = []
      byName = null
      if (created.size > 0) created.clear()
      if (fresh.size > 0) fresh.clear()
    },
  }
  return staging
}

function inWireOrder(a: StagedField, b: StagedField): number {
  if (a.table !== b.table) return a.table < b.table ? -1 : 1
  if (a.record !== b.record) return a.record < b.record ? -1 : 1
  return a.key < b.key ? -1 : 1
}
