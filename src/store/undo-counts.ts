/**
 * Which edits are undone: those of which more undos than redos are known. Counts commute, so that all replicas agree whatever
 * came first.
 */
export interface UndoCounts {
  isUndone(store: number, sequence: number): boolean
  /** Counts one undo (1) or redo (-1); whether the edit is another than before by that. */
  count(store: number, sequence: number, by: 1 | -1): boolean
  /** `[store, sequence, count]` of each edit whose count is not zero, in order. */
  describe(): readonly (readonly [number, number, number])[]
}

export function createUndoCounts(): UndoCounts {
  const byStore = new Map<number, Map<number, number>>()
  const countOf = (store: number, sequence: number) => byStore.get(store)?.get(sequence) ?? 0
  return {
    isUndone: (store, sequence) => countOf(store, sequence) > 0,
    count(store, sequence, by) {
      const counts = byStore.get(store) ?? new Map<number, number>()
      byStore.set(store, counts)
      const before = countOf(store, sequence)
      if (before + by === 0) counts.delete(sequence)
      else counts.set(sequence, before + by)
      return before > 0 !== before + by > 0
    },
    describe: () =>
      [...byStore]
        .sort(([a], [b]) => a - b)
        .flatMap(([store, counts]) =>
          [...counts]
            .sort(([a], [b]) => a - b)
            .map(([sequence, count]): readonly [number, number, number] => [store, sequence, count]),
        ),
  }
}
