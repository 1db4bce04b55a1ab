/** Rooms that were open on this device, with the strongest link to each that it holds. */
import { useEffect, useState } from 'react'
import { forgetRoom, type Link, openDevice, type RecentRoom, SupermeshError } from 'supermesh'
import type { Kind } from '../address.ts'
import { Confirm } from '../chrome/confirm.tsx'
import { Icon } from '../chrome/icon.tsx'
import { kindOfRoom } from '../preferences.ts'

const SHOWN = 8

export function RecentRooms({ onReopen }: { readonly onReopen: (link: Link, kind: Kind) => void }) {
  const [rooms, setRooms] = useState<readonly RecentRoom[]>([])
  const [asking, setAsking] = useState<RecentRoom | null>(null)
  /** What could not be forgotten. */
  const [keptOpen, setKeptOpen] = useState<RecentRoom | null>(null)

  useEffect(() => {
    let gone = false
    void recentRooms().then(found => {
      if (!gone) setRooms(found)
    })
    return () => {
      gone = true
    }
  }, [])

  const forget = async (recent: RecentRoom) => {
    try {
      await forgetRoom(bytesOf(recent.room))
      setKeptOpen(null)
    } catch (error) {
      if (!(error instanceof SupermeshError && error.code === 'room-open')) throw error
      setKeptOpen(recent)
    }
    setRooms(await recentRooms())
  }

  const reopen = async (room: string) => {
    const link = await linkTo(room)
    if (link) onReopen(link, kindOfRoom(room))
  }

  if (rooms.length === 0) return null
  return (
    <>
      <section className="recent" aria-labelledby="recent">
        <h2 id="recent">Recent rooms</h2>
        <ul>
          {rooms.slice(0, SHOWN).map(recent => (
            <li key={recent.room}>
              <button type="button" onClick={() => void reopen(recent.room)} data-testid="recent-room">
                <span dir="auto">{titleOf(recent)}</span>
                <small>
                  {kindOfRoom(recent.room) === 'todo' ? 'To-do list' : 'Notebook'}, {ago(recent.lastOpened)}
                </small>
              </button>
              <button
                type="button"
                className="quiet"
                data-testid="forget-room"
                aria-label={`Forget ${titleOf(recent)}`}
                title="Forget"
                onClick={() => setAsking(recent)}
              >
                <Icon name="close" />
              </button>
            </li>
          ))}
        </ul>
        {keptOpen && (
          <p role="status" data-testid="kept-open">
            {titleOf(keptOpen)} is open in another tab. Close it there, and forget it then.
          </p>
        )}
      </section>
      {asking && (
        <Confirm
          title={`Forget ${titleOf(asking)}?`}
          sentence="What this device holds of the room goes, and its links with it. What others hold stays with them."
          action="Forget"
          onConfirm={() => void forget(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  )
}

const titleOf = ({ title }: RecentRoom) => title || 'Untitled'

function bytesOf(room: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(room.match(/../g) ?? [], digits => Number.parseInt(digits, 16))
}

async function recentRooms(): Promise<readonly RecentRoom[]> {
  const device = await openDevice({ storage: 'indexeddb' })
  const rooms = await device.recentRooms()
  device.dispose()
  return rooms
}

async function linkTo(room: string): Promise<Link | null> {
  const device = await openDevice({ storage: 'indexeddb' })
  const link = await device.strongestLink(bytesOf(room))
  device.dispose()
  return link
}

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

function ago(time: number): string {
  const format = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
  const passed = Date.now() - time
  const unit = UNITS.find(([, length]) => passed >= length)
  return unit ? format.format(-Math.floor(passed / unit[1]), unit[0]) : 'just now'
}
