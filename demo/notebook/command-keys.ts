/** The keys of the command mode, as Jupyter has them. Pure. */

export type Command =
  | 'edit'
  | 'previous'
  | 'next'
  | 'insert-above'
  | 'insert-below'
  | 'remove'
  | 'undo-remove'
  | 'to-markdown'
  | 'to-code'
  | 'move-up'
  | 'move-down'
  | 'run'
  | 'run-and-go-on'
  | 'run-and-insert'

export interface Key {
  readonly key: string
  readonly shiftKey: boolean
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
}

const PLAIN: Readonly<Record<string, Command>> = {
  Enter: 'edit',
  ArrowUp: 'previous',
  k: 'previous',
  ArrowDown: 'next',
  j: 'next',
  a: 'insert-above',
  b: 'insert-below',
  z: 'undo-remove',
  m: 'to-markdown',
  y: 'to-code',
}

/**
 * @param pending - the key before, when it waits for a second one
 * @returns the command, and what waits now
 */
export function commandOf(pending: string, event: Key): [Command | null, string] {
  const { key, shiftKey, altKey } = event
  const control = event.ctrlKey || event.metaKey
  if (key === 'Enter' && (control || shiftKey || altKey)) {
    return [control ? 'run' : altKey ? 'run-and-insert' : 'run-and-go-on', '']
  }
  if (control && shiftKey && key === 'ArrowUp') return ['move-up', '']
  if (control && shiftKey && key === 'ArrowDown') return ['move-down', '']
  if (control || altKey || shiftKey) return [null, '']
  if (key === 'd') return pending === 'd' ? ['remove', ''] : [null, 'd']
  return [Object.hasOwn(PLAIN, key) ? (PLAIN[key] ?? null) : null, '']
}
