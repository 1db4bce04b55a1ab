import { expect, it } from 'vitest'
import { publishedDeclaration } from './declaration.ts'

const MODULE = '/**\n * About the module.\n */\n'
const OWN = '/** About a. */\n'

it('what is said of a module is not said of the first thing in it', () => {
  const declared = 'export declare const a: number;\n'
  expect(publishedDeclaration(`${MODULE}${declared}`, `${MODULE}\nexport const a = 1\n`)).toBe(declared)
  expect(publishedDeclaration(`${MODULE}${declared}`, `${MODULE}import './b.ts'\nexport const a = 1\n`)).toBe(declared)
  expect(publishedDeclaration(`${OWN}${declared}`, `${OWN}export const a = 1\n`)).toBe(`${OWN}${declared}`)
  expect(publishedDeclaration(`${OWN}${declared}`, `${MODULE}\n${OWN}export const a = 1\n`)).toBe(`${OWN}${declared}`)
})

it('neighbours are named as the modules are', () => {
  const emitted =
    "import type { B } from './b.ts';\nexport declare const c: import('./d.tsx').D;\nexport * from 'e.ts';\n"
  expect(publishedDeclaration(emitted, '')).toBe(
    "import type { B } from './b.js';\nexport declare const c: import('./d.js').D;\nexport * from 'e.ts';\n",
  )
})
