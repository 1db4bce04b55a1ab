/**
 * Runs of elements: what one store inserted in one go, or what is left in one piece of it.
 */
import type { ElementId } from '../protocol/patch.ts'
import type { Listed } from './span-list.ts'

/** What elements are made of: UTF-16 units of a string or items of an array. */
export type Content = string | readonly unknown[]

export interface Span extends Listed {
  readonly store: number
  readonly clock: number
  length: number
  left: ElementId | null
  right: ElementId | null
  /**
   * How many removals hide it, and one more when its insertion was undone. Counts commute: whatever is undone and redone, by
   * whomever and in whatever order, every replica comes to the same.
   */
  removals: number
}

export const same = (a: ElementId | null, b: ElementId | null): boolean =>
  a === b || (a !== null && b !== null && a.store === b.store && a.clock === b.clock)

export const startOf = ({ store, clock }: Span): ElementId => ({ store, clock })
export const endOf = ({ store, clock, length }: Span): ElementId => ({ store, clock: clock + length - 1 })

export function join<C extends Content>(a: C, b: C): C {
  return (typeof a === 'string' ? a + (b as string) : [...a, ...(b as readonly unknown[])]) as C
}

/** Whether `after`, which stands next to `before`, is the rest of its run. */
export function continues(before: Span, after: Span): boolean {
  if (before.store !== after.store || before.clock + before.length !== after.clock) return false
  const { left } = after
  if (before.removals !== after.removals || left?.store !== before.store || left.clock !== after.clock - 1) return false
  return same(before.right, after.right)
}

/** Ids, origins and removals of spans, neighbours told as one where they are one run: the history of splits does not show. */
export function describeRuns(
  spans: Iterable<Span>,
  contentOf: (span: Span) => Content,
): readonly (readonly (number | string)[])[] {
  const runs: Span[] = []
  for (const span of spans) {
    const last = runs.at(-1)
    if (last && continues(last, span)) last.length += span.length
    else runs.push({ ...span })
  }
  return runs.map(run => [
    ...[run.store, run.clock, run.length],
    ...[run.left?.store ?? -1, run.left?.clock ?? -1, run.right?.store ?? -1, run.right?.clock ?? -1],
    run.removals > 0 ? -run.removals : JSON.stringify(contentOf(run)),
  ])
}
