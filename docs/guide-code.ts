/**
 * The code of a guide, taken out of its text: files that carry a name, and blocks that are run.
 *
 *     ```ts board.ts      a file; blocks of one name follow one another in it
 *     ```ts               run in a world, after the other blocks of its section
 *
 * In a block that is run, `expression // → value` must give that value and `expression // throws 'code'` that error.
 */
export interface GuideCode {
  /** Name → text. */
  readonly files: ReadonlyMap<string, string>
  /** Each heading with blocks to run, and they. */
  readonly sections: readonly { readonly title: string; readonly code: string }[]
}

const FENCE = /^```(tsx?|json|html)(?: (\S+))?\n([\s\S]*?)^```$/gm
const HEADING = /^## (.+)$/gm

export function codeOf(markdown: string): GuideCode {
  const files = new Map<string, string>()
  const sections = new Map<string, string>()
  const headings = [...markdown.matchAll(HEADING)]
  for (const { 2: name, 3: code = '', index } of markdown.matchAll(FENCE)) {
    if (name !== undefined) files.set(name, [files.get(name), code].filter(Boolean).join('\n'))
    else {
      const title = headings.findLast(heading => heading.index < index)?.[1] ?? ''
      sections.set(title, (sections.get(title) ?? '') + code)
    }
  }
  return { files, sections: [...sections].map(([title, code]) => ({ title, code })) }
}

/**
 * A module that runs a section's code: `export async function run()`.
 * @param prelude - import lines for the names that the code takes for granted
 */
export function runnable(code: string, prelude: readonly string[]): string {
  const lines = code.split('\n')
  const imports = lines.filter(line => line.startsWith('import '))
  const body = lines.filter(line => !line.startsWith('import ')).map(asserting)
  return [...prelude, ...imports, 'export async function run() {', ...body.map(line => `  ${line}`), '}', ''].join('\n')
}

/** A line whose comment says what it gives, as a check of that. */
function asserting(line: string): string {
  const gives = /^(\s*)(?:const (\w+) = )?(.+?);? \/\/ → (.+)$/.exec(line)
  if (gives) {
    const [, indent = '', name, expression = '', value = ''] = gives
    if (name === undefined) return `${indent}expect(${expression}).toEqual(${value})`
    return `${indent}const ${name} = ${expression}; expect(${name}).toEqual(${value})`
  }
  const fails = /^(\s*)(.+?) \/\/ throws ('.+')$/.exec(line)
  if (!fails) {
    if (/\/\/.*→/.test(line))
      throw new Error(`This line says what it gives in no way that can be checked: ${line.trim()}`)
    return line
  }
  const [, indent = '', expression = '', code = ''] = fails
  return `${indent}await expect((async () => ${expression})()).rejects.toMatchObject({ code: ${code} })`
}
