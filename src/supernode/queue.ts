/**
 * What a supernode does with the runs that it may start, in one term: one after the other, each at most once. Pure.
 *
 * `run.ts` says which runs those are; it says so again until *started* stands in the document, and again to another
 * page of the same person. So what this term took it takes once, whatever the document says (Q1).
 *
 * Q2: one run at a time, in the order in which their go came.
 * Q3: *started* is on disk before the kernel is called.
 * Q4: a kernel that cannot be opened ends the run that wanted it, with the reason; the next run tries again.
 * Q5: an interrupt or a restart lets go of what waits, as Jupyter does.
 * Q6: a run whose *started* cannot be written or kept ends with the reason, and does not run.
 */
import type { Step } from '../base/step.ts'

export interface QueueState {
  /** Q1 */
  readonly taken: ReadonlySet<string>
  readonly waiting: readonly string[]
  /** `beginning`: its *started* is on the way to disk. */
  readonly current: { readonly run: string; readonly stage: 'opening' | 'beginning' | 'executing' } | null
}

export interface RunEnd {
  readonly status: 'ok' | 'error' | 'aborted'
  readonly executionCount: number | null
  /** Why, where the kernel itself did not say it. */
  readonly sentence: string
}

export type QueueEvent =
  | { readonly type: 'run-given'; readonly run: string }
  | { readonly type: 'kernel-ready' }
  | { readonly type: 'kernel-failed'; readonly sentence: string }
  | { readonly type: 'start-flushed' }
  | { readonly type: 'start-failed'; readonly sentence: string }
  | { readonly type: 'run-ended'; readonly end: RunEnd }
  | { readonly type: 'stopped'; readonly by: 'interrupt' | 'restart' }

export type QueueEffect =
  /** Make sure that a living kernel is there. */
  | { readonly type: 'ready-kernel' }
  | { readonly type: 'write-start'; readonly run: string }
  | { readonly type: 'execute'; readonly run: string }
  | { readonly type: 'write-finish'; readonly run: string; readonly end: RunEnd }

export const NEW_QUEUE: QueueState = { taken: new Set(), waiting: [], current: null }

const STOPPED = {
  interrupt: 'This was let go before it began, because what ran before it was interrupted. Run it again.',
  restart: 'This was let go before it began, because the kernel was restarted. Run it again.',
}

export const stepQueue: Step<QueueState, QueueEvent, QueueEffect> = (state, event) => {
  const { current } = state
  switch (event.type) {
    case 'run-given': {
      // Q1
      if (state.taken.has(event.run)) return [state, []]
      const taken = new Set(state.taken).add(event.run)
      return next({ ...state, taken, waiting: [...state.waiting, event.run] })
    }
    case 'kernel-ready':
      if (current?.stage !== 'opening') return [state, []]
      return [{ ...state, current: { ...current, stage: 'beginning' } }, [{ type: 'write-start', run: current.run }]]
    case 'kernel-failed':
      // Q4
      if (current?.stage !== 'opening') return [state, []]
      return end(state, current.run, { status: 'error', executionCount: null, sentence: event.sentence })
    case 'start-flushed':
      // Q3
      if (current?.stage !== 'beginning') return [state, []]
      return [{ ...state, current: { ...current, stage: 'executing' } }, [{ type: 'execute', run: current.run }]]
    case 'start-failed':
      // Q6
      if (current?.stage !== 'beginning') return [state, []]
      return end(state, current.run, { status: 'error', executionCount: null, sentence: event.sentence })
    case 'run-ended':
      return current?.stage === 'executing' ? end(state, current.run, event.end) : [state, []]
    case 'stopped': {
      // Q5
      const aborted: RunEnd = { status: 'aborted', executionCount: null, sentence: STOPPED[event.by] }
      const effects = state.waiting.map(run => ({ type: 'write-finish' as const, run, end: aborted }))
      return [{ ...state, waiting: [] }, effects]
    }
  }
}

function end(state: QueueState, run: string, end: RunEnd): [QueueState, readonly QueueEffect[]] {
  const [after, effects] = next({ ...state, current: null })
  return [after, [{ type: 'write-finish', run, end }, ...effects]]
}

/** Q2 */
function next(state: QueueState): [QueueState, readonly QueueEffect[]] {
  const [run, ...waiting] = state.waiting
  if (run === undefined || state.current) return [state, []]
  return [{ ...state, waiting, current: { run, stage: 'opening' } }, [{ type: 'ready-kernel' }]]
}
