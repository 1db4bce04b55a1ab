/**
 * From what the processes found to the table: medians, and shares of the reference.
 */
import { median, type Row } from '../benchmark.ts'
import { type Found, isMark, markName } from './found.ts'

/** One contender's rounds; `missing` is why it could not be measured. */
export interface Result {
  readonly name: string
  readonly rounds: Found[]
  missing: string | null
}

/** Each column's median over the rounds. */
export function medians(rounds: readonly Found[]): Found {
  const columns = Object.keys(rounds[0] ?? {})
  return Object.fromEntries(columns.map(column => [column, median(rounds.map(round => round[column] ?? Number.NaN))]))
}

/**
 * The part of the reference's time for the same edits, of which there may be fewer than all; `null` where the reference
 * did not tell.
 */
export function shareOf(found: Found, reference: Found, time: string, edits: string): number | null {
  const done = found[edits]
  const own = found[time]
  const whole = reference[edits] === done ? reference[time] : reference[markName(time, done ?? 0)]
  return own === undefined || whole === undefined ? null : own / whole
}

export function asRows(results: readonly Result[], reference: string): readonly Row[] {
  const yardstick = medians(results.find(({ name }) => name === reference)?.rounds ?? [])
  return results.map(({ name, rounds, missing }) => {
    if (missing !== null) return { name, reason: missing }
    const found = medians(rounds)
    const columns = Object.entries(found).filter(([column]) => !isMark(column))
    return {
      name,
      ...Object.fromEntries(columns.map(([column, value]) => [column, rounded(value)])),
      localShareOfYjs: rounded(shareOf(found, yardstick, 'localCpuMs', 'localEdits')),
      remoteShareOfYjs: rounded(shareOf(found, yardstick, 'remoteCpuMs', 'remoteEdits')),
    }
  })
}

function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 100) / 100
}
