/**
 * Shared texts in React: to be read, and to be typed in.
 */
import { type RefCallback, useCallback, useEffect, useRef, useSyncExternalStore } from 'react'
import type { TextValue } from '../../store/record.ts'
import { useSurroundingRoom } from './room-context.ts'
import { bindTextField, type TextFieldBinding } from './text-field.ts'

const never = () => () => {}

/** A text's content, now and whenever it changes; empty while there is none. */
export function useText(text: TextValue | undefined): string {
  const read = () => text?.latest()?.toString() ?? ''
  return useSyncExternalStore(text?.subscribe ?? never, read, read)
}

/**
 * For `ref` of an `<input>` or `<textarea>` that several people type in: the caret stays where it was when others type,
 * and a composition (IME) is left alone. It is read-only where the own link allows no more. The browser's own undo does not
 * know what others have typed.
 */
export function useTextField(text: TextValue | undefined): RefCallback<HTMLInputElement | HTMLTextAreaElement> {
  const newest = useRef(text)
  newest.current = text
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
      const now = newest.current
      const isHere = now !== undefined && now.path === path
      binding.current = element && isHere ? bindTextField(element, now) : null
      if (element && !isHere) element.value = ''
    },
    [path, room],
  )
}
