/**
 * Random lives in a random world: what `npm run sim` does for each seed.
 *
 * People type, paste, list, set, remove; links fail, the world splits, some crash and come back, others come late. In
 * the end everything heals, and then all replicas have to be equal, internals included, with nothing left waiting.
 */
import type { Bytes } from '../base/bytes.ts'
import { decodeWith } from '../protocol/codec.ts'
import { decodeSealed, encodeBody, encodeSealed } from '../protocol/frame.ts'
import { decodeMessage, encodeMessage } from '../protocol/message.ts'
import { createPatchStream, type PatchStream } from '../protocol/patch-stream.ts'
import type { ReplicaOptions } from '../room/replica.ts'
import { counter, defineSchema, flag, list, map, set, table, text, value } from '../store/schema.ts'
import type { RemoteEdit, StoreEditId } from '../store/store.ts'
import type { Dice } from './dice.ts'
import { createSimulation, type SimulatedPeer, type Simulation } from './simulation.ts'

export const lifeSchema = defineSchema(
  'supermesh.test.life',
  { version: 1 },
  {
    notes: table({
      title: text(),
      stars: value(0),
      done: flag(false),
      tags: map(value<number>()),
      likes: counter(),
      labels: set(value<string | number>()),
    }),
    orders: table({ items: list(value<string>()), note: value('') }),
  },
)

export type LifeTables = typeof lifeSchema.tables
type Interposition = NonNullable<ReplicaOptions<LifeTables>['interpose']>

/** Rules that can be broken on purpose, to show that the world would notice. */
export const MUTANTS = ['skip-dedupe', 'skip-causal-wait', 'forget-clock', 'one-table'] as const
export type Mutant = (typeof MUTANTS)[number]

export interface LifeReport {
  readonly seed: number
  readonly operations: number
  readonly diverged: boolean
  readonly stuck: boolean
  readonly faults: Simulation['faults']
}

export interface LifeOptions {
  readonly seed: number
  readonly operations: number
  readonly mutant?: Mutant
}

