/**
 * Recorded editing sessions, in the format of the public editing-traces collection.
 *
 * The collection counts places in code points, other programs that write the format in UTF-16 units. The two differ only
 * in a text with characters beyond U+FFFF; there the reading is taken that leads to the recorded end.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { codePoints, createPlainText, units } from './plain-text.ts'

export type Patch = readonly [at: number, remove: number, insert: string]

/** Places are in UTF-16 units. */
export interface Trace {
  readonly startContent: string
  readonly endContent: string
  readonly txns: readonly { readonly patches: readonly Patch[] }[]
}

/** @param file - `.json` or `.json.gz` */
export function readTrace(file: string): Trace {
  const bytes = readFileSync(file)
  return parseTrace(file.endsWith('.gz') ? gunzipSync(bytes).toString() : bytes.toString())
}

/** @throws Error when `json` is no session of one author, or does not lead to its own end */
export function parseTrace(json: string): Trace {
  const trace: unknown = JSON.parse(json)
  if (!isTrace(trace)) {
    throw new Error(
      'This is no trace of one author: { startContent, endContent, txns: [{ patches: [[at, remove, insert]] }] }.',
    )
  }
  const { startContent, endContent } = trace
  const txns = trace.txns.map(({ patches }) => ({ patches }))
  const beyond = /[\ud800-\udfff]/
  const plain = !beyond.test(startContent) && !txns.some(txn => txn.patches.some(([, , insert]) => beyond.test(insert)))
  const read = plain ? { startContent, endContent, txns } : (replayed(trace, codePoints) ?? replayed(trace, units))
  if (!read) throw new Error('This trace does not end in its endContent, in code points as little as in UTF-16.')
  return read
}

/** The text after the first `edits` transactions. */
export function textAfter({ startContent, endContent, txns }: Trace, edits: number): string {
  if (edits >= txns.length) return endContent
  const text = createPlainText(startContent, units)
  for (const { patches } of txns.slice(0, edits)) for (const patch of patches) text.splice(...patch)
  return text.toString()
}

/** The trace with its places in UTF-16, if they are those of `split` now. */
function replayed({ startContent, endContent, txns }: Trace, split: (text: string) => string[]): Trace | null {
  const text = createPlainText(startContent, split)
  const place = ([at, remove, insert]: Patch): Patch => {
    const units = text.splice(at, remove, insert)
    return [units.at, units.remove, insert]
  }
  try {
    const placed = txns.map(({ patches }) => ({ patches: patches.map(place) }))
    return text.toString() === endContent ? { startContent, endContent, txns: placed } : null
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function isTrace(value: unknown): value is Trace {
  const { startContent, endContent, txns } = (value ?? {}) as Record<string, unknown>
  if (typeof startContent !== 'string' || typeof endContent !== 'string' || !Array.isArray(txns)) return false
  return txns.every(txn => {
    const { parents, patches } = (txn ?? {}) as Record<string, unknown>
    return parents === undefined && Array.isArray(patches) && patches.every(isPatch)
  })
}

function isPatch(value: unknown): value is Patch {
  if (!Array.isArray(value)) return false
  const [at, remove, insert] = value as unknown[]
  return Number.isInteger(at) && Number.isInteger(remove) && typeof insert === 'string'
}
