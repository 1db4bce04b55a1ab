/**
 * The runs of a text or list as a snapshot has them: one wherever they are one, without the content that is not kept.
 */
import type { KeptRanges } from './kept-ranges.ts'
import type { RunsToSave } from './saved-runs.ts'
import { type Content, continues, type Span } from './span.ts'

/** @param kept - of what is hidden: what is shown is kept always */
export function runsToSave<C extends Content>(
  spans: Iterable<Span>,
  kept: KeptRanges,
  contentOf: (span: Span) => C,
): RunsToSave<C> {
  const runs: Span[] = []
  const isKept: boolean[] = []
  for (const span of spans) {
    const { store, clock, length, removals, right } = span
    for (const part of removals > 0 ? kept.partsOf(span) : [{ store, clock, length, kept: true }]) {
      const left = part.clock === clock ? span.left : { store, clock: part.clock - 1 }
      const run: Span = { store, clock: part.clock, length: part.length, left, right, removals }
      const last = runs.at(-1)
      if (last && isKept.at(-1) === part.kept && continues(last, run)) last.length += run.length
      else {
        runs.push(run)
        isKept.push(part.kept)
      }
    }
  }
  return { spans: runs, contents: runs.map((run, i) => (isKept[i] ? contentOf(run) : null)) }
}
