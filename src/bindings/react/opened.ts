/**
 * A live thing that a component opens and closes: a room, or a notebook with its room.
 *
 * React runs effects twice under StrictMode and again on hot reload. Each time would be another session to everybody else
 * in the room; so the end is put off by a moment, and called off when the component is back by then.
 */
import { useEffect, useRef, useState } from 'react'

interface Disposable {
  dispose(): void
}

interface Holding<T> {
  readonly key: string
  readonly thing: T
  users: number
}

/**
 * Opens once for each `key`, whatever React does with effects.
 * @param open - called after the first paint; the newest one is used
 * @returns `null` until it is open, which is what a server renders
 */
export function useOpened<T extends Disposable>(open: () => T, key: string): T | null {
  const [shown, setShown] = useState<Holding<T> | null>(null)
  const held = useRef<Holding<T> | null>(null)
  const newest = useRef(open)
  newest.current = open

  useEffect(() => {
    let holding = held.current
    if (holding?.key !== key) holding = { key, thing: newest.current(), users: 0 }
    held.current = holding
    holding.users++
    setShown(holding)
    const mine = holding
    return () => {
      mine.users--
      queueMicrotask(() => {
        if (mine.users > 0) return
        if (held.current === mine) held.current = null
        mine.thing.dispose()
      })
    }
  }, [key])

  return shown?.key === key ? shown.thing : null
}
