/**
 * Whether elements are among runs that are in no list yet.
 */
import type { ElementId } from '../protocol/patch.ts'
import type { Span } from './span.ts'

/** @param spans - those of one store in a row, ascending by clock */
export function createFinder(spans: readonly Span[]): (id: ElementId) => boolean {
  const byStore = new Map<number, Span[]>()
  for (const span of spans) {
    const runs = byStore.get(span.store)
    if (runs) runs.push(span)
    else byStore.set(span.store, [span])
  }
  return ({ store, clock }) => {
    const runs = byStore.get(store) ?? []
    let low = 0
    let high = runs.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((runs[middle] as Span).clock <= clock) low = middle + 1
      else high = middle
    }
    const run = runs[low - 1]
    return run !== undefined && clock < run.clock + run.length
  }
}
