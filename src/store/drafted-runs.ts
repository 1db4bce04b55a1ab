/**
 * What one patch has inserted into one field so far, in the order in which its author saw it.
 *
 * A patch is checked whole before any of it is applied, and its later operations may stand beside what its earlier ones
 * made. Between two neighbours of the past there is nothing at first ("a gap"); what the patch puts there forms a chain,
 * and each insertion has to name two neighbours of that chain. Knows nothing of what others have inserted meanwhile.
 */
import type { ElementId, Insertion, Move } from '../protocol/patch.ts'

interface Gap {
  readonly left: ElementId | null
  readonly right: ElementId | null
}

/** Inserted elements with ids in a row, and their neighbours among what the patch inserted into the same gap. */
interface Run {
  readonly clock: number
  length: number
  /** Whether a move made it. */
  readonly isSlot: boolean
  readonly gap: Gap
  before: Run | null
  after: Run | null
}

type Inserted = Insertion<{ readonly length: number }> | Move

export interface DraftedRuns {
  has(id: ElementId): boolean
  /**
   * Whether `id` was inserted by the patch (`inside`), and the clock up to which that holds for those that follow; whether it
   * was made by a move.
   */
  runFrom(id: ElementId): { readonly inside: boolean; readonly isSlot: boolean; readonly until: number }
  /**
   * Takes an insertion or a move whose origins exist; false when they were not neighbours.
   * @param neighbours - whether they were in the past
   */
  insert(inserted: Inserted, neighbours: () => boolean): boolean
}

const nameOf = (id: ElementId | null) => (id ? `${id.store}.${id.clock}` : '')
const same = (a: ElementId | null, b: ElementId | null) => nameOf(a) === nameOf(b)

export function createDraftedRuns(): DraftedRuns {
  /** By clock, which is the order of insertion but for splits. */
  const runs: Run[] = []
  const filled = new Set<string>()
  let store = -1

  /** Index of the first run that ends behind `clock`. */
  function search(clock: number): number {
    let low = 0
    let high = runs.length
    while (low < high) {
      const middle = (low + high) >> 1
      const run = runs[middle] as Run
      if (run.clock + run.length <= clock) low = middle + 1
      else high = middle
    }
    return low
  }

  function find(id: ElementId | null): Run | null {
    const run = id && id.store === store ? runs[search(id.clock)] : undefined
    return id && run && run.clock <= id.clock ? run : null
  }

  function chain(before: Run | null, run: Run, after: Run | null): void {
    run.before = before
    run.after = after
    if (before) before.after = run
    if (after) after.before = run
  }

  /** Makes `run` end before `clock`. */
  function split(run: Run, clock: number): void {
    const rest: Run = { ...run, clock, length: run.clock + run.length - clock }
    run.length = clock - run.clock
    chain(run, rest, run.after)
    runs.splice(search(clock), 0, rest)
  }

  /** The gap between `left` and `right`, with the runs beside it; `null` when the two are not neighbours. */
  function place({ left, right }: Inserted, neighbours: () => boolean): Pick<Run, 'gap' | 'before' | 'after'> | null {
    const before = find(left)
    const after = find(right)
    if (before && before === after && left && right && left.clock + 1 === right.clock) split(before, right.clock)
    const behind = before && find(right)
    if (before && left && before.clock + before.length - 1 !== left.clock) return null
    if (after && right && (behind ?? after).clock !== right.clock) return null
    if (before) {
      const fits = behind ? before.after === behind : !before.after && same(before.gap.right, right)
      return fits ? { gap: before.gap, before, after: behind } : null
    }
    if (after) return !after.before && same(after.gap.left, left) ? { gap: after.gap, before, after } : null
    if (filled.has(nameOf(left)) || !neighbours()) return null
    filled.add(nameOf(left))
    return { gap: { left, right }, before, after }
  }

  return {
    has: id => find(id) !== null,
    runFrom(id) {
      const run = id.store === store ? runs[search(id.clock)] : undefined
      if (!run || run.clock > id.clock) {
        return { inside: false, isSlot: false, until: run?.clock ?? Number.POSITIVE_INFINITY }
      }
      return { inside: true, isSlot: run.isSlot, until: run.clock + run.length }
    },
    insert(inserted, neighbours) {
      const found = place(inserted, neighbours)
      if (!found) return false
      store = inserted.id.store
      const isSlot = inserted.type === 'move'
      const run: Run = { clock: inserted.id.clock, length: isSlot ? 1 : inserted.content.length, isSlot, ...found }
      chain(found.before, run, found.after)
      runs.push(run)
      return true
    },
  }
}
