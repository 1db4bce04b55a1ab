/** Lobby or room, by the address; each room's page is fetched when it is wanted. */
import { lazy, Suspense, useEffect, useState } from 'react'
import type { Link } from 'supermesh'
import {
  type Kind,
  lobbyAddress,
  newPlace,
  type Place,
  type RoomPlace,
  readPasted,
  roomName,
  signalingIn,
} from './address.ts'
import { Boundary } from './chrome/boundary.tsx'
import { placeHere, showPlace } from './here.ts'
import { Lobby } from './lobby/lobby.tsx'

const NotebookPage = lazy(async () => ({ default: (await import('./notebook/notebook-page.tsx')).NotebookPage }))
const TodoPage = lazy(async () => ({ default: (await import('./todo/todo-page.tsx')).TodoPage }))

const here = () => new URL(location.href)

export function App() {
  const [place, setPlace] = useState<Place>(placeHere)

  useEffect(() => {
    const onAddress = () => setPlace(placeHere())
    addEventListener('hashchange', onAddress)
    addEventListener('popstate', onAddress)
    return () => {
      removeEventListener('hashchange', onAddress)
      removeEventListener('popstate', onAddress)
    }
  }, [])

  const enter = (next: RoomPlace) => {
    showPlace(next)
    setPlace(next)
  }
  const paste = (text: string, copy?: File) => {
    const next = readPasted(text, here())
    if (next.type === 'room') enter(copy ? { ...next, copy } : next)
    return next.type === 'room' ? '' : next.problem
  }
  const reopen = (link: Link, kind: Kind) => enter({ type: 'room', kind, link, signaling: signalingIn(here()) })
  const leave = () => {
    history.pushState(null, '', lobbyAddress(here()))
    setPlace(placeHere())
  }

  if (place.type === 'lobby') {
    const create = (kind: Kind) => enter(newPlace(kind, signalingIn(here())))
    return <Lobby problem={place.problem} onCreate={create} onPaste={paste} onReopen={reopen} />
  }
  const Page = place.kind === 'todo' ? TodoPage : NotebookPage
  return (
    <Boundary key={roomName(place.link)} instead={<Broken onLeave={leave} />}>
      <Suspense fallback={<div className="page-loading" role="status" aria-label="Opening the room" />}>
        <Page place={place} onLeave={leave} />
      </Suspense>
    </Boundary>
  )
}

function Broken({ onLeave }: { readonly onLeave: () => void }) {
  return (
    <div className="placeholder" role="alert" data-testid="broken">
      <h1>This page cannot be shown</h1>
      <p>Something in it went wrong. What was saved is still on this device: load the page again.</p>
      <button type="button" className="primary" onClick={() => location.reload()}>
        Load it again
      </button>
      <button type="button" onClick={onLeave}>
        Back to the lobby
      </button>
    </div>
  )
}
