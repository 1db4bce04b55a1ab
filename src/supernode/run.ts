/**
 * One run, at most once: five steps, each with a single writer. Pure; the heart of it knows no Jupyter.
 *
 * requested (requester: exact source, addressed to one supernode in one term) → claimed or refused (that supernode) →
 * go (requester, once) → started → finished (that supernode). A merge of documents is no mutual exclusion; what makes a
 * run start at most once is that *go* is written once, names one claim, and is on disk before anybody acts on it.
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
  /** Who leads, as far as is known here. */
  readonly leader: Address | null
  readonly present: (peer: string) => boolean
}

export type RunDuty =
  /** Ask the present leader instead of the one that was asked. */
  | { readonly type: 'address'; readonly to: Address }
  | { readonly type: 'claim' }
  /** Has to be on disk before it is told. */
  | { readonly type: 'go'; readonly to: Address }
  /** `started` has to be on disk before the kernel is called. */
  | { readonly type: 'start' }

const same = (a: Address | null, b: Address | null) =>
  a !== null && b !== null && a.supernode === b.supernode && a.term === b.term

/** What this page has to do for a run now; `null` for nothing. At most one thing at a time. */
export function dutyOf(run: RunSteps, { self, leader }: RunWorld): RunDuty | null {
  const { request, claim, go, start, finish } = run
  if (!request || finish) return null
  const asked = request.supernode === null ? null : { supernode: request.supernode, term: request.term }
  if (request.peer === self) {
    // R3: once per run. What was claimed by another than the one that is asked now gets no go.
    if (!go && claim && claim.verdict === 'claimed' && same(claim, asked)) return { type: 'go', to: addressOf(claim) }
    // R2: without a go nothing can have started, so that asking elsewhere is safe.
    if (!go && leader && !same(asked, leader) && claim?.verdict !== 'refused') return { type: 'address', to: leader }
  }
  if (leader?.supernode === self) {
    // R1: only the one that is asked, only in that term, only once.
    if (!go && same(asked, leader) && !same(claim, leader)) return { type: 'claim' }
    // R4: a supernode starts what its own claim got a go for, and nothing else.
    if (same(go, leader) && same(claim, leader) && !start) return { type: 'start' }
  }
  return null
}

export type RunPhase = 'waiting' | 'claimed' | 'running' | 'done' | 'failed' | 'refused' | 'lost'

/** R5: steps of another address than the go's are kept and not shown. */
export function phaseOf(run: RunSteps, { present, leader }: RunWorld): RunPhase {
  const { request, claim, go } = run
  const start = same(run.start, go) ? run.start : null
  const finish = same(run.finish, go) ? run.finish : null
  if (finish) return finish.status === 'ok' ? 'done' : 'failed'
  if (go) {
    // R6: after the go nobody repeats it by himself: it may have run.
    const alive =
      present(go.supernode) && (leader === null || leader.supernode !== go.supernode || leader.term === go.term)
    if (!alive) return 'lost'
    return start ? 'running' : 'claimed'
  }
  if (claim?.verdict === 'refused') return 'refused'
  if (request && !present(request.peer)) return 'lost'
  return claim ? 'claimed' : 'waiting'
}

function addressOf({ supernode, term }: Address): Address {
  return { supernode, term }
}
