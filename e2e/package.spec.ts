/**
 * The published package as a stranger gets it: packed, installed by npm in an empty project, imported in Node, compiled
 * against, and rendered on a server.
 */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { copyFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from '@playwright/test'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { type PackedPackage, packAndInstall, readManifest } from './fixture/packed-package.ts'
import { runProgram } from './fixture/run-program.ts'
import { PROJECT, say } from './setup/command.ts'
import { readSubpaths } from './surface/subpath.ts'

const MAX_PACKAGES = 30
const MAX_BYTES = 15_000_000

/** The optional peers that each subpath cannot do without; one that is not listed needs none. */
const PEERS: Readonly<Record<string, readonly string[]>> = {
  'supermesh/react': ['react'],
  'supermesh/react/suspense': ['react'],
  'supermesh/react/codemirror': ['react', '@codemirror/state', '@codemirror/view'],
  'supermesh/codemirror': ['@codemirror/state', '@codemirror/view'],
  'supermesh/render': ['dompurify', 'marked'],
  'supermesh/testing/vitest': ['vitest'],
  'supermesh/testing/jest': ['expect'],
}

const specifiers = readSubpaths(readManifest(PROJECT).exports).map(({ specifier }) => specifier)
const tool = (name: string) => join(PROJECT, 'node_modules', '.bin', name)

let packed: PackedPackage

test.beforeAll(async () => {
  packed = await packAndInstall()
})

test.afterAll(() => packed?.dispose())

test('it is small, and nothing runs when it is installed', () => {
  const bytes = filesBelow(join(packed.folder, 'node_modules')).reduce((sum, file) => sum + statSync(file).size, 0)
  say(`${packed.installed.length} packages, ${(bytes / 1e6).toFixed(1)} MB`)
  expect(packed.installed.length).toBeLessThanOrEqual(MAX_PACKAGES)
  expect(bytes).toBeLessThanOrEqual(MAX_BYTES)
  expect(packed.installed.filter(runsAtInstallation), 'packages with install scripts').toEqual([])
})

test('it brings no tests along', () => {
  const files = filesBelow(join(packed.folder, 'node_modules', 'supermesh'))
  expect(files.filter(name => /\.(?:test|spec)\./.test(name))).toEqual([])
})

for (const specifier of specifiers) {
  test(`${specifier} can be imported in Node, with no more than its peers, and starts nothing`, async () => {
    const peers = PEERS[specifier] ?? []
    expect(Object.keys(packed.manifest.peerDependencies ?? {})).toEqual(expect.arrayContaining([...peers]))
    // Newer versions of Node share these with browsers. Asking for one by `typeof` is fine, using it is not.
    const shared = `['navigator', 'WebSocket', 'localStorage', 'sessionStorage', 'CloseEvent']`
    const program = `for (const name of ${shared}) delete globalThis[name]; await import('${specifier}')`
    await packed.withPackages(peers, () =>
      runProgram(process.execPath, ['--input-type=module', '--eval', program], { cwd: packed.folder, limit: 20_000 }),
    )
  })
}

for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
] as const) {
  test(`its declarations are strict and complete for the module resolution "${moduleResolution}"`, async () => {
    const imports = specifiers.map((specifier, index) => `import * as entry${index} from '${specifier}'`)
    const uses = specifiers.map((_, index) => `entry${index}`).join(', ')
    await writeFile(
      join(packed.folder, 'consumer.ts'),
      [...imports, `export const all: readonly object[] = [${uses}]`].join('\n'),
    )
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--skipLibCheck', 'false', '--types', '']
    const platform = ['--target', 'es2022', '--lib', 'es2024,dom,dom.iterable']
    const modules = ['--module', module, '--moduleResolution', moduleResolution]
    const args = [...options, ...platform, ...modules, '--ignoreConfig', 'consumer.ts']
    await packed.withPackages([...new Set(Object.values(PEERS).flat()), '@types/react'], () =>
      runProgram(tool('tsc'), args, { cwd: packed.folder }),
    )
  })
}

test('publint has nothing to say', async () => {
  const tarball = new Uint8Array(await readFile(packed.tarball)).buffer
  const { messages, pkg = {} } = await publint({ pack: { tarball }, strict: true })
  expect(messages.map(message => formatMessage(message, pkg, { color: false }))).toEqual([])
})

test('attw finds no wrong types', async () => {
  // TypeScript, whose resolution is asked, gives a style sheet no type.
  const styles = Object.keys(packed.manifest.exports).filter(key => key.endsWith('.css'))
  const args = [packed.tarball, '--profile', 'esm-only', '--no-color', '--no-emoji', '--exclude-entrypoints', ...styles]
  await runProgram(tool('attw'), args, { cwd: packed.folder })
})

test('a page with a room in it can be rendered on a server', async () => {
  await copyFile(join(PROJECT, 'e2e', 'pages', 'server-render.mjs'), join(packed.folder, 'server-render.mjs'))
  const page = await packed.withPackages(['react', 'react-dom'], () =>
    runProgram(process.execPath, ['server-render.mjs'], { cwd: packed.folder, limit: 20_000 }),
  )
  expect(page).toMatch(/^<p><input\/>opening: 00<\/p><!--\$!-->.*…<!--\/\$-->$/s)
})

function runsAtInstallation(folder: string): boolean {
  const scripts = readManifest(folder).scripts ?? {}
  return (
    ['preinstall', 'install', 'postinstall'].some(name => name in scripts) || existsSync(join(folder, 'binding.gyp'))
  )
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name))
}
