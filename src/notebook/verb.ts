/**
 * What one page asks of the one that leads; it passes from peer to peer and is not stored. Pure.
 */
import type { JsonValue } from '../protocol/patch.ts'

export type Verb =
  /** `execution` is the run that the person saw running: a late interrupt does not hit the next one. `null`: any. */
  | { readonly verb: 'interrupt'; readonly execution: string | null }
  | { readonly verb: 'restart' }
  | { readonly verb: 'reply'; readonly execution: string; readonly text: string }

/** Longest answer to an `input()`, in UTF-16 units. */
export const ANSWER_MAX_LENGTH = 65_536

/** A stranger's words; `null` for what is no verb. */
export function readVerb(value: JsonValue): Verb | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null
  const { verb, execution, text } = value as Readonly<Record<string, JsonValue>>
  switch (verb) {
    case 'restart':
      return { verb }
    case 'interrupt':
      return execution === null || typeof execution === 'string' ? { verb, execution } : null
    case 'reply':
      return typeof execution === 'string' && typeof text === 'string' && text.length <= ANSWER_MAX_LENGTH
        ? { verb, execution, text }
        : null
    default:
      return null
  }
}
