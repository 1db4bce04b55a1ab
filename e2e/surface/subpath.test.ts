import { expect, it } from 'vitest'
import { readSubpaths } from './subpath.ts'

it('reads the subpaths with types, each with a file of its own', () => {
  expect(
    readSubpaths({
      '.': { types: './lib/src/index.d.ts', default: './lib/src/index.js' },
      './react/suspense': { types: './lib/src/bindings/react/suspense.d.ts', default: './lib/…' },
      './render.css': './lib/src/render/render.css',
      './worker': { default: './lib/src/worker.js' },
    }),
  ).toEqual([
    { specifier: 'supermesh', file: 'index.d.ts', declaration: 'src/index.d.ts' },
    {
      specifier: 'supermesh/react/suspense',
      file: 'react.suspense.d.ts',
      declaration: 'src/bindings/react/suspense.d.ts',
    },
  ])
})

it('refuses types that no build emits', () => {
  expect(() => readSubpaths({ './schema': { types: './src/schema.ts' } })).toThrow('The types of "./schema"')
})
