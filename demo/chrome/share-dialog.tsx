/** The links to this room, each with what it allows. */
import { useEffect, useState } from 'react'
import type { Invitation, Right } from 'supermesh'
import { Dialog } from './dialog.tsx'
import { Icon } from './icon.tsx'

type Offered = Exclude<Right, 'run'>

/** What each link does today: other pages do not enforce rights yet, and whoever edits may run. */
const ALLOWED: Readonly<Record<Offered, { readonly name: string; readonly sentence: string }>> = {
  edit: {
    name: 'Edit',
    sentence: 'Sees and changes everything, and runs the code of a notebook. This is the link in your address bar.',
  },
  view: { name: 'View', sentence: 'Offers no editing. A changed page could still edit: this is not enforced yet.' },
  own: { name: 'Own', sentence: 'Everything, for ever. Keep it: it is your way back from another device.' },
}
/** In the order in which people are likely to want them. */
const ORDER: readonly Offered[] = ['edit', 'view', 'own']
const LADDER: readonly Right[] = ['own', 'run', 'edit', 'view']

interface ShareDialogProps {
  /** The own right: links for it and what is below it can be given away. */
  readonly right: Right
  readonly invite: (right: Right) => Promise<Invitation>
  /** Saves the whole room as a file. */
  readonly onSave: () => void
  readonly onClose: () => void
}

export function ShareDialog({ right, invite, onSave, onClose }: ShareDialogProps) {
  const held = ORDER.filter(each => LADDER.indexOf(each) >= LADDER.indexOf(right))
  const [chosen, choose] = useState<Right>(held[0] ?? 'view')
  const invitation = useInvitation(chosen, invite)
  const address = invitation?.url ?? ''
  return (
    <Dialog title="Share this room" onClose={onClose}>
      <p>Whoever opens the link is in the room. It goes from browser to browser; no server keeps what you write.</p>
      <fieldset className="rights">
        <legend className="visually-hidden">What the link allows</legend>
        {held.map(each => (
          <label key={each} className="right">
            <input type="radio" name="right" checked={chosen === each} onChange={() => choose(each)} />
            <span className="right-words">
              <strong>{ALLOWED[each].name}</strong>
              <span>{ALLOWED[each].sentence}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <div className="share-link">
        <input
          readOnly
          value={address}
          data-testid="share-link"
          aria-label="Link"
          onFocus={event => event.currentTarget.select()}
        />
        <CopyButton key={address} text={address} />
      </div>
      {invitation && (
        <img
          className="qr"
          alt="The link as a QR code"
          src={`data:image/svg+xml,${encodeURIComponent(invitation.qr)}`}
        />
      )}
      {isOnThisComputerOnly(location.hostname) && (
        <p>This address opens on this computer only: put the page on a web host to share it with others.</p>
      )}
      <p className="share-copy">
        <span>A copy in a file has all that is in the room, and opens with one of its links.</span>
        <button type="button" onClick={onSave} data-testid="save-copy">
          Save a copy
        </button>
      </p>
    </Dialog>
  )
}

function isOnThisComputerOnly(host: string): boolean {
  return host === 'localhost' || host.startsWith('127.') || host === '[::1]'
}

function CopyButton({ text }: { readonly text: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'failed'>('idle')
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setState('copied'),
      () => setState('failed'),
    )
  return (
    <button type="button" className="primary" onClick={copy} data-testid="copy-link" aria-live="polite">
      <Icon name={state === 'copied' ? 'check' : 'copy'} />
      {{ idle: 'Copy', copied: 'Copied', failed: 'Press Ctrl+C' }[state]}
    </button>
  )
}

function useInvitation(right: Right, invite: (right: Right) => Promise<Invitation>): Invitation | null {
  const [invitation, setInvitation] = useState<Invitation | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the room stays the same while the dialog is open
  useEffect(() => {
    let wanted = true
    void invite(right).then(made => wanted && setInvitation(made))
    return () => {
      wanted = false
    }
  }, [right])
  return invitation?.right === right ? invitation : null
}
