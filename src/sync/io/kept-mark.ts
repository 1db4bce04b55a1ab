/**
 * A mark, outside the browser's databases, that a room was kept in one: a browser may throw away all of them (see
 * `base/io/fresh-log.ts`), and a room that is gone looks like one that was never here. Where nothing can be marked, that is not known.
 */

export const isMarked = (name: string): boolean => within(storage => storage.getItem(name) !== null) ?? false

/** @returns whether it is there now */
export const mark = (name: string): boolean =>
  within(storage => {
    storage.setItem(name, 'kept')
    return true
  }) ?? false

export const unmark = (name: string): void => within(storage => storage.removeItem(name))

/** `undefined` where the page may not store anything, has no room for it, or is none. */
function within<V>(use: (storage: Storage) => V): V | undefined {
  try {
    return use(globalThis.localStorage)
  } catch {
    return undefined
  }
}
