/**
 * Formulas drawn by KaTeX, which is fetched when the first one is met.
 *
 * They are drawn into the page after sanitising, because their layout needs the very styles that strangers may not set;
 * KaTeX is given the text of a formula and no rights (no links, pictures or raw HTML), and sets its styles by script, so a
 * page policy without inline styles holds. Until it is there, and when it fails, the source of the formula is shown.
 */
import { formulaElements } from './sanitise.ts'

/** UTF-16 units; a longer formula stays source. */
const longestFormula = 5_000

type Katex = typeof import('katex')

/** Kept after the first load, so that a formula drawn again does not flicker through its source. */
let loaded: Katex | undefined

async function loadKatex(): Promise<Katex> {
  const [katex] = await Promise.all([import('katex'), import('katex/dist/katex.min.css')])
  loaded = katex
  return katex
}

/** Replaces every formula mark below `root`; resolves when all that can be drawn are drawn, and never rejects. */
export async function drawFormulas(root: ParentNode): Promise<void> {
  const formulas = Array.from(root.querySelectorAll(Object.values(formulaElements).join(',')), toElement)
  if (formulas.length === 0) return
  if (loaded !== undefined) {
    for (const formula of formulas) draw(formula, loaded)
    return
  }
  try {
    const katex = await loadKatex()
    for (const formula of formulas) draw(formula, katex)
  } catch {
    for (const { element } of formulas) {
      element.title = 'The formula renderer could not be loaded. Reload the page to try again.'
    }
  }
}

interface Formula {
  readonly element: HTMLElement
  readonly tex: string
  readonly block: boolean
}

function toElement(mark: Element): Formula {
  const block = mark.localName === formulaElements.block
  const element = mark.ownerDocument.createElement('span')
  element.className = block ? 'sm-formula sm-formula-block' : 'sm-formula'
  const tex = mark.textContent ?? ''
  element.textContent = tex
  mark.replaceWith(element)
  return { element, tex, block }
}

function draw({ element, tex, block }: Formula, katex: Katex): void {
  if (tex.length > longestFormula) return
  try {
    katex.render(tex, element, {
      displayMode: block,
      throwOnError: true,
      trust: false,
      maxExpand: 500,
      maxSize: 20,
      strict: false,
    })
  } catch (error) {
    element.classList.add('sm-formula-wrong')
    element.textContent = tex
    element.title = error instanceof Error ? error.message : 'This formula cannot be read.'
  }
}
