/**
 * Ids of runs, in the order in which a page asks for them (Q9): tables list their records by id, and who gives the go and
 * who runs go through a table from its first record to its last.
 */

/** Several runs can be asked for in one millisecond. */
const STEPS_PER_MS = 64

/**
 * @param now - milliseconds since the Unix epoch; may go backwards
 * @param random - keeps the ids of different pages apart
 */
export function createRunIds(now: () => number, random: () => string): () => string {
  let last = 0
  return () => {
    last = Math.max(last + 1, Math.floor(now() * STEPS_PER_MS))
    return `${last.toString(36).padStart(10, '0')}-${random()}`
  }
}
