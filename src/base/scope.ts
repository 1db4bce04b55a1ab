/**
 * Things that must be undone when a live object ends, undone in reverse order and once.
 */
export interface Scope {
  /** Registers `end`; runs it at once when the scope has ended already. */
  add(end: () => void): void
  readonly disposed: boolean
  /** Idempotent. Every end runs, even when an earlier one throws; the first error is thrown afterwards. */
  dispose(): void
}

export function createScope(): Scope {
  const ends: (() => void)[] = []
  let disposed = false
  return {
    get disposed() {
      return disposed
    },
    add(end) {
      if (disposed) end()
      else ends.push(end)
    },
    dispose() {
      if (disposed) return
      disposed = true
      const errors: unknown[] = []
      for (const end of ends.reverse()) {
        try {
          end()
        } catch (error) {
          errors.push(error)
        }
      }
      if (errors.length > 0) throw errors[0]
    },
  }
}
