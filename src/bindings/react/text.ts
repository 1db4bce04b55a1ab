/**
 * Shared texts in React: to be read, and to be typed in.
 */
import { type RefCallback, useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import type { TextValue } from '../../store/record.ts'
import type { UndoHands } from '../undo-intent.ts'
import { useSurroundingRoom } from './room-context.ts'
import { bindTextField, type TextFieldBinding } from './text-field.ts'

const never = () => () => {}

/** A text's content, now and whenever it changes; empty while there is none. */
export function useText(text: TextValue | undefined): string {
  const read = () => text?.latest()?.toString() ?? ''
  return useSyncExternalStore(text?.subscribe ?? never, read, read)
}

export interface TextFieldOptions {
  /** Where undo and redo go: what `useUndo` gives. Without it, to the browser's own history, which knows nothing of others. */
  readonly undo?: UndoHands
}

/**
 * For `ref` of an `<input>` or `<textarea>` that several people type in: the caret stays where it was when others type,
 * and a composition (IME) is left alone. It is read-only where the own link allows no more.
 */
export function useTextField(
  text: TextValue | undefined,
  { undo }: TextFieldOptions = {},
): RefCallback<HTMLInputElement | HTMLTextAreaElement> {
  const newest = useRef({ text, undo })
  newest.current = { text, undo }
  const binding = useRef<TextFieldBinding | null>(null)
  // One path is another text in another room.
  const room = useSurroundingRoom()
  const path = text?.path
  useEffect(() => {
    if (text) binding.current?.follow(text)
  }, [text])
  // biome-ignore lint/correctness/useExhaustiveDependencies: another room, another binding
  return useCallback(
    element => {
      binding.current?.dispose()
      const now = newest.current.text
      const isHere = now !== undefined && now.path === path
      const hands = newest.current.undo && {
        undo: () => newest.current.undo?.undo(),
        redo: () => newest.current.undo?.redo(),
      }
      binding.current = element && isHere ? bindTextField(element, now, hands) : null
      if (element && !isHere) element.value = ''
    },
    [path, room],
  )
}