/** Three of them at least, all at most. */
const PEOPLE = ['ana', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gus', 'hal', 'ida', 'jon', 'kim', 'lou']

export function liveOnce({ seed, operations, mutant }: LifeOptions): LifeReport {
  const world = createSimulation({
    seed,
    loss: 0.03,
    duplication: 0.05,
    reordering: 0.08,
    delay: 60,
    ...(mutant && sabotage(mutant)),
    // In every other world who comes late is not told of what is long ago. What is forgotten is older than anybody is away for.
    ...(seed % 2 === 0 && { snapshots: { horizon: Math.ceil(operations / (5 + (seed % 7))), worth: operations / 4 } }),
  })
  const { dice } = world
  const names = PEOPLE.slice(0, 3 + dice.roll(PEOPLE.length - 2))
  const late = names.slice(2)
  const away: string[] = []
  const join = (name: string) => void world.join(lifeSchema, name)
  const living = () => world.peers as readonly SimulatedPeer<typeof lifeSchema>[]
  for (const name of names.slice(0, 2)) join(name)
  let done = 0
  while (done < operations) {
    const event = dice.roll(100)
    const newcomer = late[0]
    if (event === 0 && newcomer !== undefined) {
      late.shift()
      join(newcomer)
    } else if (event === 1 && world.peers.length > 2) {
      const { name } = dice.pick(world.peers)
      world.kill(name)
      away.push(name)
    } else if (event === 2 && away.length > 0) {
      join(away.splice(dice.roll(away.length), 1)[0] as string)
    } else if (event === 3) {
      const left = names.filter(() => dice.chance(0.5))
      world.partition([left, names.filter(name => !left.includes(name))])
    } else if (event < 7) {
      world.heal()
    }
    done += act(dice.pick(living()), dice, mutant !== 'one-table')
    if (dice.chance(0.3)) world.pass(dice.roll(200))
  }
  for (const name of [...late, ...away]) join(name)
  const settled = world.settle()
  const prints = new Set(world.peers.map(peer => peer.replica.store.fingerprint()))
  return { seed, operations: done, diverged: prints.size > 1, stuck: !settled, faults: world.faults }
}

/**
 * A few edits by one person in one turn, in one or several transactions, or an undo or a redo of what anybody did.
 * @param regretful - not where a broken rule has edits read otherwise than they were written
 */
export function act(
  { replica }: Pick<SimulatedPeer<typeof lifeSchema>, 'replica'>,
  dice: Dice,
  regretful = true,
): number {
  const { store } = replica
  if (regretful && dice.chance(0.15)) return takeBack(replica, dice)
  const notes = store.tables.notes.getSnapshot()
  const note = notes.length > 0 ? dice.pick(notes) : null
  const burst = dice.chance(0.2) ? 1 + dice.roll(5) : 1
  for (let i = 0; i < burst; i++) {
    store.transact(tx => {
      if (!note || dice.chance(0.05)) {
        const id = tx.notes.create({ title: word(dice), stars: dice.roll(5) }, dice.chance(0.3) ? { id: 'shared' } : {})
        if (!tx.orders.has('all')) tx.orders.create({}, { id: 'all' })
        tx.orders.get('all').items.splice(dice.roll(tx.orders.get('all').items.length + 1), 0, [id])
        return
      }
      if (!tx.notes.has(note.id)) return
      const draft = tx.notes.get(note.id)
      const at = dice.roll(draft.title.length + 1)
      const kind = dice.roll(16)
      if (kind < 5) draft.title.splice(at, 0, word(dice))
      else if (kind < 7) draft.title.splice(at, Math.min(dice.roll(4), draft.title.length - at), '')
      else if (kind === 7) tx.notes.update(note.id, { stars: dice.roll(100), done: dice.chance(0.5) })
      else if (kind === 8) draft.tags.set(dice.pick(['a', 'b', 'constructor', '__proto__']), dice.roll(9))
      else if (kind === 9) draft.tags.delete(dice.pick(['a', 'b', 'constructor']))
      else if (kind === 10 && tx.orders.has('all')) {
        const { items } = tx.orders.get('all')
        if (items.length > 0) items.splice(dice.roll(items.length), 1, dice.chance(0.5) ? [note.id] : [])
        tx.orders.update('all', { note: word(dice) })
        tx.notes.update(note.id, { stars: -1 })
      } else if (kind === 11 && tx.orders.has('all')) {
        const { items } = tx.orders.get('all')
        if (items.length > 0) items.move(dice.roll(items.length), dice.roll(items.length))
      } else if (kind === 12) draft.likes.add(dice.roll(9) - 4)
      else if (kind === 13) draft.labels.add(dice.pick(LABELS))
      else if (kind === 14) for (const label of LABELS) draft.labels.delete(label)
      else if (dice.chance(0.2)) tx.notes.remove(note.id)
    })
  }
  return burst
}

const LABELS = ['a', 'b', 1, '1']

/** Undoes or redoes some edits among the latest. */
function takeBack({ store, sync }: SimulatedPeer<typeof lifeSchema>['replica'], dice: Dice): number {
  const edits: StoreEditId[] = []
  for (const entry of sync.entries.backwards()) {
    if (entry.kind === 'edit' && dice.chance(0.3)) edits.push(entry)
    if (edits.length > 2 || dice.chance(0.1)) break
  }
  const done = dice.chance(0.6) ? store.undo(edits) : store.redo(edits)
  return done ? 1 : 0
}

/** Characters beyond the Basic Multilingual Plane are left out: a random index would fall inside them. */
const word = (dice: Dice) => dice.pick(['a', 'be', 'sea', 'éo', 'שלום', 'ж', '\n', '\u0000', 'long words too'])

type Sabotage = { interpose?: Interposition; rewrite?: (message: Bytes, sender: Bytes) => Bytes; trusting?: boolean }

function sabotage(mutant: Mutant): Sabotage {
  switch (mutant) {
    case 'skip-dedupe':
      return { interpose: { deliver: deliver => edit => deliver(edit) ?? deliver(edit) } }
    case 'skip-causal-wait':
      return { rewrite: withoutHeads, trusting: true }
    case 'forget-clock':
      return { interpose: { place: ({ sequence }) => ({ sequence, version: 1 }) } }
    case 'one-table':
      return { interpose: { deliver: deliver => deliverFirstTables(deliver) } }
  }
}

/** Frames as if they had no causal parents: a receiver then waits for nothing. */
function withoutHeads(bytes: Bytes, sender: Bytes): Bytes {
  const message = decodeMessage(bytes, sender)
  if (!message.ok || message.value.type !== 'frames') return bytes
  const frames = message.value.frames.map(({ author, bytes }) => {
    const frame = decodeSealed(author, bytes)
    return {
      author,
      bytes: frame.ok ? encodeSealed(encodeBody({ ...frame.value, heads: [] }), frame.value.seal) : bytes,
    }
  })
  return encodeMessage({ ...message.value, frames }, sender)
}

type Deliver = (edit: RemoteEdit) => ReturnType<Parameters<NonNullable<Interposition['deliver']>>[0]>

/** Edits as if their authors had written to one table only. */
function deliverFirstTables(deliver: Deliver): Deliver {
  /** Of each store: what its author wrote, and what is delivered instead. */
  const streams = new Map<number, readonly [PatchStream, PatchStream]>()
  return edit => {
    if (edit.kind !== 'edit') return deliver(edit)
    const { store, payload } = edit
    const [whole, first] = streams.get(store) ?? [createPatchStream(store), createPatchStream(store)]
    streams.set(store, [whole, first])
    const patch = decodeWith(payload, reader => whole.read(reader, edit))
    if (!patch.ok) return deliver(edit)
    const firstTable = Object.fromEntries(Object.entries(patch.value).slice(0, 1))
    return deliver({ ...edit, payload: first.write(firstTable, edit) })
  }
}
