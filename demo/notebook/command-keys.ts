/** The keys of the command mode, as Jupyter has them. Pure. */

export type Command =
  | 'edit'
  | 'previous'
  | 'next'
  | 'insert-above'
  | 'insert-below'
  | 'remove'
  | 'cut'
  | 'copy'
  | 'paste'
  | 'undo-remove'
  | 'to-markdown'
  | 'to-code'
  | 'move-up'
  | 'move-down'
  | 'run'
  | 'run-and-go-on'
  | 'run-and-insert'
  | 'interrupt'
  | 'restart'
  | 'show-keys'

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
  x: 'cut',
  c: 'copy',
  v: 'paste',
  z: 'undo-remove',
  m: 'to-markdown',
  y: 'to-code',
  h: 'show-keys',
}

/** Keys that count when they are pressed twice. */
const DOUBLE: Readonly<Record<string, Command>> = { d: 'remove', i: 'interrupt', '0': 'restart' }

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
  const double = commandIn(DOUBLE, key)
  if (double) return pending === key ? [double, ''] : [null, key]
  return [commandIn(PLAIN, key), '']
}

function commandIn(keys: Readonly<Record<string, Command>>, key: string): Command | null {
  return Object.hasOwn(keys, key) ? (keys[key] ?? null) : null
}
