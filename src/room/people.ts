/**
 * Who is here, from what the pages say of themselves: one entry for each person, however many pages are open. Pure.
 */

import { stripBidi } from '../base/plain-name.ts'
import type { PresenceFields, PresenceState } from '../presence/presence.ts'
import type { JsonValue } from '../protocol/patch.ts'
import type { Participant, Peer } from './room.ts'

/** The fields that a room itself puts into presence; an application's are under `app`. */
export interface RoomPresence {
  readonly name: string
  readonly colour: string
  readonly app: PresenceFields
}

const COLOUR = /^#[0-9a-f]{6}$/
export const NAME_MAX_LENGTH = 64

/** What a peer said of itself, made harmless: it is a stranger's. */
export function readRoomPresence(fields: PresenceFields): RoomPresence {
  const { name, colour, app } = fields
  return {
    name: (typeof name === 'string' && stripBidi(name).slice(0, NAME_MAX_LENGTH).trim()) || 'Somebody',
    colour: typeof colour === 'string' && COLOUR.test(colour) ? colour : '#777777',
    app: isObject(app) ? app : {},
  }
}

/** A page, and the person whose keys have vouched for it; the page's own id where nobody's have. */
export interface KnownPeer {
  readonly peer: string
  readonly person: string
}

/** @param knownAs - who a presence client is */
export function peopleOf(
  presence: PresenceState,
  self: KnownPeer,
  knownAs: (client: number) => KnownPeer | null,
): readonly Participant[] {
  const people = new Map<string, Participant>()
  const add = ({ peer: id, person }: KnownPeer, fields: PresenceFields, isSelf: boolean) => {
    const { name, colour, app } = readRoomPresence(fields)
    const peer: Peer = { id, self: isSelf, presence: app }
    const known = people.get(person)
    if (known) people.set(person, { ...known, peers: [...known.peers, peer] })
    else people.set(person, { id: person, name, colour, self: isSelf, peers: [peer] })
  }
  add(self, presence.own, true)
  for (const [client, { fields }] of [...presence.others].sort(([a], [b]) => a - b)) {
    const known = knownAs(client)
    if (known) add(known, fields, false)
  }
  return [...people.values()]
}

function isObject(value: JsonValue | undefined): value is PresenceFields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const COLOURS = ['#b3261e', '#0b57d0', '#146c2e', '#8e4ec6', '#a15c00', '#00677f', '#c2185b', '#4b5b92']
const CHARACTERS = ['Calm', 'Bright', 'Quick', 'Kind', 'Merry', 'Brave', 'Quiet', 'Sunny', 'Clever', 'Gentle']
const ANIMALS = ['Otter', 'Heron', 'Lynx', 'Robin', 'Badger', 'Dolphin', 'Hare', 'Owl', 'Fox', 'Seal', 'Swift', 'Newt']

/** A name and a colour for who has not chosen: always the same for one person. */
export function defaultIdentity(personId: string): { readonly name: string; readonly colour: string } {
  const digit = (at: number) => Number.parseInt(personId.slice(at, at + 4), 16)
  return {
    name: `${CHARACTERS[digit(0) % CHARACTERS.length]} ${ANIMALS[digit(4) % ANIMALS.length]}`,
    colour: COLOURS[digit(8) % COLOURS.length] as string,
  }
}
