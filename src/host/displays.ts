/**
 * Which runs show what the code displays under an id, so that a later run can change it there. Pure.
 *
 * The ids are any text that the code chose; in the document a short key of our own stands for each.
 */
export interface Displays {
  keyOf(displayId: string): string
  /** `run` shows something under `key`. */
  shown(run: string, key: string): void
  /**
   * The runs that show something under `key`, in the order in which they did.
   * @param visible - whether people still see that run; one that they do not is forgotten
   */
  runsOf(key: string, visible: (run: string) => boolean): readonly string[]
}

export function createDisplays(): Displays {
  const keys = new Map<string, string>()
  const runs = new Map<string, Set<string>>()
  return {
    keyOf(displayId) {
      const key = keys.get(displayId) ?? `d${keys.size + 1}`
      keys.set(displayId, key)
      return key
    },
    shown(run, key) {
      const known = runs.get(key) ?? new Set()
      runs.set(key, known.add(run))
    },
    runsOf(key, visible) {
      const known = [...(runs.get(key) ?? [])].filter(visible)
      runs.set(key, new Set(known))
      return known
    },
  }
}
