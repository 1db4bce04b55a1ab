/**
 * A room as the demo opens it: with the person's name and servers, the address bar kept right.
 */
import { openRoom, type Room } from 'supermesh'
import type { Schema, Transaction } from 'supermesh/schema'
import { type RoomPlace, roomName } from './address.ts'
import { showKept } from './here.ts'
import { iceServers, readPreferences, rememberKind, signalingServers } from './preferences.ts'

/** @param fill - what a new room begins with */
export function openDemoRoom<S extends Schema>(
  place: RoomPlace,
  schema: S,
  fill: (transaction: Transaction<S['tables']>) => void,
): Room<S> {
  const { link } = place
  const room = openRoom({
    schema,
    link,
    signaling: signalingServers(place.signaling),
    storage: 'indexeddb',
    name: readPreferences().name,
    iceServers: [...iceServers()],
    fill,
    ...(place.copy && { file: place.copy, recoverFile: true }),
  })
  void room.ready().then(
    async () => {
      rememberKind(roomName(link), place.kind)
      await room.flushed()
      // Only now: a reload before the room is kept would find nothing.
      showKept(place)
    },
    () => undefined,
  )
  return room
}
