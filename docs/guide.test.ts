/**
 * The guide is true: its files and its blocks compile as a builder's strict project would have them, its tests pass, and its
 * blocks give what they say. What its files make in browsers is tried in `e2e/guide.spec.ts`.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { codeOf, runnable } from './guide-code.ts'

const PROJECT = join(import.meta.dirname, '..')
const FOLDER = join(PROJECT, '.cache', 'guide')
const PRELUDE = [
  "import { expect } from 'vitest'",
  "import { createWorld } from 'supermesh/testing'",
  "import { board } from './board'",
  "import { other, room, world } from './world'",
]

const { files, sections } = codeOf(readFileSync(join(import.meta.dirname, 'build-an-app.md'), 'utf8'))
const fileOf = (title: string) => `section-${title.toLowerCase().replace(/[^a-z]+/g, '-')}.ts`

rmSync(FOLDER, { recursive: true, force: true })
mkdirSync(FOLDER, { recursive: true })
for (const [name, text] of files) writeFileSync(join(FOLDER, name), text)
for (const { title, code } of sections) writeFileSync(join(FOLDER, fileOf(title)), runnable(code, PRELUDE))
writeFileSync(
  join(FOLDER, 'tsconfig.json'),
  JSON.stringify({
    extends: '../../tsconfig.json',
    compilerOptions: { types: ['vite/client'] },
    include: ['.', '../../src/**/*.d.ts'],
  }),
)

describe('the guide', () => {
  it('compiles under strict, and what it says does not compile does not', () => {
    const tsc = join(PROJECT, 'node_modules', '.bin', 'tsc')
    const { stdout, status } = spawnSync(tsc, ['--noEmit', '-p', FOLDER], { encoding: 'utf8' })
    expect([stdout, status]).toEqual(['', 0])
  }, 60_000)

  it.each(sections.map(({ title }) => [title]))('gives what it says: %s', async title => {
    // A world for each section.
    vi.resetModules()
    const section = (await import(/* @vite-ignore */ join(FOLDER, fileOf(title)))) as { run(): Promise<void> }
    await section.run()
  })
})

describe('the tests in the guide', async () => {
  for (const name of files.keys()) if (name.endsWith('.test.ts')) await import(/* @vite-ignore */ join(FOLDER, name))
})
