/**
 * `npm run bench [-- --only NAME] [--rounds N] [--trace FILE] [--json]`: ourselves beside our neighbours, in one run.
 *
 * Every `*.bench.ts` here is one benchmark. With `--json` the answer is `{ NAME: [{ name, …columns }] }`.
 */
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Benchmark, Row } from './benchmark.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    trace: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) refuse(`--rounds needs a whole number from 1, for example --rounds 3.`)

const folder = fileURLToPath(new URL('.', import.meta.url))
const names = readdirSync(folder)
  .filter(file => file.endsWith('.bench.ts'))
  .map(file => file.slice(0, -'.bench.ts'.length))
  .sort()
const chosen = values.only === undefined ? names : names.filter(name => name === values.only)
if (chosen.length === 0) refuse(`There is no benchmark "${values.only}"; there is: ${names.join(', ')}.`)

const tables: Record<string, readonly Row[]> = {}
for (const name of chosen) {
  const { benchmark } = (await import(`./${name}.bench.ts`)) as { benchmark: Benchmark }
  if (!values.json) print(`\n${benchmark.name}`)
  const rows = await benchmark.run({ rounds, ...(values.trace === undefined ? {} : { trace: values.trace }) })
  tables[benchmark.name] = rows
  if (!values.json) print(asTable(rows))
}
if (values.json) print(JSON.stringify(tables))

function asTable(rows: readonly Row[]): string {
  const columns = [...new Set(rows.flatMap(row => Object.keys(row)))]
  const lines = [columns, ...rows.map(row => columns.map(column => asCell(row[column])))]
  const widths = columns.map((_, index) => Math.max(...lines.map(line => (line[index] ?? '').length)))
  return lines.map(line => line.map((cell, at) => align(cell, widths[at] ?? 0, at === 0)).join('  ')).join('\n')
}

function asCell(value: string | number | null | undefined): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 2 }) : value
}

function align(cell: string, width: number, left: boolean): string {
  return left ? cell.padEnd(width) : cell.padStart(width)
}

function refuse(sentence: string): never {
  process.stderr.write(`${sentence}\n`)
  process.exit(2)
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
