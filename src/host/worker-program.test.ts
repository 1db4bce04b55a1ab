import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { Script } from 'node:vm'
import { expect, test } from 'vitest'
import { moduleAsFunction, workerProgram } from './worker-program.ts'

// biome-ignore lint/security/noGlobalEval: the text under test is a program.
const run = (program: string | null): unknown => globalThis.eval(program ?? 'null')

test('a module becomes a function of its exports', () => {
  expect(run(moduleAsFunction('const a=1,b=2;export{a as x,b};\n//# sourceMappingURL=a.map'))).toEqual({ x: 1, b: 2 })
  expect(run(moduleAsFunction('function f(){return import.meta.url}export default f;\n'))).toHaveProperty('default')
})

test('a module of another form is refused', () => {
  expect(moduleAsFunction('import x from "y"\nexport default x')).toBeNull()
  expect(moduleAsFunction('export const a = 1')).toBeNull()
  expect(moduleAsFunction('const a = 1')).toBeNull()
})

test('the installed Pyodide can be made one classic script', () => {
  const folder = dirname(createRequire(import.meta.url).resolve('pyodide'))
  const [pyodide, assembly] = ['pyodide.mjs', 'pyodide.asm.mjs'].map(name => readFileSync(join(folder, name), 'utf8'))
  const program = workerProgram(pyodide ?? '', assembly ?? '', 'self.started = typeof loadPyodide;')
  expect(program).not.toBeNull()
  // Compiling refuses what only a module may contain.
  expect(() => new Script(program?.join('') ?? '')).not.toThrow()
})
