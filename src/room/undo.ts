/**
 * Undo of what the own person did, in a scope: on this page, and on those that the person had open before it. What others do
 * meanwhile stays.
 */
import { SupermeshError } from '../base/error.ts'
import { requireOptions } from '../base/require.ts'
import { type Observable, requireListener, type Subscribable } from '../base/subscribe.ts'
import { ALIVE, type Schema, type Tables } from '../store/schema.ts'
import type { StoreEditId } from '../store/store.ts'
import { createOwnHistory, type OwnEvent, type OwnHistory, UNREAD } from './own-history.ts'
import type { RoomChange } from './room.ts'
import type { Ledger } from './transacting.ts'
import { NO_STEPS, step, type UndoStep } from './undo-steps.ts'

export interface UndoOptions<S extends Schema = Schema> {
  /** Only edits that touch nothing but these; all tables by default. */
  readonly tables?: readonly (keyof S['tables'] & string)[]
  /** Only edits that touch nothing but these records, of whichever table. */
  readonly records?: readonly string[]
  /** Edits of the same fields that follow one another within so many milliseconds are one step; 500 by default. */
  readonly mergeWithinMs?: number
}

export interface UndoState {
  readonly canUndo: boolean
  readonly canRedo: boolean
  /** What the next undo takes back: the `label` of its edit, or an empty text. */
  readonly undoLabel: string
  readonly redoLabel: string
}

export interface UndoManager extends Observable<UndoState> {
  /** Takes back the last step that is not taken back yet; nothing when there is none. @throws SupermeshError `not-allowed` */
  undo(): void
  redo(): void
}

const NOTHING_TO_UNDO: UndoState = Object.freeze({ canUndo: false, canRedo: false, undoLabel: '', redoLabel: '' })
const MERGE_WITHIN_MS = 500

/**
 * Makes undo managers, which share what they read.
 * @param ledger - `null` as long as there is nothing to undo in
 * @param changed - tells of each change, and by `null` that the ledger is there
 */
export function createUndoManagers<T extends Tables>(
  schema: Schema,
  ledger: () => Ledger<T> | null,
  changed: Subscribable<RoomChange | null>,
): (options?: UndoOptions) => UndoManager {
  const history = createOwnHistory<T>()
  return (options = {}) => createUndoManager(schema, ledger, changed, history, options)
}

/** @throws SupermeshError `table-unknown`, `option-invalid` */
function createUndoManager<T extends Tables>(
  schema: Schema,
  ledger: () => Ledger<T> | null,
  changed: Subscribable<RoomChange | null>,
  history: OwnHistory<T>,
  options: UndoOptions,
): UndoManager {
  requireOptions(options, 'The options of an undo manager', ['tables', 'records', 'mergeWithinMs'])
  const { tables, records, mergeWithinMs = MERGE_WITHIN_MS } = options
  requireScope(schema, tables, records, mergeWithinMs)
  let steps = NO_STEPS
  /** How much of the history is in them. */
  let read = UNREAD
  let shown = NOTHING_TO_UNDO

  const isInScope = (table: string, record: string) =>
    (tables?.includes(table) ?? true) && (records?.includes(record) ?? true)

  /** Takes in what happened since the last look: who is not looked at costs nothing. */
  function lookAt(of: Ledger<T>): Ledger<T> {
    const take = (event: OwnEvent) => {
      if (event.type === 'edit' && !event.paths.every(([table, record]) => isInScope(table, record))) return
      steps = step(steps, event, mergeWithinMs)
    }
    read = history.read(of, read, take, () => {
      steps = NO_STEPS
    })
    return of
  }

  /** Whether it changes nothing of what is shown here: an undo may, wherever it is, and so may a snapshot. */
  const isElsewhere = ({ kind, records: written }: RoomChange) =>
    kind === 'edit' && !Object.entries(written).some(([table, ids]) => ids.some(id => isInScope(table, id)))

  /** Whether with a step work of somebody else would go. Of most it is known at once: they neither make nor remove records. */
  function takesOthersAlong(
    { store, self, personOf }: Ledger<T>,
    { fields, edits }: Pick<UndoStep, 'fields' | 'edits'>,
  ): boolean {
    if (!fields.includes(`/${ALIVE}`)) return false
    const isOther = (writer: number) => writer !== self.store && (!self.person || personOf(writer) !== self.person)
    return edits.some(edit => [...store.takenAlong(edit)].some(isOther))
  }

  /** Whether a step made or removed records, or wrote to one that is there. */
  const canBeSeen = ({ store }: Ledger<T>, { fields }: Pick<UndoStep, 'fields'>) =>
    fields.split(',').some(path => {
      const [table = '', record = '', key] = path.split('/')
      return key === ALIVE || (store.tables[table]?.has(record) ?? true)
    })

  /** The next step in which there is something to do, and what: others may have undone it, or built on it. */
  function next(
    of: Ledger<T>,
    kind: 'undo' | 'redo',
  ): { readonly step: UndoStep; readonly edits: StoreEditId[] } | null {
    for (let i = steps[kind].length - 1; i >= 0; i--) {
      const each = steps[kind][i] as UndoStep
      // Since a snapshot came, what is before it may be here no more.
      const known = each.edits.filter(({ store, sequence }) => sequence >= of.entries.first(store))
      const edits = known.filter(edit => of.store.isUndone(edit) === (kind === 'redo'))
      if (edits.length === 0 || !canBeSeen(of, each)) continue
      if (kind === 'redo' || !takesOthersAlong(of, { ...each, edits: known })) return { step: each, edits }
    }
    return null
  }

  function go(kind: 'undo' | 'redo'): void {
    const open = ledger()
    if (!open) return
    const found = next(lookAt(open), kind)
    if (found) open.store[kind](found.edits, { label: found.step.label })
  }

  const getSnapshot = () => {
    const open = ledger()
    if (!open) return NOTHING_TO_UNDO
    lookAt(open)
    const [undo, redo] = [next(open, 'undo'), next(open, 'redo')]
    const state: UndoState = {
      canUndo: undo !== null,
      canRedo: redo !== null,
      undoLabel: undo?.step.label ?? '',
      redoLabel: redo?.step.label ?? '',
    }
    const isSame = (Object.keys(state) as (keyof UndoState)[]).every(key => state[key] === shown[key])
    if (!isSame) shown = Object.freeze(state)
    return shown
  }

  return {
    getSnapshot,
    subscribe: listener => {
      requireListener(listener)
      let before = getSnapshot()
      return changed.subscribe(change => {
        if (change && isElsewhere(change)) return
        const now = getSnapshot()
        if (now === before) return
        before = now
        listener(now)
      })
    },
    undo: () => go('undo'),
    redo: () => go('redo'),
  }
}

/** For callers without types: a scope in which nothing is would be a silent mistake. */
function requireScope(schema: Schema, tables: unknown, records: unknown, mergeWithinMs: unknown): void {
  for (const [option, names] of Object.entries({ tables, records })) {
    if (names === undefined || (Array.isArray(names) && names.every(name => typeof name === 'string'))) continue
    throw new SupermeshError('option-invalid', `${option} is a list of names.`, { option })
  }
  for (const table of (tables ?? []) as readonly string[]) {
    if (Object.hasOwn(schema.tables, table)) continue
    throw new SupermeshError('table-unknown', `The schema has no table "${table}".`, { table })
  }
  if (typeof mergeWithinMs === 'number' && mergeWithinMs >= 0) return
  throw new SupermeshError('option-invalid', 'Edits are merged within milliseconds, from 0.', {
    option: 'mergeWithinMs',
  })
}
