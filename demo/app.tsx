/** Lobby or room, by the address; each room's page is fetched when it is wanted. */
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Link } from 'supermesh'
import {
  addressOf,
  type Kind,
  newPlace,
  openFragment,
  type Place,
  type RoomPlace,
  readPasted,
  readPlace,
  roomName,
  signalingIn,
} from './address.ts'
import { Lobby } from './lobby/lobby.tsx'

const NotebookPage = lazy(async () => ({ default: (await import('./notebook/notebook-page.tsx')).NotebookPage }))
const TodoPage = lazy(async () => ({ default: (await import('./todo/todo-page.tsx')).TodoPage }))

const here = () => new URL(location.href)
const randomBytes = () => crypto.getRandomValues(new Uint8Array(16))
const readHere = () => readPlace(here(), randomBytes())

export function App() {
  const [place, setPlace] = useState<Place>(readHere)

  useEffect(() => {
    const onAddress = () => setPlace(readHere())
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
  const paste = (text: string) => {
    const next = readPasted(text, here(), randomBytes())
    if (next.type === 'room') enter(next)
    return next.type === 'room' ? '' : next.problem
  }
  const reopen = (link: Link, kind: Kind) =>
    enter({ type: 'room', kind, link, fresh: false, signaling: signalingIn(here()) })
  const leave = () => {
    history.pushState(null, '', location.pathname + location.search.replace(/[?&]app=\w*/, ''))
    setPlace(readHere())
  }

  if (place.type === 'lobby') {
    const create = (kind: Kind) => enter(newPlace(kind, signalingIn(here()), randomBytes()))
    return <Lobby problem={place.problem} onCreate={create} onPaste={paste} onReopen={reopen} />
  }
  const Page = place.kind === 'todo' ? TodoPage : NotebookPage
  return (
    <Suspense fallback={<div className="page-loading" role="status" aria-label="Opening the room" />}>
      <Page key={roomName(place.link)} place={place} onLeave={leave} />
    </Suspense>
  )
}
