/**
 * From the bytes of a chosen file to its text, within the size that a page can take.
 */
import { toUtf8 } from '../../base/bytes.ts'
import { type NotebookRefusal, refuse } from './refusal.ts'

const MEGABYTE = 1024 * 1024

/** The largest file that is imported (30 MiB). */
export const NOTEBOOK_MAX_BYTES = 30 * MEGABYTE

function sizeOf(file: string | Uint8Array): number {
  if (typeof file !== 'string') return file.length
  // A UTF-16 unit is at most three bytes of UTF-8, so that most texts need no counting.
  return file.length * 3 <= NOTEBOOK_MAX_BYTES ? file.length : toUtf8(file).length
}

/** The text of `file`, byte order mark included. */
export function readFileText(file: string | Uint8Array): string | NotebookRefusal {
  const bytes = sizeOf(file)
  if (bytes > NOTEBOOK_MAX_BYTES) {
    const size = Math.ceil((bytes / MEGABYTE) * 10) / 10
    const sentence = `This file has ${size} MB; notebooks of up to 30 MB can be imported. Clear its largest outputs in Jupyter and save it, then import it again.`
    return refuse('too-large', sentence, { bytes, maxBytes: NOTEBOOK_MAX_BYTES })
  }
  if (typeof file === 'string') return file
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file)
  } catch {
    const sentence =
      'This file is not text in UTF-8, as notebooks are. If it is a notebook, save it as UTF-8, then import it again.'
    return refuse('not-utf8', sentence)
  }
}
