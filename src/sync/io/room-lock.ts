/**
 * Which rooms are open in this browser, by Web Locks: each page holds a shared one for each room that it keeps, and however
 * the page ends, its lock does. Where there are none, or none for this page, a page knows of itself only.
 */

/** A page that is closing, or has just let go, needs a moment. */
const PATIENCE_MS = 1000

// Node had no `navigator` before version 21.
const locks = () => globalThis.navigator?.locks as LockManager | undefined

const heldHere = new Map<string, number>()

/** Says that this page has `name` open, until the function is called that it resolves to. */
export function hold(name: string): Promise<() => void> {
  const manager = locks()
  if (!manager) return Promise.resolve(holdHere(name))
  return new Promise(resolve => {
    const held = () => new Promise<void>(release => resolve(release))
    manager.request(name, { mode: 'shared' }, held).catch(() => resolve(holdHere(name)))
  })
}

function holdHere(name: string): () => void {
  const count = () => heldHere.get(name) ?? 0
  heldHere.set(name, count() + 1)
  return () => void heldHere.set(name, count() - 1)
}

/** Runs `use` while no page has `name` open, and none can open it. @returns false when one has; `use` did not run then */
export async function whileNobodyHolds(name: string, use: () => Promise<void>): Promise<boolean> {
  const manager = locks()
  if (!manager) {
    if ((heldHere.get(name) ?? 0) > 0) return false
    await use()
    return true
  }
  let granted = false
  const run = () => {
    granted = true
    return use()
  }
  try {
    await manager.request(name, { signal: AbortSignal.timeout(PATIENCE_MS) }, run)
  } catch (error) {
    const { name: reason } = error as Error
    if (granted || (reason !== 'TimeoutError' && reason !== 'AbortError')) throw error
  }
  return granted
}
