/**
 * A mark, outside the browser's databases, that a room was kept in one: a browser may throw away all of them (see
 * `fresh-log.ts`), and a room that is gone looks like one that was never here.
 */

/** `null` where the page may not store anything, or is none. */
function storage(): Storage | null {
  try {
    return globalThis.localStorage ?? null
  } catch {
    return null
  }
}

export const isMarked = (name: string): boolean => storage()?.getItem(name) != null

export function mark(name: string): void {
  try {
    storage()?.setItem(name, 'kept')
  } catch {
    // There is no room for it.
  }
}

export const unmark = (name: string): void => storage()?.removeItem(name)
