/**
 * Shared texts in React: to be read, and to be typed in.
 */
import { type RefCallback, useCallback, useEffect, useRef } from 'react'
import type { TextValue } from '../../store/record.ts'
import { editBetween } from '../text-edit.ts'
import { bindTextField, type TextFieldBinding } from './text-field.ts'

/**
 * A text's content, and a way to change it that keeps what others type meanwhile.
 * @param text - of a record that {@link useRecord} or {@link useQuery} gave: it is another one after each change
 */
export function useText(text: TextValue | undefined): readonly [string, (next: string) => void] {
  const newest = useRef(text)
  newest.current = text
  const change = useCallback((next: string) => {
    const now = newest.current
    const edit = now && editBetween(now.toString(), next)
    if (edit) now.splice(edit.index, edit.remove, edit.insert)
  }, [])
  return [text?.toString() ?? '', change]
}

/**
 * For `ref` of an `<input>` or `<textarea>` that several people type in: the caret stays where it was when others type,
 * and a composition (IME) is left alone.
 */
export function useTextField(text: TextValue | undefined): RefCallback<HTMLInputElement | HTMLTextAreaElement> {
  const newest = useRef(text)
  newest.current = text
  const binding = useRef<TextFieldBinding | null>(null)
  const isThere = text !== undefined
  useEffect(() => {
    if (text) binding.current?.follow(text)
  }, [text])
  return useCallback(
    element => {
      const now = newest.current
      if (!element || !now || !isThere) return
      const bound = bindTextField(element, now)
      binding.current = bound
      return () => {
        bound.dispose()
        if (binding.current === bound) binding.current = null
      }
    },
    [isThere],
  )
}
