/** Rooms that were open on this device, with the strongest link to each that it holds. */
import { useEffect, useState } from 'react'
import { type Link, openDevice, type RecentRoom } from 'supermesh'
import type { Kind } from '../address.ts'
import { kindOfRoom } from '../preferences.ts'

const SHOWN = 8

export function RecentRooms({ onReopen }: { readonly onReopen: (link: Link, kind: Kind) => void }) {
  const [rooms, setRooms] = useState<readonly RecentRoom[]>([])

  useEffect(() => {
    let gone = false
    void recentRooms().then(found => {
      if (!gone) setRooms(found)
    })
    return () => {
      gone = true
    }
  }, [])

  const reopen = async (room: string) => {
    const link = await linkTo(room)
    if (link) onReopen(link, kindOfRoom(room))
  }

  if (rooms.length === 0) return null
  return (
    <section className="recent" aria-labelledby="recent">
      <h2 id="recent">Recent rooms</h2>
      <ul>
        {rooms.slice(0, SHOWN).map(({ room, title, lastOpened }) => (
          <li key={room}>
            <button type="button" onClick={() => void reopen(room)} data-testid="recent-room">
              <span dir="auto">{title || 'Untitled'}</span>
              <small>
                {kindOfRoom(room) === 'todo' ? 'To-do list' : 'Notebook'}, {ago(lastOpened)}
              </small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

async function recentRooms(): Promise<readonly RecentRoom[]> {
  const device = await openDevice({ storage: 'indexeddb' })
  const rooms = await device.recentRooms()
  device.dispose()
  return rooms
}

async function linkTo(room: string): Promise<Link | null> {
  const device = await openDevice({ storage: 'indexeddb' })
  const bytes = Uint8Array.from(room.match(/../g) ?? [], digits => Number.parseInt(digits, 16))
  const link = await device.strongestLink(bytes)
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
