/**
 * Outputs and Markdown made safe for the page. The looks are in `render.css`.
 */

export { stripBidi } from '../base/plain-name.ts'
export { type MarkdownOptions, renderMarkdown } from './io/markdown.ts'
export { createOutputArea, type OutputArea, renderOutput } from './io/output-area.ts'
export type { RenderOptions } from './io/rich-view.ts'
export { sanitise } from './io/sanitise.ts'
export type { Attachments } from './link.ts'
export type { MimeData, Output } from './output.ts'
