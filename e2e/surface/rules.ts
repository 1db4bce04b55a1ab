/**
 * What the public surface may not do, read off its declarations and its entry modules. Each fault is a sentence.
 *
 * Everything public is a promise. A foreign package's type in a signature promises that package's next version as well, and
 * a name that nobody listed by hand promises what nobody has decided.
 */
import { type ESTree, type ParseResult, parseSync, Visitor } from 'vite'
import { SHARED, type Subpath } from './subpath.ts'

/**
 * The faults of a rolled-up declaration file.
 * @param allowed - the packages whose types may be named
 */
export function faultsOfSurface({ specifier, file }: Subpath, text: string, allowed: readonly string[]): string[] {
  const parsed = parse(file, text)
  const named = new Set([...modulesNamedIn(parsed)].map(packageOf))
  return [
    ...[...named]
      .filter(name => !isOwn(name) && !allowed.includes(name))
      .sort()
      .map(
        name => `${specifier} has a type of "${name}" in its signatures; it may name ${listed(allowed)} (api/${file}).`,
      ),
    ...exportsOf(parsed)
      .filter(({ from }) => from !== null && !isOwn(from))
      .map(({ name, from }) => `${specifier} re-exports ${name} of "${from}": whoever wants it imports it from there.`),
  ]
}

/** Whether a module is the one file that the surface shares. */
function isOwn(specifier: string): boolean {
  return specifier === `./${SHARED.file.replace(/\.d\.ts$/, '.js')}`
}

/** The faults of a module that a subpath leads to. */
export function faultsOfEntry(path: string, text: string): string[] {
  const starred = exportsOf(parse(path, text)).some(({ name }) => name === '*')
  return starred ? [`${path} has an "export *": list by hand what is public.`] : []
}

function parse(path: string, text: string): ParseResult {
  const parsed = parseSync(path, text)
  const [error] = parsed.errors
  if (error) throw new Error(`${path} cannot be read: ${error.message}`)
  return parsed
}

/** Exported names with the module that each is taken from, if any; `*` for all of a module's. */
function exportsOf({ module }: ParseResult): { readonly name: string; readonly from: string | null }[] {
  const imports = new Map(
    module.staticImports.flatMap(({ entries, moduleRequest }) =>
      entries.map(({ localName }) => [localName.value, moduleRequest.value] as const),
    ),
  )
  return module.staticExports
    .flatMap(({ entries }) => entries)
    .map(({ exportName, importName, localName, moduleRequest }) => ({
      name: importName.kind.startsWith('All') ? '*' : (exportName.name ?? 'default'),
      from: moduleRequest?.value ?? imports.get(localName.name ?? '') ?? null,
    }))
}

/** Every way in which a declaration file can depend on another module or package of types. */
function modulesNamedIn({ module, program, comments }: ParseResult): Set<string> {
  const named = new Set(module.staticImports.map(({ moduleRequest }) => moduleRequest.value))
  for (const { entries } of module.staticExports) {
    for (const { moduleRequest } of entries) if (moduleRequest !== null) named.add(moduleRequest.value)
  }
  const add = (node: ESTree.Node) => {
    if (node.type === 'Literal' && typeof node.value === 'string') named.add(node.value)
  }
  new Visitor({
    TSImportType: node => add(node.source),
    TSExternalModuleReference: node => add(node.expression),
    TSModuleDeclaration: node => add(node.id),
  }).visit(program)
  for (const { value } of comments) {
    const types = /^\/\s*<reference\s+(?:types|path)="([^"]+)"/.exec(value)?.[1]
    if (types !== undefined) named.add(types)
  }
  return named
}

/** `@codemirror/state` of `@codemirror/state/deep`; relative paths stay whole, since no package is called so. */
function packageOf(specifier: string): string {
  return /^(?:@[^/]+\/)?[^./@][^/]*/.exec(specifier)?.[0] ?? specifier
}

function listed(allowed: readonly string[]): string {
  return allowed.length === 0 ? 'its own types only' : `those of ${allowed.join(', ')} besides its own`
}
