/**
 * The page under the mesh: it closes, comes back from the browser's cache, and finds its network again.
 */
import type { Unsubscribe } from '../../base/subscribe.ts'

export interface PageWatcher {
  leave(): void
  comeBack(): void
  isHere(): boolean
  online(): void
}

/** Where there is no page, as in Node, nothing is watched. */
export function watchPage({ leave, comeBack, isHere, online }: PageWatcher): Unsubscribe {
  if (typeof window === 'undefined') return () => {}
  let wasHere = false
  const hide = () => {
    wasHere = isHere()
    leave()
  }
  const show = (event: PageTransitionEvent) => {
    if (event.persisted && wasHere) comeBack()
  }
  window.addEventListener('pagehide', hide)
  window.addEventListener('pageshow', show)
  window.addEventListener('online', online)
  return () => {
    window.removeEventListener('pagehide', hide)
    window.removeEventListener('pageshow', show)
    window.removeEventListener('online', online)
  }
}
