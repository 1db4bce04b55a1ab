/**
 * The measurements, each made in a process of its own. They hand each other what they made as files of one folder.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createByteList, readByteList } from './byte-list.ts'
import type { Contender } from './contender.ts'
import { type Found, markName } from './found.ts'
import { type Patch, readTrace, textAfter } from './trace.ts'

export interface Assignment {
  readonly contender: Contender
  /** Has {@link TRACE_FILE}, then what other tasks of the same contender wrote. */
  readonly folder: string
  /** How many of the edits to apply elsewhere. */
  readonly remoteEdits: number
  /** Numbers of edits after which the time so far is told, too. */
  readonly marks: readonly number[]
}

export const TRACE_FILE = 'trace.json'
export const TASKS = ['local', 'remote', 'load', 'heap'] as const
export type Task = (typeof TASKS)[number]

/** Further loads after the first, of which the median is told; fewer when they take longer than this. */
const WARM_LOADS = 7
const WARM_MS = 1_500

export const tasks: Readonly<Record<Task, (assignment: Assignment) => Found>> = {
  local({ contender, folder, marks }) {
    const trace = readTrace(join(folder, TRACE_FILE))
    const author = contender.author(trace.startContent)
    const updates = createByteList()
    let wireBytes = 0
    const edits = trace.txns
    const times = timed(edits, marks, ({ patches }) => {
      const update = author.edit(patches)
      updates.push(update)
      wireBytes += update.length
    })
    requireText(author.text(), textAfter(trace, edits.length))
    const snapshot = author.snapshot()
    const beginning = createByteList()
    for (const update of author.beginning) beginning.push(update)
    writeFileSync(join(folder, 'beginning'), beginning.finish())
    writeFileSync(join(folder, 'updates'), updates.finish())
    writeFileSync(join(folder, 'snapshot'), snapshot)
    return {
      localEdits: edits.length,
      ...named('localCpuMs', times),
      wireBytesPerEdit: wireBytes / edits.length,
      snapshotBytes: snapshot.length,
      snapshotGzipBytes: gzipSync(snapshot).length,
    }
  },
  remote({ contender, folder, remoteEdits, marks }) {
    const follower = contender.follower()
    for (const update of readByteList(readFileSync(join(folder, 'beginning')))) follower.apply(update)
    // As they come: a collector that had to look after all of them, and the trace, would be a part of what is measured.
    const updates = firstOf(readByteList(readFileSync(join(folder, 'updates'))), remoteEdits)
    const times = timed(updates, marks, follower.apply)
    requireText(follower.text(), textAfter(readTrace(join(folder, TRACE_FILE)), times.items))
    return { remoteEdits: times.items, ...named('remoteCpuMs', times) }
  },
  load({ contender, folder }) {
    const snapshot = readFileSync(join(folder, 'snapshot'))
    const trace = readTrace(join(folder, TRACE_FILE))
    const expected = textAfter(trace, trace.txns.length)
    const once = () => {
      const before = process.cpuUsage()
      const loaded = contender.load(snapshot)
      const text = loaded.text()
      const spent = cpuMs(before)
      requireText(text, expected)
      return { spent, loaded }
    }
    const { spent: loadColdMs, loaded } = once()
    const firstEditMs = timeOf(() => loaded.edit(patchInTheMiddle(expected)))
    requireText(loaded.text(), afterPatch(expected, patchInTheMiddle(expected)))
    const warm: number[] = []
    for (let spent = 0; warm.length < WARM_LOADS && spent < WARM_MS; ) {
      globalThis.gc?.()
      const load = once().spent
      warm.push(load)
      spent += load
    }
    return { firstEditMs, loadColdMs, loadWarmMs: warm.sort((a, b) => a - b)[warm.length >> 1] ?? loadColdMs }
  },
  heap({ contender, folder }) {
    const snapshot = readFileSync(join(folder, 'snapshot'))
    const before = heapBytes()
    const loaded = contender.load(snapshot)
    // Some load only what is asked for.
    const text = loaded.text()
    const heapMB = (heapBytes() - before) / 1e6
    loaded.edit(patchInTheMiddle(text))
    const heapEditedMB = (heapBytes() - before) / 1e6
    // Asked once more, so that the replica is still there when it is weighed.
    requireText(loaded.text(), afterPatch(text, patchInTheMiddle(text)))
    return { heapMB, heapEditedMB }
  },
}

const patchInTheMiddle = ({ length }: string): Patch => [length >> 1, 0, 'x']

const afterPatch = (text: string, [at, remove, insert]: Patch) => text.slice(0, at) + insert + text.slice(at + remove)

function timeOf(run: () => void): number {
  const before = process.cpuUsage()
  run()
  return cpuMs(before)
}

/** CPU time after all `items`, and at each mark on the way. */
function timed<T>(items: Iterable<T>, marks: readonly number[], take: (item: T) => void) {
  const before = process.cpuUsage()
  const at = new Map<number, number>()
  let done = 0
  for (const item of items) {
    take(item)
    if (marks.includes(++done)) at.set(done, cpuMs(before))
  }
  return { items: done, whole: cpuMs(before), at }
}

function* firstOf<T>(items: Iterable<T>, count: number): Generator<T> {
  let left = count
  for (const item of items) {
    if (left-- <= 0) return
    yield item
  }
}

function named(column: string, { whole, at }: ReturnType<typeof timed>): Found {
  const marked = [...at].map(([edits, time]) => [markName(column, edits), time] as const)
  return { [column]: whole, ...Object.fromEntries(marked) }
}

/** User and system time of this process since `before`, its collector's and compiler's threads included. */
function cpuMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1_000
}

/** Objects, buffers and the memories of WebAssembly modules that are alive. */
function heapBytes(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

function requireText(text: string, expected: string): void {
  if (text !== expected)
    throw new Error(`The text is wrong: ${text.length} units instead of ${expected.length}, or others.`)
}
