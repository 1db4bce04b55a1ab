/**
 * `npm run size [-- --json]`: what a page has to load, in bytes; exits with 1 when the core is over its budget.
 *
 * `core` is what an import of `supermesh` brings at once: rooms, store with the datastore, sync, presence, rights. `room` is
 * that and what the opening of a room loads beside it: the mesh with simple-peer. `page` is what the demo loads before
 * anything is chosen in it; it is left out until the pages are built.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { build, type Rolldown } from 'vite'

/** What they may not grow beyond, in bytes of gzip; of what they are made is in docs/decisions/008-weight.md. */
const BUDGETS = { core: 83 * 1024, room: 120 * 1024 }

const project = fileURLToPath(new URL('..', import.meta.url))
const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } })

interface Size {
  readonly min: number
  readonly gzip: number
  readonly brotli: number
}

const chunks = await bundle()
const core = needed(chunks, chunk => chunk.isEntry)
const room = needed(chunks, chunk => chunk.isEntry || chunk.facadeModuleId?.endsWith('/open-mesh.ts') === true)
const page = builtPage()
const sizes = { core: sizeOf(core), room: sizeOf(room), ...(page === null ? {} : { page: sizeOf(page) }) }
const heavy = (['core', 'room'] as const).filter(name => sizes[name].gzip > BUDGETS[name])

print(values.json ? JSON.stringify(sizes) : table(sizes))
if (page === null) complain('The pages are not built, so their size is left out. Run "npm run build" first.')
for (const name of heavy) complain(`"${name}" has ${sizes[name].gzip} bytes of gzip; its budget is ${BUDGETS[name]}.`)
process.exitCode = heavy.length === 0 ? 0 : 1

type Chunk = Extract<Rolldown.RolldownOutput['output'][number], { type: 'chunk' }>

/** Everything from `supermesh`, as a page would import it. */
async function bundle(): Promise<readonly Chunk[]> {
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
  return outputs
    .flatMap(output => ('output' in output ? output.output : []))
    .filter((file): file is Chunk => file.type === 'chunk')
}

/** The code of some chunks, and of those that they import at once. */
function needed(chunks: readonly Chunk[], isMeant: (chunk: Chunk) => boolean): string[] {
  const wanted = new Set(chunks.filter(isMeant))
  for (const chunk of wanted) {
    for (const other of chunks) if (chunk.imports.includes(other.fileName)) wanted.add(other)
  }
  return [...wanted].map(chunk => chunk.code)
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
