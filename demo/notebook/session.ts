/** A room and the notebook in it, opened and ended together. */
import type { Room } from 'supermesh'
import {
  type Backends,
  fillNotebook,
  type Notebook,
  type NotebookSchema,
  notebookSchema,
  openNotebook,
} from 'supermesh/jupyter'
import type { RoomPlace } from '../address.ts'
import { openDemoRoom } from '../room-session.ts'

export interface NotebookSession {
  readonly room: Room<NotebookSchema>
  readonly notebook: Notebook
  dispose(): void
}

/** Pyodide's files stand beside the page. */
const PYODIDE = 'pyodide/'

export function openNotebookSession(place: RoomPlace): NotebookSession {
  const room = openDemoRoom(place, notebookSchema, fillNotebook)
  const notebook = openNotebook(room, { backends: backends(), fresh: place.link.fresh === true })
  return {
    room,
    notebook,
    dispose() {
      notebook.dispose()
      room.dispose()
    },
  }
}

function backends(): Backends {
  const host = () => import('supermesh/host')
  const server = async (address: string) => (await host()).openJupyterServer({ address })
  const embedded = async () => (await host()).openEmbeddedPython({ indexURL: PYODIDE })
  return isPhone() ? { server } : { server, embedded }
}

/** A phone's battery and memory are not for other people's code: it never hosts by itself. */
function isPhone(): boolean {
  return matchMedia('(hover: none) and (pointer: coarse)').matches && Math.min(screen.width, screen.height) < 600
}
