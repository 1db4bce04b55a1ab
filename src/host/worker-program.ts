/**
 * Makes one classic script of Pyodide's two modules and our worker.
 *
 * Python lives in a frame of opaque origin. There Chromium starts no module worker from a blob, and importing modules from
 * one would need `blob:` in the page's `script-src`; so the modules, which import nothing, become functions. Pyodide
 * refuses classic workers, which it knows by an `importScripts` that works: it is made to throw, and is not wanted anyway.
 */

const EXPORT_AT_END = /\bexport\s*(?:default\s+([\w$]+)|\{([^{}]*)\})\s*;?\s*(?:\/\/#[^\n]*\s*)?$/

/** The program's parts, to be joined in this order; `null` when a module is not of the form that Pyodide has had. */
export function workerProgram(pyodide: string, assembly: string, worker: string): string[] | null {
  const loader = moduleAsFunction(pyodide)
  const module = moduleAsFunction(assembly)
  if (loader === null || module === null) return null
  return [
    "self.importScripts = () => { throw new Error('this worker loads no scripts') };\n",
    `const { loadPyodide } = ${loader};\n`,
    `const { default: createPyodideModule } = ${module};\n`,
    `(() => {\n'use strict';\n${worker}})();\n`,
  ]
}

/**
 * An ECMAScript module that imports nothing statically and exports at its end, as an expression whose value is its
 * namespace; `null` for any other.
 */
export function moduleAsFunction(source: string): string | null {
  const match = EXPORT_AT_END.exec(source)
  if (match === null || /^\s*import[\s{*'"]/m.test(source)) return null
  const [, byDefault, named] = match
  const entries = byDefault !== undefined ? [`default: ${byDefault}`] : (named ?? '').split(',').map(renamed)
  const body = source.slice(0, match.index).replaceAll('import.meta.url', '"https://python.invalid/"')
  return `(() => {\n'use strict';\n${body}\nreturn { ${entries.join(', ')} };\n})()`
}

/** `a as b` and `a` of an export list, as properties. */
function renamed(specifier: string): string {
  const [local = '', exported = local] = specifier.trim().split(/\s+as\s+/)
  return `${exported}: ${local}`
}
