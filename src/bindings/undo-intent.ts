/**
 * Undo and redo as a person asks for them, by keys or by the browser's menu.
 */
import type { UndoManager } from '../room/undo.ts'

/** Where undo and redo go: a room's undo manager, or what `useUndo` gives. */
export type UndoHands = Pick<UndoManager, 'undo' | 'redo'>

type Intent = 'undo' | 'redo'

/** What a key press asks for; by the key's place where the keyboard writes no Latin letters. */
export function keyIntent({ key, code, ctrlKey, metaKey, shiftKey, altKey }: KeyboardEvent): Intent | null {
  if (altKey || !(ctrlKey || metaKey)) return null
  const letter = /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace('Key', '').toLowerCase()
  if (letter === 'z') return shiftKey ? 'redo' : 'undo'
  return letter === 'y' && !shiftKey ? 'redo' : null
}

/** What the browser's menu, or a gesture, asks for. */
export function inputIntent({ inputType }: InputEvent): Intent | null {
  return inputType === 'historyUndo' ? 'undo' : inputType === 'historyRedo' ? 'redo' : null
}

/** Does it; the event goes no further, so that no other history hears of it. */
export function follow(event: Event, intent: Intent | null, hands: UndoHands): boolean {
  if (!intent) return false
  event.preventDefault()
  hands[intent]()
  return true
}
