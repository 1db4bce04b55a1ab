import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../protocol/patch.ts'
import { createSequence } from './sequence.ts'

interface Trace {
  readonly endContent: string
  readonly numAgents: number
  readonly txns: readonly {
    readonly parents: readonly number[]
    readonly agent: number
    readonly patches: readonly (readonly [at: number, remove: number, insert: string])[]
  }[]
}

const folder = process.env.SUPERMESH_TRACES
const file = folder === undefined ? '' : join(folder, 'friendsforever.json.gz')

/** A real session of two people, from the editing-traces collection; any correct text type reproduces its end. */
describe.skipIf(!existsSync(file))('a recorded session of two people', () => {
  it('S1: ends in the recorded text, in different orders of merging', { timeout: 120_000 }, () => {
    const trace = JSON.parse(gunzipSync(readFileSync(file)).toString()) as Trace
    const agents = Array.from({ length: trace.numAgents }, () => ({
      sequence: createSequence<string>(''),
      has: new Set<number>(),
    }))
    const made: Operation<string>[][] = []
    const clocks = agents.map(() => 0)
    const apply = (replica: (typeof agents)[number], txn: number) => {
      if (replica.has.has(txn)) return
      const open = [txn]
      for (let next = open.at(-1); next !== undefined; next = open.at(-1)) {
        const missing = trace.txns[next]?.parents.filter(parent => !replica.has.has(parent)) ?? []
        if (missing.length > 0) open.push(...missing)
        else {
          open.pop()
          if (replica.has.has(next)) continue
          for (const operation of made[next] ?? []) replica.sequence.apply(operation)
          replica.has.add(next)
        }
      }
    }
    for (const [i, { parents, agent, patches }] of trace.txns.entries()) {
      const replica = agents[agent] as (typeof agents)[number]
      for (const parent of parents) apply(replica, parent)
      made[i] = patches.flatMap(([at, remove, insert]) => {
        const operations: Operation<string>[] = []
        if (remove > 0) operations.push(replica.sequence.removeAt(at, remove).operation)
        if (insert !== '') {
          operations.push(replica.sequence.insertAt(at, insert, { store: agent + 1, clock: clocks[agent] ?? 0 }))
          clocks[agent] = (clocks[agent] ?? 0) + insert.length
        }
        return operations
      })
      replica.has.add(i)
    }
    const late = { sequence: createSequence<string>(''), has: new Set<number>() }
    for (let i = trace.txns.length - 1; i >= 0; i -= 500) apply(late, i)
    for (const replica of [...agents, late]) {
      for (const i of trace.txns.keys()) apply(replica, i)
      expect(replica.sequence.content()).toBe(trace.endContent)
      expect(replica.sequence.describe()).toEqual(late.sequence.describe())
    }
  })
})
