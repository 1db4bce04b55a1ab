/**
 * Which version of the notebook format a JSON value claims to be, and whether this page reads it.
 */
import { isJsonArray, isJsonNumber, isJsonObject, type JsonObject, type JsonValue } from '../json-text.ts'
import { type NotebookRefusal, refuse } from './refusal.ts'
import { isWholeNumber } from './structure.ts'

const MAJOR = 4

export interface Versioned {
  readonly root: JsonObject
  readonly minor: number
}

/** A whole number that is zero or more, or `null`. */
function wholeNumber(value: JsonValue | undefined): number | null {
  return isJsonNumber(value) && isWholeNumber(value) ? Number(value.lexeme) : null
}

function unreadable(code: 'missing-piece' | 'invalid-structure', path: string): NotebookRefusal {
  const fault = code === 'missing-piece' ? 'does not say' : 'does not say in a whole number'
  const sentence = `This notebook ${fault} which version of the format it is in (\`${path}\`). Open it once in Jupyter and save it, then import it again.`
  return refuse(code, sentence, { path })
}

export function versionOf(value: JsonValue): Versioned | NotebookRefusal {
  if (!isJsonObject(value)) return notANotebook()
  if (!value.has('nbformat')) {
    const looksLikeOne = isJsonArray(value.get('cells')) || isJsonArray(value.get('worksheets'))
    return looksLikeOne ? unreadable('missing-piece', 'nbformat') : notANotebook()
  }
  const major = wholeNumber(value.get('nbformat'))
  if (major === null || major === 0) return unreadable('invalid-structure', 'nbformat')
  if (major < MAJOR) {
    const sentence = `This notebook is in nbformat ${major}, which this page cannot read yet. Open it once in Jupyter and save it, then import it again.`
    return refuse('old-nbformat', sentence, { nbformat: major })
  }
  if (major > MAJOR) {
    const sentence = `This notebook is in nbformat ${major}, which is newer than this page can read. Save it as nbformat 4 where it was made, then import it again.`
    return refuse('new-nbformat', sentence, { nbformat: major })
  }
  if (!value.has('nbformat_minor')) return unreadable('missing-piece', 'nbformat_minor')
  const minor = wholeNumber(value.get('nbformat_minor'))
  return minor === null ? unreadable('invalid-structure', 'nbformat_minor') : { root: value, minor }
}

function notANotebook(): NotebookRefusal {
  const sentence =
    'This file is JSON, but not a Jupyter notebook. Choose a file whose name ends in .ipynb, or save it as a notebook in Jupyter first.'
  return refuse('not-a-notebook', sentence)
}
