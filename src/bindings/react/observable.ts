/**
 * The one bridge from what the kit lets people watch to React: everything else in this folder stands on it.
 */
import { useSyncExternalStore } from 'react'
import type { Observable } from '../../base/subscribe.ts'

/** The value of `observable`, now and whenever it changes. On a server: what it holds before anything is opened. */
export function useObservable<T>(observable: Observable<T>): T {
  return useSyncExternalStore(observable.subscribe, observable.getSnapshot, observable.getSnapshot)
}
