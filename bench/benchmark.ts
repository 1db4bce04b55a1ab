/**
 * What each `*.bench.ts` exports as `benchmark`, so that `run.ts` finds it.
 */
export interface BenchOptions {
  /** A recorded editing session, for those that replay one. */
  readonly trace?: string
  /** Repetitions of which the median is told. */
  readonly rounds: number
}

/** One line of a table: who was measured, then the columns, which the README explains. */
export type Row = { readonly name: string } & Readonly<Record<string, string | number | null>>

export interface Benchmark {
  readonly name: string
  run(options: BenchOptions): Promise<readonly Row[]>
}

/** @param values - at least one */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const [low = Number.NaN, high = Number.NaN] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]]
  return (low + high) / 2
}
