/**
 * `npm run size [-- --json]`: what a page has to load, in bytes; exits with 1 when the core is over its budget.
 *
 * `core` is everything that `supermesh` exports, with the datastore and simple-peer: room, store, sync, mesh, presence,
 * rights. `page` is what the demo loads before anything is chosen in it; it is left out until the pages are built.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build } from 'vite'

/** What it may not grow beyond; what it should come down to, and of what it is made, is in docs/decisions/008-weight.md. */
const CORE_BUDGET_GZIP = 86 * 1024

const project = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })

interface Size {
  readonly min: number
  readonly gzip: number
  readonly brotli: number
}

const core = sizeOf(await bundleCore())
const page = builtPage()
const sizes = { core, ...(page === null ? {} : { page: sizeOf(page) }) }
const fits = core.gzip <= CORE_BUDGET_GZIP

print(values.json ? JSON.stringify(sizes) : table(sizes))
if (page === null) complain('The pages are not built, so their size is left out. Run "npm run build" first.')
if (!fits) complain(`The core has ${core.gzip} bytes of gzip; its budget is ${CORE_BUDGET_GZIP}.`)
process.exitCode = fits ? 0 : 1

/** What a page would load that imports everything from `supermesh`: the chunks that it needs at once. */
async function bundleCore(): Promise<string[]> {
  const built = await build({
    configFile: false,
    root: project,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    resolve: { alias: [{ find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' }] },
    build: {
      write: false,
      minify: true,
      rolldownOptions: { input: join(project, 'src/index.ts'), preserveEntrySignatures: 'strict' },
    },
  })
  const outputs = Array.isArray(built) ? built : [built]
  const chunks = outputs
    .flatMap(output => ('output' in output ? output.output : []))
    .filter(file => file.type === 'chunk')
  const needed = new Set(chunks.filter(chunk => chunk.isEntry))
  for (const chunk of needed) {
    for (const other of chunks) if (chunk.imports.includes(other.fileName)) needed.add(other)
  }
  return [...needed].map(chunk => chunk.code)
}

/** The scripts and style sheets that the built `index.html` names. */
function builtPage(): string[] | null {
  const folder = join(project, 'dist')
  if (!existsSync(join(folder, 'index.html'))) return null
  const html = readFileSync(join(folder, 'index.html'), 'utf8')
  const names = [...html.matchAll(/(?:src|href)="(?:\.\/)?([^":]+\.(?:js|css))"/g)].map(([, name = '']) => name)
  return [html, ...[...new Set(names)].map(name => readFileSync(join(folder, name), 'utf8'))]
}

/** Each file is compressed by itself, as servers do. */
function sizeOf(files: readonly string[]): Size {
  const total = (measure: (bytes: Buffer) => number) => files.reduce((sum, text) => sum + measure(Buffer.from(text)), 0)
  return {
    min: total(bytes => bytes.length),
    gzip: total(bytes => gzipSync(bytes, { level: 9 }).length),
    brotli: total(bytes => brotliCompressSync(bytes).length),
  }
}

function table(all: Readonly<Record<string, Size>>): string {
  const lines = Object.entries(all).map(([name, { min, gzip, brotli }]) =>
    [name.padEnd(6), ...[min, gzip, brotli].map(bytes => String(bytes).padStart(10))].join(''),
  )
  return [`${'bytes'.padEnd(6)}       min      gzip    brotli`, ...lines].join('\n')
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`)
}
