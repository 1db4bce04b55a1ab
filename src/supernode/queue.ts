/**
 * What a supernode does with the runs that it may start, in one term: one after the other, each at most once. Pure.
 *
 * `run.ts` says which runs those are; it says so again until *started* stands in the document, and again to another
 * page of the same person. So what this term took it takes once, whatever the document says (Q1).
 *
 * Q2: one run at a time, in the order in which their go came.
 * Q3: *started* is on disk before the kernel is called.
 * Q4: a kernel that cannot be opened ends the run that wanted it, with the reason; the next run tries again.
 * Q5: an interrupt or a restart lets go of what has not reached the kernel; what comes of its preparations changes nothing.
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
  | { readonly type: 'kernel-ready'; readonly run: string }
  | { readonly type: 'kernel-failed'; readonly run: string; readonly sentence: string }
  | { readonly type: 'start-flushed'; readonly run: string }
  | { readonly type: 'start-failed'; readonly run: string; readonly sentence: string }
  | { readonly type: 'run-ended'; readonly run: string; readonly end: RunEnd }
  | { readonly type: 'stopped'; readonly by: 'interrupt' | 'restart' }

export type QueueEffect =
  /** Make sure that a living kernel is there. */
  | { readonly type: 'ready-kernel'; readonly run: string }
  | { readonly type: 'write-start'; readonly run: string }
  | { readonly type: 'execute'; readonly run: string }
  | { readonly type: 'write-finish'; readonly run: string; readonly end: RunEnd }

export const NEW_QUEUE: QueueState = { taken: new Set(), waiting: [], current: null }

const STOPPED = {
  interrupt: 'This was let go before it began, because somebody interrupted. Run it again.',
  restart: 'This was let go before it began, because the kernel was restarted. Run it again.',
}

export const stepQueue: Step<QueueState, QueueEvent, QueueEffect> = (state, event) => {
  const { current } = state
  const stage = 'run' in event && current?.run === event.run ? current.stage : null
  switch (event.type) {
    case 'run-given': {
      // Q1
      if (state.taken.has(event.run)) return [state, []]
      const taken = new Set(state.taken).add(event.run)
      return next({ ...state, taken, waiting: [...state.waiting, event.run] })
    }
    case 'kernel-ready':
      return stage === 'opening' ? go(state, event.run, 'beginning', 'write-start') : [state, []]
    case 'kernel-failed':
      // Q4
      return stage === 'opening' ? end(state, event.run, failure(event.sentence)) : [state, []]
    case 'start-flushed':
      // Q3
      return stage === 'beginning' ? go(state, event.run, 'executing', 'execute') : [state, []]
    case 'start-failed':
      // Q6
      return stage === 'beginning' ? end(state, event.run, failure(event.sentence)) : [state, []]
    case 'run-ended':
      return stage === 'executing' ? end(state, event.run, event.end) : [state, []]
    case 'stopped': {
      // Q5
      const executing = current?.stage === 'executing' ? current : null
      const dropped = current && !executing ? [current.run, ...state.waiting] : state.waiting
      const aborted: RunEnd = { status: 'aborted', executionCount: null, sentence: STOPPED[event.by] }
      const effects = dropped.map(run => ({ type: 'write-finish' as const, run, end: aborted }))
      return [{ ...state, current: executing, waiting: [] }, effects]
    }
  }
}

export function failure(sentence: string): RunEnd {
  return { status: 'error', executionCount: null, sentence }
}

type Turn = [QueueState, readonly QueueEffect[]]

function go(state: QueueState, run: string, stage: 'beginning' | 'executing', type: 'write-start' | 'execute'): Turn {
  return [{ ...state, current: { run, stage } }, [{ type, run }]]
}

function end(state: QueueState, run: string, end: RunEnd): Turn {
  const [after, effects] = next({ ...state, current: null })
  return [after, [{ type: 'write-finish', run, end }, ...effects]]
}

/** Q2 */
function next(state: QueueState): Turn {
  const [run, ...waiting] = state.waiting
  if (run === undefined || state.current) return [state, []]
  return [{ ...state, waiting, current: { run, stage: 'opening' } }, [{ type: 'ready-kernel', run }]]
}
