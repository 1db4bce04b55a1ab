/**
 * What a component makes of something that changes: computed again when that changed, and the same object while its items
 * are the same.
 */
import { useRef, useSyncExternalStore } from 'react'
import type { Unsubscribe } from '../../base/subscribe.ts'

interface Source {
  subscribe(listener: () => void): Unsubscribe
  /** The same value until something has changed. */
  getSnapshot(): unknown
}

/**
 * @param select - may be another function at each rendering. An array whose items are the same as before is the same array,
 *   so filtering needs no memo.
 */
export function useSelection<R>(source: Source, select: () => R): R {
  const last = useRef<{ source: Source; seen: unknown; select: unknown; answer: R } | null>(null)
  const read = () => {
    const seen = source.getSnapshot()
    const before = last.current
    if (before?.source === source && before.seen === seen && before.select === select) return before.answer
    const fresh = select()
    const answer = before && sameItems(before.answer, fresh) ? before.answer : fresh
    last.current = { source, seen, select, answer }
    return answer
  }
  return useSyncExternalStore(source.subscribe, read, read)
}

function sameItems(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (!Array.isArray(a) || !Array.isArray(b)) return false
  return a.length === b.length && a.every((item, i) => Object.is(item, b[i]))
}
