/**
 * Runs of elements: what one store inserted in one go, or what is left in one piece of it.
 */
import type { ElementId } from '../protocol/patch.ts'
import type { Listed } from './span-list.ts'

/** What elements are made of: UTF-16 units of a string or items of an array. */
export type Content = string | readonly unknown[]

export interface Span<C extends Content> extends Listed {
  readonly store: number
  readonly clock: number
  length: number
  readonly left: ElementId | null
  readonly right: ElementId | null
  /** `null` when removed. */
  content: C | null
}

export const same = (a: ElementId | null, b: ElementId | null): boolean =>
  a === b || (a !== null && b !== null && a.store === b.store && a.clock === b.clock)

export const startOf = ({ store, clock }: Span<Content>): ElementId => ({ store, clock })
export const endOf = ({ store, clock, length }: Span<Content>): ElementId => ({ store, clock: clock + length - 1 })

export function join<C extends Content>(a: C, b: C): C {
  return (typeof a === 'string' ? a + (b as string) : [...a, ...(b as readonly unknown[])]) as C
}

/** Whether `after`, which stands next to `before`, is the rest of its run. */
export function continues<C extends Content>(before: Span<C>, after: Span<C>): boolean {
  if (before.store !== after.store || before.clock + before.length !== after.clock) return false
  if ((before.content === null) !== (after.content === null)) return false
  return same(after.left, endOf(before)) && same(before.right, after.right)
}

/** Ids, origins and visibility of spans, neighbours told as one where they are one run: the history of splits does not show. */
export function describeRuns<C extends Content>(spans: Iterable<Span<C>>): readonly (readonly (number | string)[])[] {
  const runs: Span<C>[] = []
  for (const span of spans) {
    const last = runs.at(-1)
    if (!last || !continues(last, span)) runs.push({ ...span })
    else {
      last.length += span.length
      if (last.content !== null && span.content !== null) last.content = join(last.content, span.content)
    }
  }
  return runs.map(({ store, clock, length, left, right, content }) => [
    ...[store, clock, length],
    ...[left?.store ?? -1, left?.clock ?? -1, right?.store ?? -1, right?.clock ?? -1],
    content === null ? -1 : JSON.stringify(content),
  ])
}
