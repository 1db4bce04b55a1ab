/**
 * Why a file cannot be imported, as a value: a code for programs, a sentence with a next step for people.
 */
import type { ErrorDetails } from '../../base/error.ts'

export type NotebookRefusalCode =
  | 'empty-file'
  | 'too-large'
  | 'not-utf8'
  | 'not-json'
  | 'too-deep'
  | 'not-a-notebook'
  | 'old-nbformat'
  | 'new-nbformat'
  | 'missing-piece'
  | 'invalid-structure'

export interface NotebookRefusal {
  readonly ok: false
  readonly code: NotebookRefusalCode
  readonly sentence: string
  /** `line` and `column` of a JSON fault, `path` of a fault in the structure, `bytes`, `nbformat`. */
  readonly details: ErrorDetails
}

export function refuse(code: NotebookRefusalCode, sentence: string, details: ErrorDetails = {}): NotebookRefusal {
  return { ok: false, code, sentence, details }
}
