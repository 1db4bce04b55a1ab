/**
 * Where this page is, by its address bar.
 *
 * `#new` stands there until the room that it made is kept. Its entry in the history is marked with that room, so that it is
 * made once however often the address is read, and only that room puts its own address there.
 */
import { addressOf, openFragment, type Place, type RoomPlace, readPlace, roomName } from './address.ts'

/** The last room that was made here. */
let made: RoomPlace | null = null

const isFor = (place: RoomPlace) => location.hash === '#new' && history.state === roomName(place.link)

export function placeHere(): Place {
  if (made && isFor(made)) return made
  const place = readPlace(new URL(location.href))
  if (place.type === 'room' && place.link.fresh) {
    made = place
    history.replaceState(roomName(place.link), '')
  }
  return place
}

/** Goes to a room that is entered by other means than the address bar. */
export function showPlace(place: RoomPlace): void {
  const address = (fragment: string) => addressOf(place, fragment, new URL(location.href))
  if (place.link.fresh) {
    made = place
    history.pushState(roomName(place.link), '', address('new'))
  } else {
    history.pushState(null, '', address(openFragment(place.link)))
  }
}

/** Says where a new room is, now that a reload would find it; nothing when the page has gone elsewhere. */
export function showKept(place: RoomPlace): void {
  if (isFor(place)) history.replaceState(null, '', addressOf(place, openFragment(place.link), new URL(location.href)))
}
