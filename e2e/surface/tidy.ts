/**
 * The bundler's text of a declaration file, laid out for whoever reads its diffs: air between declarations, one export a line.
 */
/** The bundler's note of the module that follows. */
const MODULE_NOTE = /^\/\/ .*\.d\.ts$/
const EXPORTS = /^export \{ (.+) \};?$/
/** Declarations stand at the margin, what belongs to them is indented. */
const BEGINS_DECLARATION = /^(?:\/\*\*|(?:export|declare|abstract|type|interface|enum|namespace)\b)/
const ENDS_COMMENT = /\*\/$/

export function tidy(text: string, { specifier }: { readonly specifier: string }): string {
  const lines = [`// The public surface of ${specifier}, made by "npm run api".`]
  for (const line of text.trim().split('\n')) {
    if (line === '' || MODULE_NOTE.test(line)) continue
    const names = EXPORTS.exec(line)?.[1]
    const previous = lines.at(-1) ?? ''
    const isDocumented = ENDS_COMMENT.test(previous) && !line.startsWith('/**')
    if (lines.length === 1 || (BEGINS_DECLARATION.test(line) && !isDocumented)) lines.push('')
    if (names === undefined) lines.push(line)
    else lines.push('export {', ...names.split(', ').map(name => `  ${name},`), '};')
  }
  return `${lines.join('\n')}\n`
}
