/** The first page: begin something, join somebody, or go on with what was open before. */
import { type FormEvent, useState } from 'react'
import type { Link } from 'supermesh'
import type { Kind } from '../address.ts'
import { Icon } from '../chrome/icon.tsx'
import { SettingsDialog } from '../chrome/settings-dialog.tsx'
import { RecentRooms } from './recent-rooms.tsx'
import '../style/lobby.css'

interface LobbyProps {
  /** Why the address led here instead of into a room; empty when it did not try to. */
  readonly problem: string
  readonly onCreate: (kind: Kind) => void
  /**
   * @param copy - of the room, as somebody saved it
   * @returns why it did not work, or nothing
   */
  readonly onPaste: (text: string, copy?: File) => string
  readonly onReopen: (link: Link, kind: Kind) => void
}

export function Lobby({ problem, onCreate, onPaste, onReopen }: LobbyProps) {
  const [settings, setSettings] = useState(false)
  return (
    <div className="lobby">
      <header>
        <h1>
          <Mark />
          Supermesh
        </h1>
        <button
          type="button"
          className="quiet"
          onClick={() => setSettings(true)}
          aria-label="Settings"
          title="Settings"
        >
          <Icon name="settings" />
        </button>
      </header>
      <main>
        {problem && (
          <p className="banner banner-problem" role="alert" data-testid="link-problem">
            {problem}
          </p>
        )}
        <p className="lead">
          Work on a notebook together, from browser to browser. Share the address, and whoever opens it is in: no
          account, nothing to install, no server that keeps what you write.
        </p>
        <div className="starts">
          <button type="button" className="start" data-testid="lobby-new-notebook" onClick={() => onCreate('notebook')}>
            <Icon name="code" />
            <strong>New notebook</strong>
            <span>Python and Markdown, run in the browser or on your Jupyter Server.</span>
          </button>
          <button type="button" className="start" data-testid="lobby-new-todo" onClick={() => onCreate('todo')}>
            <Icon name="check" />
            <strong>New to-do list</strong>
            <span>Small things to tick off together.</span>
          </button>
        </div>
        <Join onPaste={onPaste} />
        <RecentRooms onReopen={onReopen} />
      </main>
      {settings && <SettingsDialog onClose={() => setSettings(false)} />}
    </div>
  )
}

function Join({ onPaste }: Pick<LobbyProps, 'onPaste'>) {
  const [problem, setProblem] = useState('')
  const join = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const copy = form.get('copy')
    // Nothing chosen is a file without a name.
    setProblem(onPaste(String(form.get('link') ?? ''), copy instanceof File && copy.name ? copy : undefined))
  }
  return (
    <form className="join" onSubmit={join}>
      <label htmlFor="join-link">Join with a link</label>
      <div className="join-row">
        <input id="join-link" name="link" placeholder="Paste the link that you were sent" autoComplete="off" />
        <button type="submit" data-testid="lobby-join">
          Join
        </button>
      </div>
      <details className="join-copy">
        <summary>I have a saved copy of the room</summary>
        <p>It is added to what is here, and to what the others have. The link has to be one of the same room.</p>
        <input type="file" name="copy" accept=".room" aria-label="Saved copy" data-testid="lobby-copy" />
      </details>
      {problem && (
        <p role="alert" className="form-problem">
          {problem}
        </p>
      )}
    </form>
  )
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <path d="M16 7 7 23h18zM16 7v16" />
      <circle cx="16" cy="7" r="4" />
      <circle cx="7" cy="23" r="3.4" />
      <circle cx="25" cy="23" r="3.4" />
    </svg>
  )
}
