/**
 * A room as the demo opens it: with the person's name and servers, the address bar kept right, the device told its title.
 */
import { openDevice, openRoom, type Room } from 'supermesh'
import type { Schema, TableDefinition, Transaction } from 'supermesh/schema'
import { addressOf, openFragment, type RoomPlace } from './address.ts'
import { iceServers, readPreferences, rememberKind, signalingServers } from './preferences.ts'

type Tables = Readonly<Record<string, TableDefinition<never>>>

/** @param fill - what a new room begins with */
export function openDemoRoom<T extends Tables>(
  place: RoomPlace,
  schema: Schema<T>,
  fill: (transaction: Transaction<T>) => void,
): Room<T> {
  const { link, fresh } = place
  const room = openRoom({
    schema,
    link,
    signaling: signalingServers(place.signaling),
    storage: 'indexeddb',
    name: readPreferences().name,
    iceServers: [...iceServers()],
    ...(fresh && { fill }),
  })
  void room.ready().then(
    async () => {
      rememberKind(roomName(room), place.kind)
      await room.flushed()
      // Only now: a reload before the room is kept would find nothing.
      const address = addressOf(place, openFragment(link), new URL(location.href))
      if (location.hash === '#new') history.replaceState(null, '', address)
    },
    () => undefined,
  )
  return room
}

/** Names the room in the list of recent rooms. */
export async function rememberTitle(room: Pick<Room<never>, 'link'>, title: string): Promise<void> {
  const device = await openDevice({ storage: 'indexeddb' })
  await device.rememberLink(room.link, title)
  device.dispose()
}

/** The room's id in hexadecimal, as {@link openDevice} lists it. */
function roomName({ link }: Pick<Room<never>, 'link'>): string {
  return Array.from(link.room, byte => byte.toString(16).padStart(2, '0')).join('')
}
