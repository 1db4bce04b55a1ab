/**
 * What a page has to write, and to run, now that the runs stand as they do: the run rules put into the tables' words.
 * Pure; rooms and the simulated world carry out the same deeds.
 */
import type { NotebookTables, RunRequest } from '../jupyter/schema.ts'
import type { ReadRecord, RegistersOf } from '../store/record.ts'
import { type Address, dutyOf, type RunWorld, sameAddress } from '../supernode/run.ts'

type Executions = NotebookTables['executions']['fields']
export type ExecutionRecord = ReadRecord<Executions>

export type Deed =
  | { readonly type: 'write'; readonly execution: string; readonly fields: RegistersOf<Executions> }
  | { readonly type: 'start'; readonly execution: string }

/** The name of the person whose page this is, as others should see it. */
interface Signature {
  readonly name: string
}

export function deedsOf(rows: readonly ExecutionRecord[], world: RunWorld, { name }: Signature): readonly Deed[] {
  return rows.flatMap(row => deedOf(row, world, name) ?? [])
}

function deedOf(row: ExecutionRecord, world: RunWorld, name: string): Deed | null {
  const duty = dutyOf(row, world)
  const { id: execution, request } = row
  if (!duty || !request) return null
  const write = (fields: RegistersOf<Executions>): Deed => ({ type: 'write', execution, fields })
  switch (duty.type) {
    case 'address':
      return write({ request: { ...request, ...duty.to } })
    case 'claim':
      return world.leader && write({ claim: { ...world.leader, verdict: 'claimed', sentence: '', name } })
    case 'go':
      return write({ go: duty.to })
    case 'start':
      return { type: 'start', execution }
  }
}

/** What a page that wants `source` to be run asks for; of nobody, while nobody leads. */
export function requestOf(source: string, { self, leader }: RunWorld, { name }: Signature): RunRequest {
  return { source, peer: self, name, supernode: leader?.supernode ?? null, term: leader?.term ?? 0 }
}

/** How many runs the supernode at `address` has started: what would be lost with its kernel. */
export function runsBegun(rows: readonly ExecutionRecord[], address: Address | null): number {
  return rows.reduce((count, { start }) => count + (sameAddress(start, address) ? 1 : 0), 0)
}
