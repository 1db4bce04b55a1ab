/**
 * The door for HTML that strangers wrote: what passes can be read, and can do nothing.
 *
 * Two checks stand in a row. DOMPurify lets through a short list of reading elements with a shorter list of attributes:
 * no `style`, `id`, `name`, `class` or `data-*`, so nothing can dress up as the page, cover it, or be found by its
 * scripts. Then every link and picture is settled by this folder's own rules, while the tree still belongs to a document
 * that loads nothing. The tree is never written out and parsed again, which is what mutation attacks live on.
 */
import createPurifier from 'dompurify'
import { type Attachments, imageSource, linkTarget } from '../link.ts'

const readingElements = words(`
  p div span br hr pre blockquote center article section header footer main h1 h2 h3 h4 h5 h6
  ul ol li dl dt dd details summary figure figcaption table caption colgroup col thead tbody tfoot tr td th
  a img b strong i em u s strike del ins mark small big sub sup tt code kbd samp var
  abbr cite dfn q time bdi bdo wbr ruby rt rp address #text`)

const addressAttributes = ['href', 'src']

const readingAttributes = words(`
  alt title lang dir width height align valign start reversed open colspan rowspan span scope headers datetime border`)

function words(list: string): string[] {
  return list.trim().split(/\s+/)
}

/** Formulas, as the Markdown renderer marks them; they hold text and nothing else. */
export const formulaElements = { inline: 'sm-math', block: 'sm-math-block' } as const

/** Sides of pictures, in CSS pixels, beyond which the wish is ignored. */
const longestSide = 10_000

const configuration = {
  ALLOWED_TAGS: [...readingElements, ...Object.values(formulaElements)],
  ALLOWED_ATTR: [...addressAttributes, ...readingAttributes],
  // Otherwise every value must look like an address.
  ADD_URI_SAFE_ATTR: readingAttributes,
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|attachment:|data:image\/)/i,
  RETURN_DOM_FRAGMENT: true as const,
}

/** An instance of our own: the shared one can be reconfigured by any other code in the page. */
let purifier: ReturnType<typeof createPurifier> | undefined

/** The readable part of `html`. Pictures named `attachment:…` are taken from `attachments`. Never throws on any text. */
export function sanitise(html: string, attachments: Attachments = {}): DocumentFragment {
  purifier ??= createPurifier(window)
  const fragment: DocumentFragment | null = purifier.sanitize(html, configuration)
  if (fragment === null) return unparsed(html)
  for (const link of fragment.querySelectorAll('a')) settleLink(link)
  for (const picture of fragment.querySelectorAll('img')) settlePicture(picture, attachments)
  for (const stray of fragment.querySelectorAll(':not(a)[href]')) stray.removeAttribute('href')
  for (const stray of fragment.querySelectorAll(':not(img)[src]')) stray.removeAttribute('src')
  return fragment
}

/** A frameset, for one, leaves no body to read: what was written is shown. */
function unparsed(html: string): DocumentFragment {
  const fragment = document.createDocumentFragment()
  fragment.append(html)
  return fragment
}

function settleLink(link: HTMLAnchorElement): void {
  const target = linkTarget(link.getAttribute('href') ?? '')
  if (target === null) {
    link.removeAttribute('href')
    return
  }
  openElsewhere(link, target)
}

/** A link that tells the other side nothing and gives it no hold on this page. */
export function openElsewhere(link: HTMLAnchorElement, target: string): void {
  link.setAttribute('href', target)
  link.setAttribute('target', '_blank')
  link.setAttribute('rel', 'noopener noreferrer')
}

function settlePicture(picture: HTMLImageElement, attachments: Attachments): void {
  const source = imageSource(picture.getAttribute('src') ?? '', attachments)
  const description = picture.getAttribute('alt') ?? ''
  if (source.kind === 'inline') {
    picture.setAttribute('src', source.url)
    for (const side of ['width', 'height']) {
      if (!(Number.parseInt(picture.getAttribute(side) ?? '', 10) <= longestSide)) picture.removeAttribute(side)
    }
    return
  }
  const document = picture.ownerDocument
  if (source.kind === 'refused') {
    picture.replaceWith(document.createTextNode(description))
    return
  }
  const words = `${description || 'A picture'} (on ${source.host}, not loaded)`
  if (picture.closest('a') !== null) {
    picture.replaceWith(document.createTextNode(words))
    return
  }
  const link = document.createElement('a')
  link.textContent = words
  openElsewhere(link, source.url)
  picture.replaceWith(link)
}
