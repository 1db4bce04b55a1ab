// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { hostilePayloads } from '../hostile-corpus.ts'
import { renderMarkdown } from './markdown.ts'
import { sanitise } from './sanitise.ts'

/** Written against the rules of the page, not against the sanitiser's lists. */
function harmIn(root: ParentNode): string[] {
  const harm: string[] = []
  for (const element of root.querySelectorAll('*')) {
    if (element.namespaceURI !== 'http://www.w3.org/1999/xhtml') harm.push(`foreign <${element.localName}>`)
    if (
      /^(?:script|style|iframe|object|embed|link|meta|base|form|input|button|template|svg|math)$/.test(
        element.localName,
      )
    ) {
      harm.push(`<${element.localName}>`)
    }
    for (const { name, value } of element.attributes) {
      const ours = element.localName === 'span' && name === 'class' && /^sm-formula(?: sm-formula-block)?$/.test(value)
      if (
        /^(?:on|data-|aria-)|^(?:style|id|name|class|srcset|is|slot|ping|cite|role|formaction|action|nonce|for)$/.test(
          name,
        )
      ) {
        if (!ours) harm.push(`${name}="${value}"`)
      }
      if (name === 'src' && !/^data:image\/(?:png|jpeg|gif|webp|svg\+xml);base64,[\w+/=]+$/.test(value))
        harm.push(`src="${value}"`)
      if (name === 'href') {
        if (!/^(?:https?|mailto):/.test(value)) harm.push(`href="${value}"`)
        if (element.getAttribute('target') !== '_blank') harm.push('a link that stays')
        if (element.getAttribute('rel') !== 'noopener noreferrer') harm.push('a link that tells')
      }
    }
  }
  return harm
}

describe(`what strangers wrote (${hostilePayloads.length} payloads)`, { timeout: 120_000 }, () => {
  it('is judged by an eye that sees harm', () => {
    const raw = document.implementation.createHTMLDocument().createElement('div')
    raw.innerHTML = '<a href="#x" style="x">y</a><img src=x onerror=x><svg></svg><form id=x></form>'
    expect(harmIn(raw)).toEqual([
      'href="#x"',
      'a link that stays',
      'a link that tells',
      'style="x"',
      'src="x"',
      'onerror="x"',
      'foreign <svg>',
      '<svg>',
      '<form>',
      'id="x"',
    ])
  })

  it('holds nothing but what can be read, also after it was written out and read again', () => {
    for (const payload of hostilePayloads) {
      const box = document.implementation.createHTMLDocument().createElement('div')
      box.append(sanitise(payload))
      expect(harmIn(box), payload).toEqual([])
      box.innerHTML = `${box.innerHTML}`
      expect(harmIn(box), payload).toEqual([])
    }
  })

  it('holds nothing but what can be read as Markdown either', () => {
    for (const payload of hostilePayloads) expect(harmIn(renderMarkdown(payload)), payload).toEqual([])
  })
})

describe('what may stay', () => {
  const html = (source: string, attachments = {}) => {
    const box = document.createElement('div')
    box.append(sanitise(source, attachments))
    return box.innerHTML
  }

  it('keeps the table of a data frame and leaves its looks behind', () => {
    const frame = `<div><style scoped>.dataframe tbody tr th { vertical-align: top; }</style>
      <table border="1" class="dataframe"><thead><tr style="text-align: right;"><th></th><th>a</th></tr></thead>
      <tbody><tr><th>0</th><td>1</td></tr></tbody></table></div>`
    expect(html(frame).replace(/\s+/g, ' ')).toBe(
      '<div> <table border="1"><thead><tr><th></th><th>a</th></tr></thead> <tbody><tr><th>0</th><td>1</td></tr></tbody></table></div>',
    )
  })

  it('opens links elsewhere', () => {
    expect(html('<a href="https://example.org/a">x</a>')).toBe(
      '<a href="https://example.org/a" target="_blank" rel="noopener noreferrer">x</a>',
    )
  })

  it('names a picture on a server and does not load it', () => {
    expect(html('<img src="https://example.org/a.png" alt="A cat">')).toBe(
      '<a href="https://example.org/a.png" target="_blank" rel="noopener noreferrer">A cat (on example.org, not loaded)</a>',
    )
  })

  it('takes attached pictures from the cell', () => {
    expect(
      html('<img src="attachment:my%20cat.png" width="20" height="9999999">', {
        'my cat.png': { 'image/png': 'AAAA\n' },
      }),
    ).toBe('<img src="data:image/png;base64,AAAA" width="20">')
    expect(html('<img src="attachment:dog.png" alt="dog">', { 'my cat.png': { 'image/png': 'AAAA' } })).toBe('dog')
    expect(html('<img src="attachment:a" alt="a">', { a: { 'text/html': '<b>', 'image/png': '"><b>' } })).toBe('a')
  })
})
