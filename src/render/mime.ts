/**
 * Which of the forms that a kernel offers for one value is shown, and how its data is read.
 *
 * A bundle names several kinds of the same thing. The richest that this page can show wins, but a form that needs a
 * consent which was not given stands behind a picture that needs none.
 */
import { needsScripts } from './active-html.ts'
import type { MimeData } from './output.ts'

export type ImageType = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/svg+xml'

/** What is shown of a bundle. `unsupported` names what was offered, in the kernel's order. */
export type Choice =
  | { readonly kind: 'html'; readonly html: string; readonly active: boolean }
  | { readonly kind: 'markdown' | 'latex' | 'json' | 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly type: ImageType; readonly url: string }
  | { readonly kind: 'damaged-image'; readonly type: ImageType }
  | { readonly kind: 'unsupported'; readonly offered: readonly string[] }

const imageTypes: readonly ImageType[] = ['image/svg+xml', 'image/png', 'image/jpeg', 'image/gif', 'image/webp']

const richestFirst: readonly string[] = [
  'text/html',
  'text/markdown',
  'text/latex',
  ...imageTypes,
  'application/json',
  'text/plain',
]

/**
 * @param scriptsRun whether HTML that needs scripts would run at once; when not, a picture in the bundle goes before it
 */
export function chooseMime(data: MimeData, scriptsRun: boolean): Choice {
  const offered = Object.keys(data)
  const shown = richestFirst.filter(type => Object.hasOwn(data, type))
  const active = shown[0] === 'text/html' && needsScripts(textOf(data['text/html']))
  const picture = shown.find(isImageType)
  const type = active && !scriptsRun && picture !== undefined ? picture : (shown[0] ?? fallback(offered))
  if (type === undefined) return { kind: 'unsupported', offered }
  const text = textOf(data[type])
  if (isImageType(type)) {
    const url = imageUrl(type, text)
    return url === null ? { kind: 'damaged-image', type } : { kind: 'image', type, url }
  }
  if (type === 'text/html') return { kind: 'html', html: text, active }
  if (type === 'text/markdown') return { kind: 'markdown', text }
  if (type === 'text/latex') return { kind: 'latex', text }
  if (isJson(type)) return { kind: 'json', text: prettyJson(data[type]) }
  return { kind: 'text', text }
}

/** The kinds that are readable although nobody listed them: any JSON and any text, except what is meant to be run. */
function fallback(offered: readonly string[]): string | undefined {
  return (
    offered.find(isJson) ?? offered.find(type => /^text\/[\w.+-]+$/.test(type) && !/javascript|ecmascript/.test(type))
  )
}

function isJson(type: string): boolean {
  return /^application\/(?:[\w.-]+\+)?json$/.test(type)
}

export function isImageType(type: string): type is ImageType {
  return imageTypes.some(known => known === type)
}

/** A bundle's value as text: notebooks store long strings as lists of lines, which are joined with nothing. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value) && value.every(line => typeof line === 'string')) return value.join('')
  return value === undefined ? '' : prettyJson(value)
}

/** Two spaces of indentation; text that is JSON already is laid out, text that is not is left alone. */
function prettyJson(value: unknown): string {
  if (typeof value !== 'string') return JSON.stringify(value, null, 2) ?? ''
  try {
    return JSON.stringify(JSON.parse(value), null, 2)
  } catch {
    return value
  }
}

/**
 * A `data:` URL that an `<img>` can show without asking anybody; `null` when the data is no base64.
 *
 * SVG goes into an `<img>` too: a document shown as an image runs no scripts and loads nothing (SVG 2, §2.5, "secure
 * animated mode").
 */
export function imageUrl(type: ImageType, text: string): string | null {
  if (type === 'image/svg+xml') {
    const spaced = /<svg\b[^<>]*\bxmlns\s*=/.test(text)
      ? text
      : text.replace(/<svg\b/, '<svg xmlns="http://www.w3.org/2000/svg"')
    return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(spaced.replace(/\p{Surrogate}/gu, '\uFFFD'))}`
  }
  const base64 = text.replace(/\s+/g, '')
  return base64 !== '' && /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? `data:${type};base64,${base64}` : null
}
