import { describe, expect, it } from 'vitest'
import { faultsOfEntry, faultsOfSurface } from './rules.ts'

const surface = { specifier: 'supermesh/react', file: 'react.d.ts', declaration: 'src/react.d.ts' }
const faults = (text: string, allowed: readonly string[] = ['react']) => faultsOfSurface(surface, text, allowed)

describe('the packages in signatures', () => {
  it('may be those that are allowed', () => {
    expect(faults(`import { ReactNode } from "react"\nexport declare function show(): ReactNode`)).toEqual([])
    expect(faults(`import { JSX } from "react/jsx-runtime"\nexport declare function show(): JSX.Element`)).toEqual([])
  })

  it('are named in a sentence that says what is allowed', () => {
    const text = `import { Datastore } from "@lumino/datastore/lib/datastore"\nexport declare function open(): Datastore`
    expect(faults(text)).toEqual([
      'supermesh/react has a type of "@lumino/datastore" in its signatures; it may name those of react besides its own (api/react.d.ts).',
    ])
    expect(faults(text, [])).toEqual([
      'supermesh/react has a type of "@lumino/datastore" in its signatures; it may name its own types only (api/react.d.ts).',
    ])
  })

  it.each([
    ['a default import', `import Peer from "simple-peer"\nexport declare function link(): Peer.Instance`],
    ['a namespace', `import type * as peer from "simple-peer"\nexport declare function link(): peer.Instance`],
    ['an import for its effects', `import "simple-peer"\nexport declare const link: number`],
    ['an inline import', `export declare function link(): import("simple-peer").Instance`],
    ['an import assignment', `import Peer = require("simple-peer")\nexport declare function link(): Peer.Instance`],
    ['an augmentation', `declare module "simple-peer" { interface Instance { name: string } }\nexport {}`],
    ['a reference', `/// <reference types="simple-peer" />\nexport declare const link: SimplePeer.Instance`],
  ])('are found in %s', (_, text) => {
    expect(faults(text)).toEqual([expect.stringContaining('has a type of "simple-peer"')])
  })

  it('cannot be a file beside it, but for the one that the subpaths share', () => {
    expect(faults(`import { Room } from "./room.js"\nexport declare const room: Room`)).toEqual([
      expect.stringContaining('has a type of "./room.js"'),
    ])
    expect(faults(`import { Room } from "./shared.js"\nexport { Room }`)).toEqual([])
  })
})

describe('names of foreign packages', () => {
  const sentence = 'supermesh/react re-exports ReactNode of "react": whoever wants it imports it from there.'

  it('may not be exported again, even of an allowed package', () => {
    expect(faults(`export { ReactNode } from "react"`)).toEqual([sentence])
    expect(faults(`import { ReactNode } from "react"\nexport { type ReactNode }`)).toEqual([sentence])
    expect(faults(`import { ReactNode as Node } from "react"\nexport { Node as ReactNode }`)).toEqual([sentence])
  })

  it('may not be exported all at once', () => {
    expect(faults(`export * from "react"`)).toEqual([expect.stringContaining('re-exports * of "react"')])
    expect(faults(`import * as react from "react"\nexport { react }`)).toEqual([
      expect.stringContaining('re-exports react of "react"'),
    ])
  })
})

describe('an entry module', () => {
  it('lists its names', () => {
    expect(faultsOfEntry('src/index.ts', `/** Not an "export *". */\nexport { openRoom } from './room.ts'`)).toEqual([])
  })

  it.each(["export * from './room.ts'", "export type * from './room.ts'", "export * as rooms from './room.ts'"])(
    'may not say %s',
    text => {
      expect(faultsOfEntry('src/index.ts', text)).toEqual([
        'src/index.ts has an "export *": list by hand what is public.',
      ])
    },
  )
})

it('what cannot be read is not taken for faultless', () => {
  expect(() => faults('export declare const = 1')).toThrow('react.d.ts cannot be read')
})
