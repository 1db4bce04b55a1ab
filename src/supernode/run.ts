/**
 * One run, at most once: five steps, each with a single writer. Pure; the heart of it knows no Jupyter.
 *
 * requested (requester: exact source, addressed to one supernode in one term) → claimed or refused (that supernode) →
 * go (requester, once) → started → finished (that supernode). A merge of documents is no mutual exclusion; what makes a
 * run start at most once is that *go* is written once, by one page, and names the one claim that it answers.
 *
 * R1: only the supernode that is asked claims, and only in the term in which it is asked.
 * R2: without a go nothing can have started, so the requester may ask elsewhere; nobody else may.
 * R3: the requester writes go once per run, for a claim that answers its present request, of a leader that it hears.
 * R4: a supernode starts what has a go for its own claim in its present term, once (see `queue.ts`).
 * R5: an answer to another request, or steps of another address than the go's, are kept and not shown.
 * R6: after the go nobody repeats a run by himself: it may have run. A late result still counts.
 * R7: only who asked for a run answers its `input()`, and only while it runs here.
 */

export interface Address {
  readonly supernode: string
  readonly term: number
}

/** The steps of a run as the document has them; whatever else they carry is not this rule's business. */
export interface RunSteps {
  readonly request: { readonly peer: string; readonly supernode: string | null; readonly term: number } | null
  readonly claim: (Address & { readonly verdict: 'claimed' | 'refused' }) | null
  readonly go: Address | null
  readonly start: Address | null
  readonly finish: (Address & { readonly status: 'ok' | 'error' | 'aborted' }) | null
}

export interface RunWorld {
  /** The own peer id. */
  readonly self: string
  /** Who leads, as far as is known here: a page that is heard. */
  readonly leader: Address | null
  readonly present: (peer: string) => boolean
}

export type RunDuty =
  /** Ask the present leader instead of the one that was asked. */
  | { readonly type: 'address'; readonly to: Address }
  | { readonly type: 'claim' }
  | { readonly type: 'go'; readonly to: Address }
  /** `started` has to be on disk before the kernel is called. */
  | { readonly type: 'start' }

/** What this page has to do for a run now; `null` for nothing. At most one thing at a time. */
export function dutyOf(run: RunSteps, { self, leader }: RunWorld): RunDuty | null {
  const { request, go } = run
  if (!request || !leader || run.finish) return null
  const asked = askedOf(run)
  const answer = answerOf(run)
  if (request.peer === self && !go && answer?.verdict !== 'refused') {
    // R2
    if (!sameAddress(asked, leader)) return { type: 'address', to: leader }
    // R3
    if (answer) return { type: 'go', to: leader }
  }
  if (leader.supernode === self) {
    // R1
    if (!go && sameAddress(asked, leader) && !answer) return { type: 'claim' }
    // R4
    if (sameAddress(go, leader) && sameAddress(run.claim, leader) && !run.start) return { type: 'start' }
  }
  return null
}

export type RunPhase = 'waiting' | 'claimed' | 'running' | 'done' | 'failed' | 'refused' | 'lost'

export function phaseOf(run: RunSteps, { present, leader }: RunWorld): RunPhase {
  const { request, go } = run
  // R5
  const start = sameAddress(run.start, go) ? run.start : null
  const finish = resultOf(run)
  if (finish) return finish.status === 'ok' ? 'done' : 'failed'
  if (go) {
    // R6: a supernode that is gone, or leads no longer in that term, has let go of its kernel.
    if (!sameAddress(leader, go)) return 'lost'
    return start ? 'running' : 'claimed'
  }
  const answer = answerOf(run)
  if (answer?.verdict === 'refused') return 'refused'
  if (request && !present(request.peer)) return 'lost'
  return answer ? 'claimed' : 'waiting'
}

/** R5: how the run ended, if that is to be shown. What a file brought was asked for by nobody, and is. */
export function resultOf<Run extends Pick<RunSteps, 'request' | 'go' | 'finish'>>(run: Run): Run['finish'] {
  return run.request === null || sameAddress(run.finish, run.go) ? run.finish : null
}

/** R7: whether what `from` says may be given to the run's `input()` by the supernode at `address`. */
export function mayAnswer(run: RunSteps, from: string, address: Address): boolean {
  return run.request?.peer === from && sameAddress(run.start, address) && !run.finish
}

export function sameAddress(a: Address | null, b: Address | null): boolean {
  return a !== null && b !== null && a.supernode === b.supernode && a.term === b.term
}

function askedOf({ request }: RunSteps): Address | null {
  return request && request.supernode !== null ? { supernode: request.supernode, term: request.term } : null
}

/** The claim that answers the request as it stands. */
function answerOf(run: RunSteps): RunSteps['claim'] {
  return sameAddress(run.claim, askedOf(run)) ? run.claim : null
}
