/** How things stand, in a few words and no promise: who can be reached, and where the edits are. */
import { useEffect, useState } from 'react'
import type { RoomStatus } from 'supermesh'
import { useStatus } from 'supermesh/react'

export function StatusChip() {
  const status = useStatus()
  const saving = useLasting(status.saved === 'saving')
  const link = linkWords(status)
  const saved = status.phase === 'open' && status.content === 'ready' ? savedWords(status, saving) : ''
  return (
    <output
      className="status"
      data-testid="status"
      data-link={status.link}
      data-peers={status.peers}
      data-saved={status.saved}
      data-unsaved={status.unsaved}
      data-content={status.content}
      title={agreement(status)}
    >
      <span className={`dot dot-${status.link}`} aria-hidden="true" />
      <span>{link}</span>
      {saved && <span className="status-saved">{saved}</span>}
    </output>
  )
}

function linkWords({ phase, link, peers }: RoomStatus): string {
  if (phase === 'opening') return 'Opening…'
  if (phase === 'failed') return 'Closed'
  switch (link) {
    case 'connected':
      return `Connected to ${peers}`
    case 'connecting':
      return 'Connecting…'
    case 'alone':
      return 'Nobody else is here'
    case 'offline':
      return 'Offline'
  }
}

function savedWords({ saved, unsaved }: RoomStatus, saving: boolean): string {
  const edits = unsaved === 1 ? '1 edit' : `${unsaved} edits`
  if (saved === 'memory') return unsaved === 0 ? 'Not kept here' : `${edits} only in this page`
  if (!saving) return 'Saved here'
  return unsaved === 0 ? 'Saving…' : `Saving ${edits}…`
}

function agreement({ peers, agreeing }: RoomStatus): string {
  if (peers === 0) return 'Your edits stay here until somebody comes.'
  return agreeing === peers
    ? 'Everybody here has the same.'
    : `${agreeing} of ${peers} had the same at the last heartbeat.`
}

/** True once `value` has been true for a while: what passes at once need not flicker. */
function useLasting(value: boolean, milliseconds = 600): boolean {
  const [lasting, setLasting] = useState(false)
  useEffect(() => {
    if (!value) return setLasting(false)
    const timer = setTimeout(() => setLasting(true), milliseconds)
    return () => clearTimeout(timer)
  }, [value, milliseconds])
  return lasting
}
