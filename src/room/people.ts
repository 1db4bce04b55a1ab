/**
 * Who is here, from what the pages say of themselves: one entry for each person, however many pages are open. Pure.
 */

import { stripBidi } from '../base/plain-name.ts'
import type { PresenceFields, PresenceState } from '../presence/presence.ts'
import type { JsonValue } from '../protocol/patch.ts'
import type { PresenceDefinition, PresenceOf } from '../store/schema.ts'
import type { Participant, Peer } from './room.ts'

/** The fields that a room itself puts into presence; an application's are under `app`. */
export interface RoomPresence {
  readonly name: string
  readonly colour: string
  readonly app: PresenceFields
}

const COLOUR = /^#[0-9a-f]{6}$/
/** In UTF-16 units. */
export const PERSON_NAME_MAX_LENGTH = 64

/** A name as it is shown: without what would disturb the line, and cut; empty when nothing is left. */
export function fitPersonName(name: string): string {
  // A cut may fall inside a character.
  return stripBidi(name).slice(0, PERSON_NAME_MAX_LENGTH).toWellFormed().trim()
}

/** What a peer said of itself, made harmless: it is a stranger's. */
export function readRoomPresence(fields: PresenceFields): RoomPresence {
  const { name, colour, app } = fields
  return {
    name: (typeof name === 'string' && fitPersonName(name)) || 'Somebody',
    colour: typeof colour === 'string' && COLOUR.test(colour) ? colour : '#777777',
    app: isObject(app) ? app : {},
  }
}

/** A page, and the person whose keys have vouched for it; the page's own id where nobody's have. */
export interface KnownPeer {
  readonly peer: string
  readonly person: string
}

/** Everybody, with what their pages say as they said it. */
export type People = readonly Participant<PresenceFields>[]

/** @param knownAs - who a presence client is */
export function peopleOf(
  presence: PresenceState,
  self: KnownPeer,
  knownAs: (client: number) => KnownPeer | null,
): People {
  const people = new Map<string, Participant<PresenceFields>>()
  const add = ({ peer: id, person }: KnownPeer, fields: PresenceFields, isSelf: boolean) => {
    const { name, colour, app } = readRoomPresence(fields)
    const peer: Peer<PresenceFields> = { id, self: isSelf, presence: app }
    const known = people.get(person)
    if (known) people.set(person, { ...known, peers: [...known.peers, peer] })
    else
      people.set(person, { id: person, name, colour, self: isSelf, presence: latest.get(person) ?? app, peers: [peer] })
  }
  const latest = new Map<string, PresenceFields>()
  for (const [client, { fields }] of presence.others) {
    const known = knownAs(client)
    if (known) latest.set(known.person, readRoomPresence(fields).app)
  }
  latest.delete(self.person)
  add(self, presence.own, true)
  for (const [client, { fields }] of [...presence.others].sort(([a], [b]) => a - b)) {
    const known = knownAs(client)
    if (known) add(known, fields, false)
  }
  return [...people.values()]
}

/** What `said` is worth by a schema: a stranger, or another version, may have said anything. */
export function readPresence<P extends PresenceDefinition>(definition: P, said: PresenceFields): PresenceOf<P> {
  const fields = Object.entries(definition).map(([name, { accepts, initial }]) => {
    const value = Object.hasOwn(said, name) ? said[name] : undefined
    return [name, value !== undefined && accepts(value) ? value : initial]
  })
  return Object.freeze(Object.fromEntries(fields)) as PresenceOf<P>
}

/**
 * The same people, with what their pages say as the schema reads it.
 * @param before - who is as they were stays the same object
 */
export function readPeople<P extends PresenceDefinition>(
  definition: P,
  people: People,
  before: readonly Participant<PresenceOf<P>>[],
): readonly Participant<PresenceOf<P>>[] {
  const known = new Map(before.map(person => [person.id, person]))
  return people.map(person => {
    const now = {
      ...person,
      presence: readPresence(definition, person.presence),
      peers: person.peers.map(peer => ({ ...peer, presence: readPresence(definition, peer.presence) })),
    }
    const then = known.get(person.id)
    return then && JSON.stringify(then) === JSON.stringify(now) ? then : now
  })
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
