/**
 * What changes can be watched: a listener set, and a value that keeps its identity until it changes.
 *
 * `subscribe` and `getSnapshot` have the form that React's `useSyncExternalStore` wants, so that a binding needs no
 * adapter. A listener that throws does not keep the others from hearing: its error is reported and goes on as an
 * uncaught one, where a developer will see it.
 */

import { inWords, SupermeshError } from './error.ts'

export type Unsubscribe = () => void

export interface Subscribable<T> {
  subscribe(listener: (value: T) => void): Unsubscribe
}

/** A value that can be read at any time and watched; the same object until it changes. */
export interface Observable<T> extends Subscribable<T> {
  getSnapshot(): T
}

export interface Emitter<T> extends Subscribable<T> {
  emit(value: T): void
  /** Whether nobody listens. */
  idle(): boolean
}

/** For callers without types. @throws SupermeshError `value-wrong-type` */
export function requireListener(listener: unknown): void {
  if (typeof listener === 'function') return
  throw new SupermeshError('value-wrong-type', `A listener is a function, not ${inWords(listener)}.`)
}

export function createEmitter<T>(): Emitter<T> {
  const listeners = new Set<(value: T) => void>()
  return {
    idle: () => listeners.size === 0,
    subscribe(listener) {
      requireListener(listener)
      // Wrapped, so that one function subscribed twice is two subscriptions.
      const entry = (value: T) => listener(value)
      listeners.add(entry)
      return () => void listeners.delete(entry)
    },
    emit(value) {
      if (listeners.size === 0) return
      for (const listener of [...listeners]) {
        try {
          listener(value)
        } catch (error) {
          queueMicrotask(() => {
            throw error
          })
        }
      }
    },
  }
}

export interface Cell<T> extends Observable<T> {
  /** Sets the value; listeners hear of it unless it is the same by `Object.is`. */
  set(value: T): void
}

export function createCell<T>(initial: T): Cell<T> {
  let current = initial
  const emitter = createEmitter<T>()
  return {
    getSnapshot: () => current,
    subscribe: emitter.subscribe,
    set(value) {
      if (Object.is(current, value)) return
      current = value
      emitter.emit(value)
    },
  }
}
