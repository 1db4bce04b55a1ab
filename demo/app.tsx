/** Lobby or room, by the address; each room's page is fetched when it is wanted. */
import { lazy, Suspense, useEffect, useState } from 'react'
import { formatLink } from 'supermesh'
import { addressOf, openFragment, type Place, type RoomPlace, readPlace } from './address.ts'
import { Lobby } from './lobby/lobby.tsx'

const NotebookPage = lazy(async () => ({ default: (await import('./notebook/notebook-page.tsx')).NotebookPage }))
const TodoPage = lazy(async () => ({ default: (await import('./todo/todo-page.tsx')).TodoPage }))

export const randomBytes = () => crypto.getRandomValues(new Uint8Array(16))
const here = () => new URL(location.href)

export function App() {
  const [place, setPlace] = useState<Place>(() => readPlace(here(), randomBytes()))

  useEffect(() => {
    const onAddress = () => setPlace(readPlace(here(), randomBytes()))
    addEventListener('hashchange', onAddress)
    addEventListener('popstate', onAddress)
    return () => {
      removeEventListener('hashchange', onAddress)
      removeEventListener('popstate', onAddress)
    }
  }, [])

  const enter = (next: RoomPlace) => {
    history.pushState(null, '', addressOf(next, openFragment(next.link), here()))
    setPlace(next)
  }
  const leave = () => {
    history.pushState(null, '', location.pathname)
    setPlace(readPlace(here(), randomBytes()))
  }

  if (place.type === 'lobby') return <Lobby problem={place.problem} onEnter={enter} />
  const RoomPage = place.kind === 'todo' ? TodoPage : NotebookPage
  return (
    <Suspense fallback={<div className="page-loading" role="status" aria-label="Opening the room" />}>
      <RoomPage key={formatLink(place.link)} place={place} onLeave={leave} />
    </Suspense>
  )
}
