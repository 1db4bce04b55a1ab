/** A Markdown cell as it reads. */
import { useEffect, useRef } from 'react'
import { renderMarkdown } from 'supermesh/render'

interface MarkdownViewProps {
  readonly source: string
  /** Name to data URL. */
  readonly attachments: Readonly<Record<string, string>>
}

export function MarkdownView({ source, attachments }: MarkdownViewProps) {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    const pictures = Object.entries(attachments).map(([name, url]) => [name, bundleOf(url)])
    host.current?.replaceChildren(renderMarkdown(source, { attachments: Object.fromEntries(pictures) }))
  }, [source, attachments])
  return <div ref={host} className="sm-markdown" dir="auto" data-testid="markdown" />
}

/** A picture as the renderer takes it: by media type, base64 or, for SVG, its text. */
function bundleOf(url: string): Readonly<Record<string, string>> {
  const [, type, data] = /^data:([^;,]+);base64,(.*)$/s.exec(url) ?? []
  if (type === undefined || data === undefined) return {}
  return { [type]: type === 'image/svg+xml' ? textOf(data) : data }
}

/** Files hold an SVG as text, or encoded like other pictures. */
function textOf(data: string): string {
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(data), unit => unit.charCodeAt(0)))
  } catch {
    return data
  }
}
