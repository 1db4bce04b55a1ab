/**
 * Where a person's selection is: a presence field that editor bindings read and write.
 */
import type { JsonValue } from '../protocol/patch.ts'
import { type FieldDefinition, value } from './schema.ts'
import type { Anchor } from './text-view.ts'

export interface TextCaret {
  /** The text that it is in: `TextValue.path`. */
  readonly text: string
  /** Where the selection began, and where it is now; the same for a caret alone. */
  readonly anchor: Anchor
  readonly head: Anchor
}

/** For a schema's presence: `{ presence: { caret: caret() } }`. `null` when the person is in no text. */
export function caret(): FieldDefinition<'register', TextCaret | null, TextCaret | null> {
  return value<TextCaret | null>(null, { accepts: isCaret })
}

function isCaret(said: JsonValue): boolean {
  if (said === null) return true
  if (typeof said !== 'object' || Array.isArray(said)) return false
  const { text, anchor, head } = said as Readonly<Record<string, JsonValue>>
  return [text, anchor, head].every(part => typeof part === 'string')
}
