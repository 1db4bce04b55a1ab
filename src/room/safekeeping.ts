/**
 * Where the own edits are, and what is to be told of it: what the disk has kept and what peers hold, put together.
 */
import type { Scope } from '../base/scope.ts'
import { createEmitter } from '../base/subscribe.ts'
import type { KeptFrame, KeptSnapshot } from '../sync/keeper.ts'
import type { Keeping, KeepingListener } from './keeping.ts'
import { PROBLEMS, type Problem } from './problems.ts'
import { createSaving, type Saving } from './saving.ts'
import type { RoomFacts } from './status.ts'
import { until } from './until.ts'

/** What of the own log has to be known. */
export interface OwnLog {
  /** The last entry, sealed or not. */
  readonly last: number
  /** The last that is sealed. */
  readonly sealed: number
  /** What the frames go on from; `null` when they begin at the beginning. */
  readonly snapshot: KeptSnapshot | null
  /** All frames that are applied, in the order of application. */
  frames(): readonly KeptFrame[]
}

export interface Safekeeping {
  readonly saved: Saving['saved']
  keep(frame: KeptFrame): void
  /** A snapshot took the place of all that was here. */
  replace(snapshot: KeptSnapshot): void
  /** There is an own edit more. */
  grown(): void
  /** A peer holds all that is here. */
  agreed(): void
  ticked(): void
  /** Resolves when nothing is left to seal. */
  sealed(): Promise<void>
  /** Resolves when all own edits so far are sealed and kept, or there is nothing to keep them. */
  flushed(): Promise<void>
}

export interface SafekeepingOptions {
  readonly scope: Scope
  openKeeping(listener: KeepingListener): Keeping
  own(): OwnLog
  learn(change: Partial<RoomFacts>): void
  report(problem: Problem): void
  withdraw(...problems: readonly Problem[]): void
}

/** What it means that nothing can be kept, by the code of the keeper. */
const KEEPING_PROBLEMS: Readonly<Record<string, Problem>> = {
  quota: PROBLEMS.quota,
  'keeper-outdated': PROBLEMS.keptByNewer,
  'keeper-failed': PROBLEMS.notKept,
}

export function createSafekeeping({
  scope,
  own,
  learn,
  report,
  withdraw,
  openKeeping,
}: SafekeepingOptions): Safekeeping {
  const saving = createSaving()
  const moved = createEmitter<void>()

  /** Shows where the own edits are now. */
  function show(): void {
    const { last } = own()
    const { durable } = keeping
    learn({ durable, writing: durable && !saving.onDisk(last), unsaved: saving.unsaved(last) })
  }

  const keeping = openKeeping({
    kept(reach) {
      if (scope.disposed) return
      if (keeping.durable) {
        withdraw(...Object.values(KEEPING_PROBLEMS), ...(keeping.damaged === 0 ? [PROBLEMS.keptDamaged] : []))
        saving.reached('disk', reach)
      }
      show()
      moved.emit()
    },
    failed(code) {
      if (scope.disposed) return
      const problem = KEEPING_PROBLEMS[code] ?? PROBLEMS.notKept
      withdraw(...Object.values(KEEPING_PROBLEMS).filter(each => each !== problem))
      report(problem)
      show()
      moved.emit()
    },
    emptied() {
      saving.lost()
      show()
      return { snapshot: own().snapshot, frames: own().frames() }
    },
  })

  const isSealed = () => own().sealed >= own().last

  learn({ durable: keeping.durable })
  scope.add(() => {
    saving.dispose()
    moved.emit()
  })

  return {
    saved: saving.saved,
    keep(frame) {
      keeping.add([frame], own().sealed)
      moved.emit()
    },
    replace: snapshot => keeping.replace(snapshot, own().sealed),
    grown: show,
    agreed() {
      saving.reached('peer', own().sealed)
      show()
    },
    ticked: keeping.ticked,
    sealed: () => until(moved, isSealed, scope),
    flushed: () => until(moved, () => isSealed() && keeping.idle, scope),
  }
}
