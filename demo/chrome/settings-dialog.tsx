/** Looks, and the servers by which people find and reach each other. */
import { type FormEvent, useState } from 'react'
import { isSignalingAddress } from '../address.ts'
import { applyTheme, iceServers, readPreferences, setPreferences, type Theme } from '../preferences.ts'
import { Dialog } from './dialog.tsx'

const THEMES: Readonly<Record<Theme, string>> = { auto: 'As the system', light: 'Light', dark: 'Dark' }

interface SettingsDialogProps {
  /** Hears the servers that were added, so that a room that is open can use them at once. */
  readonly onSignaling?: (servers: readonly string[]) => void
  readonly onClose: () => void
}

export function SettingsDialog({ onSignaling, onClose }: SettingsDialogProps) {
  const [before] = useState(readPreferences)
  const [theme, setTheme] = useState(before.theme)
  const [problem, setProblem] = useState('')

  const chooseTheme = (next: Theme) => {
    setTheme(next)
    setPreferences({ theme: next })
    applyTheme(next)
  }
  const save = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const signaling = linesOf(form.get('signaling'))
    const ice = linesOf(form.get('ice'))
    const wrong = signaling.find(line => !isSignalingAddress(line))
    if (wrong !== undefined) return setProblem(`"${wrong}" is no signaling server: it begins with wss:// or ws://.`)
    if (iceServers(ice.join('\n')).length < ice.length) {
      return setProblem('A STUN or TURN server is written turn:host:3478 user password, one on each line.')
    }
    setPreferences({ signaling, iceServers: ice.join('\n') })
    // Connections take these when they are made.
    if (ice.join('\n') !== before.iceServers) location.reload()
    onSignaling?.(signaling)
    onClose()
  }

  return (
    <Dialog title="Settings" onClose={onClose}>
      <form onSubmit={save} className="form">
        <fieldset className="segments">
          <legend>Looks</legend>
          {(Object.keys(THEMES) as Theme[]).map(each => (
            <label key={each}>
              <input type="radio" name="theme" checked={theme === each} onChange={() => chooseTheme(each)} />
              <span>{THEMES[each]}</span>
            </label>
          ))}
        </fieldset>
        <label>
          <span>Signaling servers</span>
          <textarea name="signaling" rows={2} defaultValue={before.signaling.join('\n')} placeholder="wss://…" />
          <small>Where pages of a room find each other. They see no name and no content.</small>
        </label>
        <label>
          <span>STUN and TURN servers</span>
          <textarea name="ice" rows={2} defaultValue={before.iceServers} placeholder="turn:host:3478 user password" />
          <small>Needed where two networks do not let people connect directly. The page loads again.</small>
        </label>
        {problem && (
          <p role="alert" className="form-problem">
            {problem}
          </p>
        )}
        <footer>
          <button type="submit" className="primary">
            Save
          </button>
        </footer>
      </form>
    </Dialog>
  )
}

function linesOf(text: FormDataEntryValue | null): readonly string[] {
  return String(text ?? '')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '')
}
