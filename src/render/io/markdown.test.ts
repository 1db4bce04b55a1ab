// @vitest-environment jsdom
import { describe, expect, it, vi } from 'vitest'
import { renderLatex, renderMarkdown } from './markdown.ts'

const box = (fragment: DocumentFragment) => {
  const element = document.createElement('div')
  element.append(fragment)
  return element
}
const html = (source: string) => box(renderMarkdown(source)).innerHTML.trim()
const formulas = (source: string) =>
  [...box(renderMarkdown(source)).querySelectorAll('.sm-formula')].map(formula => [
    formula.classList.contains('sm-formula-block') ? 'block' : 'inline',
    formula.querySelector('annotation')?.textContent ?? formula.textContent,
  ])

describe('Markdown', () => {
  it('reads GitHub tables, task lists and struck words', () => {
    expect(html('| a | b |\n|:-:|--:|\n| 1 | ~~2~~ |')).toContain('<td align="right"><del>2</del></td>')
    expect(html('- [x] done\n- [ ] open')).toMatch(/☑ done[\s\S]*☐ open/)
  })

  it('finds formulas and leaves prices, code and escapes alone', () => {
    expect(formulas('a $x_1 + y_1$ b $$z^2$$ c \\(q\\)')).toEqual([
      ['inline', 'x_1 + y_1'],
      ['block', 'z^2'],
      ['inline', 'q'],
    ])
    expect(formulas('text\n$$\na < b\n$$\ntext\n\n\\begin{align}\nx &= 1 \\\\\n\\end{align}')).toEqual([
      ['block', 'a < b'],
      ['block', '\\begin{align}\nx &= 1 \\\\\n\\end{align}'],
    ])
    expect(formulas('(\\\\(\\sigma\\\\), b) \\\\[x\\\\]\n\n\\\\[\ny_1 \\\\\n\\\\]')).toEqual([
      ['inline', '\\sigma'],
      ['block', 'x'],
      ['block', 'y_1 \\\\'],
    ])
    expect(formulas('It costs $5 and then $6. `$x$` \\$y\\$\n\n```\n$z$\n```')).toEqual([])
  })

  it('draws formulas with no style attribute in the markup that it parses, and shows what it cannot read', async () => {
    const drawn = box(renderMarkdown('$x^2$ and $\\frac{1$'))
    await vi.waitFor(() => expect(drawn.querySelector('.katex')).not.toBeNull())
    expect(drawn.querySelector('annotation')?.textContent).toBe('x^2')
    const wrong = drawn.querySelector<HTMLElement>('.sm-formula-wrong')
    expect(wrong?.textContent).toBe('\\frac{1')
    expect(wrong?.title).toContain('KaTeX parse error')
  })

  it('gives formulas no rights', async () => {
    const drawn = box(renderLatex('\\href{https://evil.example}{x} \\htmlId{root}{y}'))
    await vi.waitFor(() => expect(drawn.querySelector('.katex, .sm-formula-wrong')).not.toBeNull())
    expect(drawn.querySelector('a, [id]')).toBeNull()
  })

  it('shows what nests too deeply, or is too long, as it was written', () => {
    for (const source of ['> '.repeat(20_000), '*'.repeat(500_001)]) {
      expect(box(renderMarkdown(source)).textContent.length).toBeGreaterThan(0)
    }
    expect(html('*'.repeat(500_001))).toMatch(/^<pre>\*+<\/pre>$/)
  })
})
