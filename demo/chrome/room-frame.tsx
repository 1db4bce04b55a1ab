/**
 * What every room has around it: a title, who is here, how things stand, the share button; and what is shown while there
 * is nothing to show.
 */
import { type ReactNode, useState } from 'react'
import type { Me, Problem, Right, Room, RoomStatus } from 'supermesh'
import { useMe, useStatus } from 'supermesh/react'
import { addressOf, type RoomPlace, signalingProblem } from '../address.ts'
import { hasOwnSignalingOnly, signalingServers } from '../preferences.ts'
import { Icon } from './icon.tsx'
import { People, type Supernode } from './people.tsx'
import { saveFile } from './save-file.ts'
import { SettingsDialog } from './settings-dialog.tsx'
import { ShareDialog } from './share-dialog.tsx'
import { StatusChip } from './status-chip.tsx'

export interface RoomFrameProps {
  readonly place: RoomPlace
  readonly room: Pick<Room, 'invite' | 'rename' | 'setSignaling' | 'exportFile'>
  readonly title: ReactNode
  /** A second bar, under the first. */
  readonly tools?: ReactNode
  /** Between the bars and the content: what has to be read. */
  readonly notices?: ReactNode
  readonly supernode?: Supernode
  readonly onLeave: () => void
  readonly children: ReactNode
}

export function RoomFrame({ place, room, title, tools, notices, supernode, onLeave, children }: RoomFrameProps) {
  const status = useStatus()
  const me = useMe()
  const [open, setOpen] = useState<'share' | 'settings' | null>(null)
  // Read once: the address loses it when the room is kept.
  const [unusable, setUnusable] = useState(() => signalingProblem(new URL(location.href)))
  const close = () => setOpen(null)
  const save = () => void room.exportFile().then(copy => saveFile(copy, document.title, 'room'))
  const invite = (right: Right) => room.invite(right, { page: addressOf(place, '', new URL(location.href)) })
  return (
    <div className="room">
      <header className="bars">
        <div className="bar bar-room">
          <button type="button" className="quiet" onClick={onLeave} aria-label="Back to the lobby" title="Lobby">
            <Icon name="home" />
          </button>
          {title}
          <StatusChip />
          <People {...(supernode !== undefined && { supernode })} onRename={room.rename} />
          <button
            type="button"
            className="quiet"
            onClick={() => setOpen('settings')}
            aria-label="Settings"
            title="Settings"
          >
            <Icon name="settings" />
          </button>
          <button type="button" className="primary" data-testid="share" disabled={!me} onClick={() => setOpen('share')}>
            <Icon name="share" />
            <span>Share</span>
          </button>
        </div>
        {tools}
        <Problems status={status} me={me} place={place} onSettings={() => setOpen('settings')} />
        {unusable && (
          <div className="banner banner-problem" role="status" data-testid="address-problem">
            <p dir="auto">{unusable}</p>
            <button type="button" className="quiet" onClick={() => setUnusable('')} aria-label="Dismiss">
              <Icon name="close" />
            </button>
          </div>
        )}
        {notices}
      </header>
      <main>
        <Content status={status} onLeave={onLeave}>
          {children}
        </Content>
      </main>
      {open === 'share' && me && <ShareDialog right={me.right} invite={invite} onSave={save} onClose={close} />}
      {open === 'settings' && (
        <SettingsDialog onClose={close} onSignaling={() => room.setSignaling(signalingServers(place.signaling))} />
      )}
    </div>
  )
}

/** Those for which the settings may help. */
const OF_SERVERS: readonly string[] = ['no-signaling', 'signaling-down', 'turn-needed']

interface ProblemsProps {
  readonly status: RoomStatus
  readonly me: Me | null
  readonly place: RoomPlace
  readonly onSettings: () => void
}

/** A plain web host has none, which is no fault of the network. */
const NONE_HERE =
  "No signaling server answers at this page's own address, so nobody can find this room. Name another one in the settings, or with ?signaling=wss://… in the address."

function Problems({ status, me, place, onSettings }: ProblemsProps) {
  const [dismissed, setDismissed] = useState('')
  // That nobody is here is said where the room would be.
  const problem = status.problems.find(({ code }) => code !== 'nobody-here')
  if (status.phase === 'failed') return null
  if (!problem || problem.code === dismissed) {
    return me?.right === 'view' ? (
      <p className="banner">You can look around; this link does not let you change anything.</p>
    ) : null
  }
  return (
    <div className="banner banner-problem" role="status" data-testid="problem" data-code={problem.code}>
      <p>
        {problem.code === 'signaling-down' && status.peers === 0 && hasOwnSignalingOnly(place.signaling)
          ? NONE_HERE
          : `${problem.sentence} ${problem.nextStep}`}
      </p>
      {OF_SERVERS.includes(problem.code) && (
        <button type="button" onClick={onSettings}>
          Settings
        </button>
      )}
      {problem.code === 'too-old' && (
        <button type="button" onClick={() => location.reload()}>
          Reload
        </button>
      )}
      <button type="button" className="quiet" onClick={() => setDismissed(problem.code)} aria-label="Dismiss">
        <Icon name="close" />
      </button>
    </div>
  )
}

function Content({ status, onLeave, children }: { status: RoomStatus; onLeave: () => void; children: ReactNode }) {
  if (status.phase === 'failed') return <Failed problem={status.problems[0]} onLeave={onLeave} />
  if (status.phase === 'opening') return <div className="page-loading" role="status" aria-label="Opening the room" />
  if (status.content === 'ready') return children
  return (
    <div className="placeholder" role="status" data-testid="waiting">
      <span className="pulse" aria-hidden="true" />
      {status.link === 'connected' ? (
        <h1>Receiving the room…</h1>
      ) : (
        <>
          <h1>Nobody is here yet</h1>
          <p>Keep this page open: the room fills as soon as somebody who has it comes.</p>
        </>
      )}
    </div>
  )
}

function Failed({ problem, onLeave }: { readonly problem: Problem | undefined; readonly onLeave: () => void }) {
  return (
    <div className="placeholder" role="alert" data-testid="failed">
      <h1>This room cannot be opened</h1>
      <p>{problem?.sentence ?? 'Something went wrong that this page has no words for.'}</p>
      <p>{problem?.nextStep ?? 'Reload the page to try again.'}</p>
      <button type="button" onClick={onLeave}>
        Back to the lobby
      </button>
    </div>
  )
}
