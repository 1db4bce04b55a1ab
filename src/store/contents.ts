/**
 * What elements are made of, by their ids. Apart from their order, so that runs are split and joined without touching it, and
 * so that what was removed can come back.
 */
import { ByStore } from './by-store.ts'
import { type Content, join } from './span.ts'

export interface Contents<C extends Content> {
  /** Whether a character of two units was ever added: most texts have none. */
  readonly hasPairs: boolean
  /** Of elements whose clocks are above all that the store has added before. */
  add(store: number, clock: number, content: C): void
  /** Of elements in a row; where the content is forgotten, as many replacement characters, or nulls. */
  slice(store: number, clock: number, length: number): C
}

/** What one store inserted with clocks in a row, or a part of it. */
interface Chunk<C extends Content> {
  readonly clock: number
  content: C
}

/** Typed on, a chunk is written anew each time it is read: it may not become long. */
const CHUNK_MAX = 512

const PAIR = /[\ud800-\udfff]/

/** @param empty - the content of no element: `''` or `[]` */
export function createContents<C extends Content>(empty: C): Contents<C> {
  const byStore = new ByStore<Chunk<C>[]>()

  /** Index of the last chunk that begins at or before `clock`. */
  function search(chunks: readonly Chunk<C>[], clock: number): number {
    let low = 0
    let high = chunks.length
    if ((chunks[high - 1]?.clock ?? 0) <= clock) return high - 1
    while (low < high) {
      const middle = (low + high) >> 1
      if ((chunks[middle] as Chunk<C>).clock <= clock) low = middle + 1
      else high = middle
    }
    return low - 1
  }

  const contents: Contents<C> & { hasPairs: boolean } = {
    hasPairs: false,
    add(store, clock, content) {
      contents.hasPairs ||= typeof content === 'string' && PAIR.test(content)
      const chunks = byStore.get(store)
      const last = chunks?.at(-1)
      if (!chunks) byStore.set(store, [{ clock, content }])
      else if (last && last.content.length < CHUNK_MAX && last.clock + last.content.length === clock) {
        last.content = join(last.content, content)
      } else chunks.push({ clock, content })
    },
    slice(store, clock, length) {
      const chunks = byStore.get(store) ?? []
      let at = search(chunks, clock)
      const first = chunks[at]
      let result = first ? (first.content.slice(clock - first.clock, clock - first.clock + length) as C) : empty
      while (result.length < length) {
        const next = chunks[++at]
        const end = clock + length
        const missing = Math.min(next?.clock ?? end, end) - (clock + result.length)
        if (missing > 0) result = join(result, forgotten(missing))
        if (next) result = join(result, next.content.slice(0, length - result.length) as C)
      }
      return result
    },
  }
  return contents

  function forgotten(length: number): C {
    return (typeof empty === 'string' ? '\ufffd'.repeat(length) : new Array(length).fill(null)) as unknown as C
  }
}
