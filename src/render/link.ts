/**
 * Where links in untrusted documents may lead, and where their pictures may come from.
 *
 * A link may leave for the web or open a letter. Fragments and relative addresses are refused, because they would lead
 * into this page, whose own fragment is the room's secret. Pictures come from the document itself and from nowhere else:
 * loading one from a server would tell that server who is reading.
 */
import { imageUrl, isImageType, textOf } from './mime.ts'
import type { MimeData } from './output.ts'

/** Attachments of a notebook cell: for each file name the same picture in one or more forms. */
export type Attachments = Readonly<Record<string, MimeData>>

/** The address to follow, or `null` when the link must not be one. */
export function linkTarget(href: string): string | null {
  const address = parseAddress(href)
  if (address === null) return null
  return ['http:', 'https:', 'mailto:'].includes(address.protocol) ? address.href : null
}

export type ImageSource =
  | { readonly kind: 'inline'; readonly url: string }
  /** On a server: not loaded, shown as a link. */
  | { readonly kind: 'remote'; readonly url: string; readonly host: string }
  | { readonly kind: 'refused' }

export function imageSource(src: string, attachments: Attachments): ImageSource {
  const trimmed = src.trim()
  if (/^attachment:/i.test(trimmed)) return attached(trimmed.slice('attachment:'.length), attachments)
  const data = /^data:(image\/[a-z+]+)(?:;charset=[\w-]+)?;base64,([\s\S]*)$/i.exec(trimmed)
  const type = data?.[1]?.toLowerCase() ?? ''
  if (data !== null && isImageType(type)) return inlineBase64(type, data[2] ?? '')
  const address = parseAddress(trimmed)
  if (address === null || !['http:', 'https:'].includes(address.protocol)) return { kind: 'refused' }
  return { kind: 'remote', url: address.href, host: address.host }
}

function attached(name: string, attachments: Attachments): ImageSource {
  const key = [name, decoded(name)].find(candidate => Object.hasOwn(attachments, candidate))
  const bundle = key === undefined ? undefined : attachments[key]
  if (bundle === undefined) return { kind: 'refused' }
  for (const [type, value] of Object.entries(bundle)) {
    if (!isImageType(type)) continue
    const url = imageUrl(type, textOf(value))
    if (url !== null) return { kind: 'inline', url }
  }
  return { kind: 'refused' }
}

/** The same check for every type: an SVG in base64 stays in base64. */
function inlineBase64(type: string, base64: string): ImageSource {
  const clean = base64.replace(/\s+/g, '')
  return /^[A-Za-z0-9+/]+={0,2}$/.test(clean)
    ? { kind: 'inline', url: `data:${type};base64,${clean}` }
    : { kind: 'refused' }
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function parseAddress(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null
}
