/**
 * Markdown as people write it in notebooks: GitHub's flavour, formulas, attachments; made safe like any other HTML.
 *
 * Formulas are cut out while the text is still Markdown, so that their underscores stay theirs, travel through the
 * sanitiser as text in an element of their own, and are drawn afterwards.
 */
import { Marked, type TokenizerAndRendererExtension } from 'marked'
import type { Attachments } from '../link.ts'
import { drawFormulas } from './formula.ts'
import { formulaElements, sanitise } from './sanitise.ts'

export interface MarkdownOptions {
  /** The pictures of a cell, by file name. */
  readonly attachments?: Attachments
}

/** UTF-16 units; a longer text is shown as it was written. */
const longestSource = 500_000

/** `$$…$$`, `\[…\]`, `\\[…\\]` as Jupyter takes it, and the environments that stand alone, each beginning a block. */
const blockFormula =
  /^ {0,3}(?:\$\$([^$]{1,5000}?)\$\$|(\\{1,2})\[([\s\S]{1,5000}?)\2\]|(\\begin\{(align|equation|gather|eqnarray|multline)(\*?)\}[\s\S]{1,5000}?\\end\{\5\6\}))[ \t]*(?:\n|$)/
/** A single dollar must hug its formula, and no word may follow, so that prices stay prices. */
const inlineFormula =
  /^(?:\$\$([^$]{1,5000}?)\$\$|\$(?!\s)((?:\\[\s\S]|[^\\$`]){1,5000}?)(?<!\s)\$(?!\w)|(\\{1,2})(?:\(([\s\S]{1,5000}?)\3\)|\[([\s\S]{1,5000}?)\3\]))/

const blockExtension: TokenizerAndRendererExtension = {
  name: 'blockFormula',
  level: 'block',
  start: source => /\n {0,3}(?:\$\$|\\{1,2}\[|\\begin\{)/.exec(source)?.index,
  tokenizer(source) {
    const found = blockFormula.exec(source)
    const tex = found?.[1] ?? found?.[3] ?? found?.[4]
    return found === null || tex === undefined ? undefined : { type: 'blockFormula', raw: found[0], tex }
  },
  renderer: token => mark(formulaElements.block, token.tex),
}

const inlineExtension: TokenizerAndRendererExtension = {
  name: 'inlineFormula',
  level: 'inline',
  start: source => /\$|\\{1,2}[([]/.exec(source)?.index,
  tokenizer(source) {
    const found = inlineFormula.exec(source)
    if (found === null) return undefined
    const block = found[1] ?? found[5]
    return {
      type: 'inlineFormula',
      raw: found[0],
      tex: block ?? found[2] ?? found[4] ?? '',
      block: block !== undefined,
    }
  },
  renderer: token => mark(token.block === true ? formulaElements.block : formulaElements.inline, token.tex),
}

function mark(element: string, tex: unknown): string {
  const text = String(tex).trim().replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  return `<${element}>${text}</${element}>`
}

const marked = new Marked({
  gfm: true,
  async: false,
  extensions: [blockExtension, inlineExtension],
  renderer: { checkbox: ({ checked }) => (checked ? '☑ ' : '☐ ') },
})

/** A tree that can be inserted as it is; formulas in it are drawn as soon as their renderer is there. */
export function renderMarkdown(source: string, { attachments = {} }: MarkdownOptions = {}): DocumentFragment {
  const fragment = toFragment(source, attachments)
  void drawFormulas(fragment)
  return fragment
}

/** LaTeX as kernels send it: with its delimiters or bare, and then it stands alone. */
export function renderLatex(source: string): DocumentFragment {
  const delimited = /^\s*(?:\$|\\{1,2}[([]|\\begin)/.test(source)
  if (delimited) return renderMarkdown(source)
  const fragment = sanitise(mark(formulaElements.block, source))
  void drawFormulas(fragment)
  return fragment
}

function toFragment(source: string, attachments: Attachments): DocumentFragment {
  if (source.length <= longestSource) {
    try {
      return sanitise(marked.parse(source, { async: false }), attachments)
    } catch {
      // Nested so deeply that the parser ran out of stack: what was written is shown.
    }
  }
  const fragment = document.createDocumentFragment()
  const plain = document.createElement('pre')
  plain.textContent = source
  fragment.append(plain)
  return fragment
}
