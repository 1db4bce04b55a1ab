/** The notebook's page: opens the room, and puts bars around the cells. */
import { useEffect, useMemo, useState } from 'react'
import { RoomProvider, useMe, useObservable, useOpened } from 'supermesh/react'
import { addressOf, openFragment, type RoomPlace, roomName } from '../address.ts'
import { Icon } from '../chrome/icon.tsx'
import { RoomFrame } from '../chrome/room-frame.tsx'
import { TitleField } from '../chrome/title-field.tsx'
import { useTitle } from '../use-title.ts'
import {
  type CellActions,
  createCellActions,
  type PageCommand,
  type RemovedCell,
  type Selection,
} from './cell-actions.ts'
import { Cells } from './cells.tsx'
import { type NotebookSession, openNotebookSession } from './session.ts'
import { type Panel, Toolbar } from './toolbar.tsx'
import { useFiles } from './use-files.tsx'
import '../style/notebook.css'
import '../style/editor.css'

interface NotebookPageProps {
  readonly place: RoomPlace
  readonly onLeave: () => void
}

export function NotebookPage({ place, onLeave }: NotebookPageProps) {
  const session = useOpened(() => openNotebookSession(place), roomName(place.link))
  if (!session) return <div className="page-loading" role="status" aria-label="Opening the room" />
  return (
    <RoomProvider room={session.room}>
      <NotebookRoom session={session} place={place} onLeave={onLeave} />
    </RoomProvider>
  )
}

interface NotebookRoomProps extends NotebookPageProps {
  readonly session: NotebookSession
}

function NotebookRoom({ session, place, onLeave }: NotebookRoomProps) {
  const { room, notebook } = session
  const title = useObservable(notebook.title)
  const supernode = useObservable(notebook.supernode)
  // Every notebook has a title: none means that it has not come yet.
  const isHere = title !== ''
  const readOnly = useMe()?.right === 'view' || !isHere
  const [selection, setSelection] = useState<Selection>({ id: null, editing: false })
  const [removed, setRemoved] = useState<RemovedCell | null>(null)
  const [panel, setPanel] = useState<Panel | null>(null)
  const actions = useMemo(() => {
    const obey = (command: PageCommand) => {
      if (command === 'interrupt') notebook.interrupt()
      else setPanel(command === 'restart' ? 'restart' : 'keys')
    }
    return createCellActions({ notebook, setSelection, setRemoved, obey })
  }, [notebook])
  const files = useFiles(notebook, readOnly, () => {
    setSelection({ id: null, editing: false })
    scrollTo({ top: 0 })
  })

  useTitle(room, title)

  // Who has just made a notebook can begin at once, by key.
  useEffect(() => {
    const [first] = notebook.cells.getSnapshot()
    if (isHere && place.link.fresh && first && document.activeElement === document.body) actions.select(first.id, false)
  }, [isHere, place, notebook, actions])

  const indexAfterSelection = () => {
    const cells = notebook.cells.getSnapshot()
    const at = cells.findIndex(({ id }) => id === selection.id)
    return at < 0 ? cells.length : at + 1
  }
  const run = () => {
    const cells = notebook.cells.getSnapshot()
    const { id } = cells.find(({ id }) => id === selection.id) ?? cells[0] ?? { id: '' }
    actions.perform('run-and-go-on', id)
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: files may be dropped anywhere; the button does the same
    <div className="drop-zone" onDragOver={files.onDragOver} onDrop={files.onDrop}>
      <RoomFrame
        place={place}
        room={room}
        onLeave={onLeave}
        {...(supernode.name !== '' && { supernode })}
        title={<TitleField value={title} disabled={readOnly} onChange={notebook.rename} />}
        tools={
          <Toolbar
            notebook={notebook}
            readOnly={readOnly}
            isHere={isHere}
            files={files}
            panel={panel}
            onPanel={setPanel}
            onRun={run}
            onAdd={type => actions.insert(type, indexAfterSelection())}
          />
        }
        notices={
          <>
            {supernode.notice && (
              <div className="banner" role="status" data-testid="notice">
                <p dir="auto">{supernode.notice}</p>
                <button type="button" onClick={() => runAbove(session, selection.id)} disabled={readOnly}>
                  Run all above
                </button>
                <button type="button" className="quiet" onClick={notebook.dismissNotice} aria-label="Dismiss">
                  <Icon name="close" />
                </button>
              </div>
            )}
            {files.parts}
          </>
        }
      >
        {isHere ? (
          <Cells session={session} selection={selection} readOnly={readOnly} actions={actions} />
        ) : (
          <NoNotebook place={place} />
        )}
      </RoomFrame>
      {removed && <Removed actions={actions} onDismiss={() => setRemoved(null)} />}
    </div>
  )
}

/** A room whose notebook is still on its way; or one that was made by another page. */
function NoNotebook({ place }: { readonly place: RoomPlace }) {
  const asTodo = addressOf({ ...place, kind: 'todo' }, openFragment(place.link), new URL(location.href))
  return (
    <div className="placeholder" role="status">
      <span className="pulse" aria-hidden="true" />
      <h1>The notebook has not come yet</h1>
      <p>
        If this room holds a to-do list, <a href={asTodo}>open it as one</a>.
      </p>
    </div>
  )
}

/** All code cells before the selected one; all of them when none is. */
function runAbove({ notebook }: NotebookSession, selected: string | null): void {
  notebook.dismissNotice()
  const cells = notebook.cells.getSnapshot()
  const end = cells.findIndex(({ id }) => id === selected)
  if (end < 0) return notebook.runAll()
  for (const { id, type } of cells.slice(0, end)) if (type === 'code') notebook.run(id)
}

function Removed({ actions, onDismiss }: { readonly actions: CellActions; readonly onDismiss: () => void }) {
  useEffect(() => {
    const timer = setTimeout(onDismiss, 8000)
    return () => clearTimeout(timer)
  }, [onDismiss])
  return (
    <div className="toast" role="status">
      <span>Cell deleted</span>
      <button type="button" onClick={actions.undoRemove} data-testid="undo-remove">
        Undo
      </button>
    </div>
  )
}
